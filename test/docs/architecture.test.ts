import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(`${root}docs/architecture.md`, 'utf8');
const folders = page.slice(page.indexOf('\n## Folders'), page.indexOf('\n## Journeys'));

/** Packages whose folders are all named: those with a heading of their own. */
const packages = [...folders.matchAll(/^### ([a-z-]+):/gm)].map(([, name]) => `${name}`);
const ofPackage = new RegExp(`^(?:${packages.join('|')})/`);

/** Whatever stands in `code` and begins like a path of a package. */
const pathsIn = (text: string): string[] =>
  [...text.matchAll(/`([a-z-]+\/[^`\s]*)`/g)].map(([, path]) => `${path}`).filter((path) => ofPackage.test(path));

/** Folders with sources; pages are documented by themselves. */
function sourceFolders(): string[] {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', ...packages], {
    cwd: root,
    encoding: 'utf8',
  }).split('\0');
  const sources = files.filter(
    (file) =>
      /\.(ts|mjs)$/.test(file) &&
      !/\.test\.ts$/.test(file) &&
      /^[a-z-]+\/(runtime\/)?src\/.+\//.test(file) &&
      existsSync(`${root}${file}`),
  );
  return [...new Set(sources.map((file) => dirname(file)))].sort();
}

it('names protocol and controller among its packages', () => {
  expect(packages).toEqual(expect.arrayContaining(['protocol', 'controller']));
});

it('names only files and folders that exist', () => {
  const paths = pathsIn(page);
  expect(paths.length).toBeGreaterThan(60);
  expect(paths.filter((path) => !existsSync(`${root}${path}`))).toEqual([]);
});

it('names every source folder of its packages', () => {
  const found = sourceFolders();
  expect(found.length).toBeGreaterThan(30);
  const named = new Set(pathsIn(folders));
  expect(found.filter((folder) => !named.has(folder))).toEqual([]);
});
