import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npm } from './command.js';

/** Workspaces that others can install, each after those that it needs. */
export const published = ['protocol', 'protocol/runtime', 'firmware-config', 'agent', 'controller'] as const;

/** Packs each workspace as `npm install` takes it, with what its manifest's `files` names; names of the files in `out`. */
export function npmTarballs(repository: string, out: string): string[] {
  mkdirSync(out, { recursive: true });
  return published.map((workspace) => {
    const said = npm(
      [
        'pack',
        '--json',
        '--ignore-scripts',
        '--pack-destination',
        out,
        '--workspace',
        workspaceName(repository, workspace),
      ],
      {
        cwd: repository,
      },
    );
    // An array, from npm 12 on an object by name.
    const [packed] = Object.values(JSON.parse(said) as Record<string, { filename: string }>);
    return packed!.filename;
  });
}

const workspaceName = (repository: string, workspace: string): string =>
  (JSON.parse(readFileSync(join(repository, workspace, 'package.json'), 'utf8')) as { name: string }).name;

/** A clean folder into which all of them were installed, with what they need of others; `use` runs in it. */
export function inCleanFolder<T>(out: string, files: readonly string[], use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-clean-'));
  try {
    const dependencies = Object.fromEntries(
      files.map((file) => [file.replace(/^pitwall-(.*)-\d.*$/, '@pitwall/$1'), `file:${file}`]),
    );
    for (const file of files) cpSync(join(out, file), join(folder, file));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
    npm(['install', '--prefer-offline', '--ignore-scripts', '--omit=dev'], { cwd: folder });
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
