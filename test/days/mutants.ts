import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** From the sources, or as it is built. */
const root = fileURLToPath(new URL(import.meta.url.includes('/dist/') ? '../../../' : '../../', import.meta.url));
/** Defects that this project had, or guards against, put back. */
export const folder = join(root, 'test/days/mutants');
export const mutants = (existsSync(folder) ? readdirSync(folder) : [])
  .filter((file) => file.endsWith('.patch'))
  .map((file) => basename(file, '.patch'))
  .sort();

const packages = ['protocol', 'firmware-config', 'agent', 'controller'];
const names = {
  protocol: 'protocol',
  runtime: 'protocol/runtime',
  'firmware-config': 'firmware-config',
  agent: 'agent',
  controller: 'controller',
};

/** What one was found by; days: how many were needed, undefined where none of them found it. */
export interface Found {
  readonly mutant: string;
  readonly days: number | undefined;
  readonly finding: string;
}

/** A copy of what is built, in which defects are put back, one at a time. */
export class MutatedCopy {
  readonly #copy = mkdtempSync(join(tmpdir(), 'pitwall-mutants-'));

  constructor() {
    const leave = (path: string) => !/\/(node_modules|web|models|testing)(\/|$)/.test(path.slice(root.length - 1));
    for (const name of packages)
      cpSync(join(root, name), join(this.#copy, name), { recursive: true, preserveTimestamps: true, filter: leave });
    for (const name of packages)
      if (existsSync(join(root, name, 'node_modules')))
        symlinkSync(join(root, name, 'node_modules'), join(this.#copy, name, 'node_modules'));
    cpSync(join(root, 'tsconfig.base.json'), join(this.#copy, 'tsconfig.base.json'));
    cpSync(join(root, 'test/dist/days'), join(this.#copy, 'test/dist/days'), { recursive: true });
    cpSync(join(root, 'test/package.json'), join(this.#copy, 'test/package.json'));
    const modules = join(this.#copy, 'node_modules');
    mkdirSync(join(modules, '@pitwall'), { recursive: true });
    for (const name of readdirSync(join(root, 'node_modules')))
      if (name !== '@pitwall') symlinkSync(join(root, 'node_modules', name), join(modules, name));
    for (const [name, path] of Object.entries(names))
      symlinkSync(join(this.#copy, path), join(modules, '@pitwall', name));
  }

  /** @param seed the first of so many days of so many minutes */
  find(mutant: string, { seed = 1, days = 200, minutes = 20 } = {}): Found {
    const patch = join(folder, `${mutant}.patch`);
    const inCopy = { cwd: this.#copy, stdio: 'pipe', encoding: 'utf8' } as const;
    const build = () =>
      execFileSync(
        process.execPath,
        [join(root, 'node_modules/typescript/bin/tsc'), '-b', '--noCheck', 'agent', 'controller'],
        inCopy,
      );
    execFileSync('git', ['apply', patch], inCopy);
    try {
      build();
      const asked = ['--seed', String(seed), '--days', String(days), '--minutes', String(minutes)];
      const run = join(this.#copy, 'test/dist/days/run.js');
      const { stdout } = spawnSync(process.execPath, [run, ...asked, '--until', '--no-shrink'], inCopy);
      const lines = stdout.split('\n').filter((line) => line.startsWith('day '));
      const last = /: FOUND (.*)$/.exec(lines.at(-1) ?? '');
      return { mutant, days: last === null ? undefined : lines.length, finding: last?.[1] ?? '' };
    } finally {
      execFileSync('git', ['apply', '-R', patch], inCopy);
    }
  }

  end(): void {
    rmSync(this.#copy, { recursive: true, force: true });
  }
}
