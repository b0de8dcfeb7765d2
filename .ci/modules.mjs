// Which source file imports which, types included.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { parseSync } from 'oxc-parser';

const root = join(import.meta.dirname, '..');
const source = /\.(ts|tsx)$/;

/** Source files of the repository, paths from its root. */
export const sourceFiles = () =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => source.test(file) && !file.endsWith('.d.ts') && existsSync(join(root, file)));

function specifiers(file, text) {
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
  const exported = module.staticExports.flatMap(({ entries }) =>
    entries.map(({ moduleRequest }) => moduleRequest?.value),
  );
  const named = [...module.staticImports.map(({ moduleRequest }) => moduleRequest.value), ...exported];
  // `import('./x.js')` stands in expressions and in types; only the former are in the parser's list.
  const called = [...text.matchAll(/\bimport\('([^']+)'\)/g)].map(([, name]) => name);
  return new Map([...called.map((name) => [name, true]), ...named.map((name) => [name, false])]);
}

/** @returns Map from each file to what it imports: files of the repository by path, packages by name; `lazy`: only when it is needed. */
export function readImports(files = sourceFiles()) {
  const known = new Set(files);
  const imports = new Map();
  for (const file of files) {
    const found = [];
    for (const [name, lazy] of specifiers(file, readFileSync(join(root, file), 'utf8'))) {
      if (name === undefined) continue;
      if (!name.startsWith('.')) {
        found.push({ name, lazy });
        continue;
      }
      const path = normalize(join(file, '..', name));
      const target = [path, path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx')].find((one) => known.has(one));
      // Pictures, styles and data are no modules.
      if (target !== undefined) found.push({ name, lazy, file: target });
      else if (/\.(js|ts|tsx)$/.test(name) && !existsSync(join(root, path)))
        throw new Error(`${file} imports ${name}, which is not there.`);
    }
    imports.set(file, found);
  }
  return imports;
}

/** Groups of files that import one another in a circle (Tarjan's strongly connected components). */
export function circles(imports) {
  const state = new Map();
  const stack = [];
  const found = [];
  const visit = (file) => {
    const own = { index: state.size, low: state.size, open: true };
    state.set(file, own);
    stack.push(file);
    for (const { file: next } of imports.get(file) ?? []) {
      if (next === undefined) continue;
      const other = state.get(next);
      if (other === undefined) own.low = Math.min(own.low, visit(next));
      else if (other.open) own.low = Math.min(own.low, other.index);
    }
    if (own.low === own.index) {
      const group = stack.splice(stack.indexOf(file));
      for (const one of group) state.get(one).open = false;
      if (group.length > 1) found.push(group);
    }
    return own.low;
  };
  for (const file of imports.keys()) if (!state.has(file)) visit(file);
  return found;
}
