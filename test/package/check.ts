import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { releaseComment } from '@pitwall/runtime';
import { newSigner } from '../updates/packed-agent.js';
import { StagingServer } from '../updates/staging.js';
import { anybody, environment, firstStart, ownFolder } from './as-anybody.js';
import { command } from './command.js';
import { inCleanFolder } from './npm-tarballs.js';
import { programs } from './programs.js';

/** On a machine with other work; `npm run machine -- install` has the bar of the first start, in guest time. */
const longestFirstStart = 30_000;

/** Installs and runs what lies in `out`, judged by programs of others. Prints a row each; whether all was well. */
export async function check(out: string, version: string): Promise<boolean> {
  let good = true;
  const judged = async (what: string, judge: () => string | undefined | Promise<string | undefined>) => {
    let why: string | undefined;
    try {
      why = await judge();
    } catch (error) {
      why = (error as Error).message;
    }
    good &&= why === undefined;
    console.log(why === undefined ? `ok      ${what}` : `FAILED  ${what}: ${why}`);
  };
  const scratch = mkdtempSync(join(tmpdir(), 'pitwall-check-'));
  chmodSync(scratch, 0o755);
  const files = readdirSync(out);
  const here = process.arch === 'x64' ? ['_amd64.deb', '-linux-x64.tar.gz'] : ['_arm64.deb', '-linux-arm64.tar.gz'];
  await judged(
    'sha256sum --check SHA256SUMS',
    () => void command('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: out }),
  );
  if (!existsSync('/usr/bin/lintian')) console.log('–       lintian is not here');
  for (const deb of files.filter((name) => name.endsWith('.deb'))) {
    if (existsSync('/usr/bin/lintian'))
      await judged(
        `lintian ${deb}`,
        () => void command('lintian', ['--fail-on', 'error', '--allow-root', join(out, deb)]),
      );
    await judged(`${deb}: a truncated copy is refused by dpkg`, () => truncatedIsTaken(join(out, deb), scratch));
  }
  for (const file of files.filter((name) => here.some((end) => name.endsWith(end)))) {
    const program = programs.find(({ name }) => file.startsWith(name))!;
    const tree = ownFolder(scratch, file.replace(/\.(deb|tar\.gz)$/, ''));
    // What a package manager unpacks belongs to root; the portable archive unpacks whoever has it.
    if (file.endsWith('.deb')) command('dpkg-deb', ['--extract', join(out, file), tree]);
    else command('tar', ['-xzf', join(out, file), '-C', tree, '--strip-components=1'], anybody);
    const home = file.endsWith('.deb') ? join(tree, 'usr/lib', program.name) : tree;
    const command_ = join(home, 'bin', program.command);
    const own = ownFolder(scratch, 'home', file);
    const options = { ...anybody, cwd: own, env: environment(own) };
    await judged(
      `${file}: MANIFEST`,
      () => void command('sha256sum', ['--check', '--quiet', 'MANIFEST'], { cwd: home }),
    );
    await judged(`${file}: --version`, () => {
      const said = command(command_, ['--version'], options).trim();
      return said === version ? undefined : said;
    });
    await judged(`${file}: native parts load`, () => {
      const loads = program.natives.map((one) => `require('${one}');`).join('');
      command(join(home, 'bin/node'), ['-e', loads], { ...options, cwd: join(home, 'app') });
      return undefined;
    });
    if (program.name === 'pitwall-agent') {
      await judged(`${file}: evaluates a model, as anybody`, () =>
        evaluated([command_], join(home, 'app/agent'), options),
      );
      if (file.endsWith('.gz'))
        await judged(`${file}: an older agent takes it as an update`, () =>
          takenAsUpdate(join(out, file), version, own),
        );
      await judged(`${file}: doctor of a simulated car`, () => examined(command_, join(home, 'app/agent'), options));
    } else
      await judged(`${file}: starts as anybody; curl gets its page, its script and its documentation`, async () => {
        const { took, page, script, help, first } = await firstStart(command_, own);
        if (!page.includes('<title>Pitwall') || script.length < 10_000) return `the page is ${page.slice(0, 300)}`;
        if (!/<h1[^>]*>/.test(help)) return `the documentation is ${help.slice(0, 300)}`;
        if (!first) return 'it did not print the link of the first administrator';
        console.log(`        first start to its page: ${(took / 1000).toFixed(1)} s`);
        return took < longestFirstStart ? undefined : `it took ${took} ms`;
      });
    rmSync(tree, { recursive: true });
  }
  const tarballs = files.filter((name) => name.endsWith('.tgz'));
  await judged('npm tarballs install in a clean folder, and evaluate a model', () =>
    inCleanFolder(out, tarballs, (folder) =>
      evaluated(
        [process.execPath, join(folder, 'node_modules/@pitwall/agent/bin/pitwall-agent.js')],
        join(folder, 'node_modules/@pitwall/agent'),
        { cwd: folder, env: environment(folder) },
      ),
    ),
  );
  rmSync(scratch, { recursive: true, force: true });
  console.log(`pitwall ${version}: ${good ? 'whole' : 'NOT whole'}`);
  return good;
}

function truncatedIsTaken(deb: string, scratch: string): string | undefined {
  const cut = join(scratch, 'cut.deb');
  const whole = readFileSync(deb);
  writeFileSync(cut, whole.subarray(0, whole.length >> 1));
  mkdirSync(join(scratch, 'cut'), { recursive: true });
  try {
    command('dpkg-deb', ['--extract', cut, join(scratch, 'cut')]);
  } catch {
    return undefined;
  } finally {
    rmSync(join(scratch, 'cut'), { recursive: true });
  }
  return 'it was taken';
}

/** What the agent of this tree says when it is to stage it, beside a simulated car's configuration. */
async function takenAsUpdate(archive: string, version: string, own: string): Promise<string | undefined> {
  const by = newSigner();
  const name = { version, architecture: process.arch };
  const server = new StagingServer();
  server.archive = readFileSync(archive);
  await server.start();
  try {
    const signature = by.sign(server.archive, releaseComment(name));
    const config = join(own, 'agent.yaml');
    writeFileSync(config, JSON.stringify({ car: 'check', profile: 'simulated', simulated: { track: 'oval' } }));
    const { type, message } = await server.stage({
      agent: resolve(import.meta.dirname, '../../../agent/dist'),
      versions: join(own, 'versions'),
      release: { ...name, bytes: server.archive.length, signature },
      key: by.publicKey,
      config,
    });
    return type === 'done' ? undefined : `${type}: ${message}`;
  } finally {
    server.stop();
  }
}

type How = NonNullable<Parameters<typeof command>[2]>;

/** A trial of the sample model: network runtime, simulator and pictures work. */
function evaluated([program, ...before]: string[], agent: string, how: How): string | undefined {
  const sample = join(agent, 'models/sample.tar.gz');
  const args = [...before, 'evaluate', sample, '--track', 'oval', '--trials', '1', '--json'];
  const said = command(program!, args, how);
  return /"laps"|"progress"|"result"/.test(said) ? undefined : said.slice(-500);
}

/** The whole table of a car without hardware. */
function examined(program: string, agent: string, how: How): string | undefined {
  const config = join(how.cwd!, 'agent.yaml');
  const model = join(agent, 'models/sample.tar.gz');
  writeFileSync(config, JSON.stringify({ car: 'check', profile: 'simulated', model, simulated: { track: 'oval' } }));
  const { ok, checks } = JSON.parse(command(program, ['doctor', '--config', config, '--json'], how)) as {
    ok: boolean;
    checks: unknown;
  };
  return ok ? undefined : JSON.stringify(checks);
}
