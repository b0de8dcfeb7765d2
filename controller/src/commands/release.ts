import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PitwallError } from '@pitwall/protocol';
import type { Command } from 'commander';
import { readControllerConfig } from '../compose/config.js';
import { Releases } from '../garage/index.js';

interface ReleaseFlags {
  readonly config?: string;
  readonly data?: string;
}

/** Versions of the agent, on the controller's own disk; it may run meanwhile. */
export function addRelease(program: Command): void {
  const release = program.command('release').description('versions of pitwall-agent that cars are updated to');
  const sub = (name: string, description: string) =>
    release
      .command(name)
      .description(description)
      .option('--config <file>', 'YAML file')
      .option('--data <folder>', 'the data folder of the controller');
  sub('add', 'keep archives with the signatures that lie beside them (.minisig)')
    .argument('<archive...>', 'pitwall-agent-VERSION-linux-….tar.gz')
    .action(async (archives: string[], flags: ReleaseFlags) => {
      for (const archive of archives) {
        const signature = `${archive}.minisig`;
        if (!existsSync(archive) || !existsSync(signature))
          throw new PitwallError('not-found', `There is no ${existsSync(archive) ? signature : archive}.`);
        const releases = releasesOf(flags);
        const { version, architecture } = await releases.add(
          createReadStream(archive),
          readFileSync(signature, 'utf8'),
        );
        console.log(`Version ${version} for linux-${architecture} is here: update cars on the page Cars.`);
      }
    });
  sub('list', 'say which are here').action(async (flags: ReleaseFlags) => {
    for (const { version, architecture, bytes } of await releasesOf(flags).list())
      console.log(`${version}  linux-${architecture}  ${Math.ceil(bytes / 1e6)} MB`);
  });
}

function releasesOf({ config: file, data }: ReleaseFlags): Releases {
  const config = readControllerConfig(file, process.env, { data });
  return new Releases(join(config.data, 'releases'), config.releases.key);
}
