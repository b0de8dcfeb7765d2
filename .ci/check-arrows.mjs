// Fails on an import that the table of arrows does not allow, and on any circle of files.
import { pathToFileURL } from 'node:url';
import { folders, packages, pure, throughFiles } from './arrows.mjs';
import { circles, readImports } from './modules.mjs';

const words = (text) => (text === '*' ? null : text.split(' ').filter(Boolean));
const byLength = (names) => Object.keys(names).sort((a, b) => b.length - a.length);
const packageOf = (file) => byLength(packages).find((name) => file.startsWith(`${name}/`));
const isTest = (file) => /\.test\.tsx?$/.test(file) || /(^|\/)testing\//.test(file) || file.startsWith('test/');

/** `agent/src` and `driving` for agent/src/driving/…; no folder for a file beside the folders (`main.ts`, `brand.ts`). */
function placeOf(file) {
  const root = byLength(folders).find((name) => file.startsWith(`${name}/`));
  if (root === undefined) return {};
  const rest = file.slice(root.length + 1);
  return { root, folder: rest.includes('/') ? rest.slice(0, rest.indexOf('/')) : undefined };
}

/** A line of the table may be for several folders. */
const allowedOf = ({ root, folder }) =>
  Object.entries(folders[root]).find(([names]) => words(names).includes(folder))?.[1];

function packageNamed(name) {
  const [, short] = /^@pitwall\/([^/]+)/.exec(name) ?? [];
  return short === undefined ? undefined : byLength(packages).find((path) => path.split('/').at(-1) === short);
}

function problem(file, { name, lazy, file: target }) {
  const from = packageOf(file);
  const to = target === undefined ? packageNamed(name) : packageOf(target);
  if (name.startsWith('node:') && words(pure).some((one) => file.startsWith(`${one}/src/`)))
    return `${from} does no I/O`;
  if (from === undefined || to === undefined) return undefined;
  if (to !== from) {
    const allowed = words(packages[from]);
    return allowed === null || allowed.includes(to) ? undefined : `${from} may not use ${to}`;
  }
  if (target === undefined) return undefined;
  const own = placeOf(file);
  const other = placeOf(target);
  // What lies beside the folders is where a package begins (`main.ts`), or what all of it stands on (`brand.ts`).
  if (own.folder === undefined || other.folder === undefined || own.folder === other.folder) return undefined;
  const allowed = words(throughFiles).includes(own.folder) ? '*' : allowedOf(own);
  if (allowed === undefined) return `${own.root}/${own.folder} does not stand in the table of arrows`;
  if (words(allowed) !== null && !words(allowed).includes(other.folder))
    return `${own.folder} may not use ${other.folder}`;
  // What is loaded only when it is needed names its file: an index would load its whole folder.
  return lazy || words(throughFiles).includes(other.folder) || /\/index\.tsx?$/.test(target)
    ? undefined
    : `${other.folder} is used through its index.ts only`;
}

/** What is not allowed, a line each. `imports`: as `readImports` gives them. */
export function wrongImports(imports) {
  const wrong = [];
  for (const [file, list] of imports) {
    if (isTest(file)) continue;
    for (const one of list) {
      const why = problem(file, one);
      if (why !== undefined) wrong.push(`${file}: "${one.name}": ${why} (.ci/arrows.mjs).`);
    }
  }
  for (const circle of circles(imports)) wrong.push(`A circle of files: ${circle.join(' → ')}.`);
  return wrong;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const imports = readImports();
  const wrong = wrongImports(imports);
  for (const line of wrong) console.error(line);
  console.log(`Arrows: ${imports.size} files, ${wrong.length} not allowed.`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}
