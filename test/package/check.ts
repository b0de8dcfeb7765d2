import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from './command.js';
import { inCleanFolder } from './npm-tarballs.js';

/** Installs and runs what lies in `out`, judged by programs of others. Prints a row each; whether all was well. */
export function check(out: string, version: string): boolean {
  let good = true;
  const judged = (what: string, judge: () => string | undefined) => {
    let why: string | undefined;
    try {
      why = judge();
    } catch (error) {
      why = (error as Error).message;
    }
    good &&= why === undefined;
    console.log(why === undefined ? `ok      ${what}` : `FAILED  ${what}: ${why}`);
  };
  const scratch = mkdtempSync(join(tmpdir(), 'pitwall-check-'));
  const files = readdirSync(out);
  judged(
    'sha256sum --check SHA256SUMS',
    () => void command('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: out }),
  );
  for (const deb of files.filter((name) => name.endsWith('.deb'))) {
    const [name, , rest] = deb.split('_') as [string, string, string];
    const tree = join(scratch, name);
    if (existsSync('/usr/bin/lintian'))
      judged(
        `lintian ${deb}`,
        () => command('lintian', ['--fail-on', 'error', '--allow-root', join(out, deb)]) && undefined,
      );
    else console.log('–       lintian is not here');
    if (!rest.startsWith(process.arch === 'x64' ? 'amd64' : 'arm64')) continue;
    command('dpkg-deb', ['--extract', join(out, deb), tree]);
    const home = join(tree, 'usr/lib', name);
    judged(`${deb}: MANIFEST`, () => void command('sha256sum', ['--check', '--quiet', 'MANIFEST'], { cwd: home }));
    judged(`${deb}: starts with nothing of this machine`, () => started(home, name));
    judged(`${deb}: a truncated copy is refused by dpkg`, () => {
      const cut = join(scratch, 'cut.deb');
      const whole = readFileSync(join(out, deb));
      writeFileSync(cut, whole.subarray(0, whole.length >> 1));
      mkdirSync(join(scratch, 'cut'), { recursive: true });
      try {
        command('dpkg-deb', ['--extract', cut, join(scratch, 'cut')]);
      } catch {
        return undefined;
      }
      return 'it was taken';
    });
    rmSync(tree, { recursive: true });
  }
  const tarballs = files.filter((name) => name.endsWith('.tgz'));
  judged('npm tarballs install in a clean folder without network, and evaluate a model', () =>
    inCleanFolder(out, tarballs, (folder) =>
      evaluated(
        [process.execPath, join(folder, 'node_modules/@pitwall/agent/bin/pitwall-agent.js')],
        join(folder, 'node_modules/@pitwall/agent'),
        folder,
      ),
    ),
  );
  rmSync(scratch, { recursive: true, force: true });
  console.log(`pitwall ${version}: ${good ? 'whole' : 'NOT whole'}`);
  return good;
}

/** With an empty environment, from a folder of its own. */
function started(home: string, name: string): string | undefined {
  if (name === 'pitwall-agent') return evaluated([join(home, 'bin/pitwall-agent')], join(home, 'app/agent'), home);
  const addons = ['better-sqlite3', 'epoll', '@node-rs/argon2', 'serialport']
    .map((one) => `require('${one}')`)
    .join(';');
  const said = command(
    join(home, 'bin/node'),
    ['-e', `${addons};new (require('better-sqlite3'))(':memory:');console.log('loaded')`],
    {
      cwd: join(home, 'app'),
      env: {},
    },
  );
  const help = command(join(home, 'bin/pitwall'), ['--help'], { env: { PATH: '/usr/bin:/bin' } });
  return said.includes('loaded') && help.includes('serve') ? undefined : said;
}

/** A trial of the sample model: network runtime, simulator and pictures work. */
function evaluated([program, ...before]: string[], agent: string, cwd: string): string | undefined {
  const sample = join(agent, 'models/sample.tar.gz');
  const said = command(program!, [...before, 'evaluate', sample, '--track', 'oval', '--trials', '1', '--json'], {
    cwd,
    env: { PATH: '/usr/bin:/bin', HOME: cwd },
  });
  return /"laps"|"progress"|"result"/.test(said) ? undefined : said.slice(-500);
}
