import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Which files of a folder import which others, type-only imports included. */
function importsIn(folder: string): Map<string, string[]> {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', folder], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((file) => /\.ts$/.test(file) && !/\.(test|fixture)\.ts$/.test(file) && existsSync(join(root, file)));
  const known = new Set(files);
  const imported = (file: string) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)]
      .map(([, path]) => normalize(join(dirname(file), `${path}`)).replace(/\.js$/, '.ts'))
      .filter((path) => known.has(path));
  return new Map(files.map((file) => [file, imported(file)]));
}

/** What is left after all files that import none of what is left were taken away: circles, and what leads to them. */
function circlesIn(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const left = new Map(imports);
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const [file, paths] of left) if (!paths.some((path) => left.has(path))) left.delete(file);
  }
  return [...left.keys()];
}

it('sees a circle of two files, and what leads to it', () => {
  const imports = { a: ['b'], b: ['c'], c: ['b'], d: [] };
  expect(circlesIn(new Map(Object.entries(imports)))).toEqual(['a', 'b', 'c']);
});

it.each(['protocol/src', 'controller/src'])('files of %s import each other in no circle', (folder) => {
  const imports = importsIn(folder);
  expect(imports.size).toBeGreaterThan(50);
  expect(circlesIn(imports)).toEqual([]);
});
