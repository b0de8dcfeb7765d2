import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const text = readFileSync(new URL('docs/architecture.md', root), 'utf8');

/** Packages whose folders stand on the page. */
const packages = ['agent', 'controller', 'protocol'];
/** What is built or fetched, and the pages, which are a package of their own. */
const left = new Set(['node_modules', 'dist', 'web']);

const foldersBelow = (folder: string): string[] =>
  readdirSync(new URL(folder, root), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !left.has(entry.name))
    .flatMap(({ name }) => [`${folder}${name}/`, ...foldersBelow(`${folder}${name}/`)]);

const named = [...text.matchAll(/^\| `([\w./-]+\/)` \|/gm)].map(([, folder]) => folder as string);

it.each(packages)('names each folder of %s', (name) => {
  // A folder without a file of its own is no place to look for anything.
  const there = foldersBelow(`${name}/`).filter((folder) =>
    readdirSync(new URL(folder, root), { withFileTypes: true }).some((entry) => entry.isFile()),
  );
  expect(named.filter((folder) => folder.startsWith(`${name}/`)).sort()).toEqual(there.sort());
});

it('names no folder and no file that is not there', () => {
  const paths = [...text.matchAll(/`((?:agent|controller|protocol|firmware-config|test)\/[\w./-]+)`/g)];
  expect(paths.length).toBeGreaterThan(20);
  const missing = paths.map(([, path]) => path as string).filter((path) => !existsSync(new URL(path, root)));
  expect(missing).toEqual([]);
});
