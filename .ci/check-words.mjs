// Fails on a sentence of a page that does not stand in the catalogue (controller/web/src/words), and on a key that no page uses.
// A key that is missing, in English or in another language, is a type error.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseSync } from 'oxc-parser';
import { sourceFiles } from './modules.mjs';

const root = join(import.meta.dirname, '..');
const pages = 'controller/web/src/';
const catalogue = `${pages}words/`;

/** What a person reads or hears among the properties of elements. */
const spoken =
  /^(label|title|alt|placeholder|hint|submit|what|why|legend|aside|small|none|description|aria-label|aria-description)$/;
/** What takes a name for errors of a developer, a selector or a media query. */
const unspoken =
  /^(parse|parseJson|read|get|ask|RegExp|test|replace|matches|matchMedia|querySelector|createElement|PitwallError|Error)$/;
/** Code in its own language: paths, styles, SVG, methods and names that are the same everywhere. */
const code =
  /^(\/|\$ ?\/|data:|F9 |var\(|url\(|translate\(|scaleX\(|min\(|inset |M[-\d]|[\d.]+(r?em|px|%|fr) |\(min-width|Bearer|pitwall(-agent)? |Pitwall$|[A-Z]+$|[A-Z]\d$|(Space|Enter|Shift\+E|Arrow\w+|Key\w+|Escape)$|input:|button, )/;
const sentence = /\p{L}.* .*\p{L}|…|^\p{Lu}\p{Ll}|\p{L} $|^ \p{L}/u;

const nameOf = (callee) => callee?.name ?? callee?.property?.name ?? '';

/** Whether a text of the code is meant for people. `parents`: the nodes around it, the nearest last. */
function isSpoken(text, node, parents) {
  const near = parents.at(-1);
  if (!/\p{L}/u.test(text) || code.test(text.trim())) return false;
  if (near.type === 'Property' && near.key === node) return false;
  if (near.type === 'BinaryExpression' && /==/.test(near.operator)) return false;
  if (/^(SwitchCase|Import|Export|TSLiteral|MemberExpression|TSExternal|TSEnum)/.test(near.type)) return false;
  const within = parents.findLast(({ type }) => /^(JSXAttribute|CallExpression|NewExpression|JSXElement)$/.test(type));
  if (within?.type === 'JSXAttribute') {
    const name = within.name.name?.name ?? within.name.name;
    if (near === within) return spoken.test(name);
    return !/^(style|className|d|points|transform|key|href)$/.test(name) && !/var\(/.test(text) && sentence.test(text);
  }
  if (/^(Call|New)Expression$/.test(within?.type ?? '') && unspoken.test(nameOf(within.callee))) return false;
  return sentence.test(text);
}

/** Calls `visit` with each node and the nodes around it. */
function walk(node, visit, parents = []) {
  if (Array.isArray(node)) for (const one of node) walk(one, visit, parents);
  else if (typeof node?.type === 'string') {
    visit(node, parents);
    for (const [key, value] of Object.entries(node))
      if (key !== 'type' && typeof value === 'object') walk(value, visit, [...parents, node]);
  }
}

const templateText = ({ quasis }) => quasis.map(({ value }) => value.cooked).join(' $ ');

/** @returns the texts for people in one file of pages, and the keys `area.key` of the catalogue that it uses. */
export function readPage(file, text) {
  const literals = [];
  const used = new Set();
  walk(parseSync(file, text).program, (node, parents) => {
    if (node.type === 'JSXText' && /\p{L}/u.test(node.value) && !code.test(node.value.trim()))
      literals.push(node.value.trim());
    if (node.type === 'Literal' && typeof node.value === 'string' && isSpoken(node.value, node, parents))
      literals.push(node.value);
    if (
      node.type === 'TemplateLiteral' &&
      isSpoken(templateText(node), node, parents) &&
      /\p{L}{2}/u.test(templateText(node))
    )
      literals.push(templateText(node));
    if (
      node.type === 'MemberExpression' &&
      node.object.type === 'MemberExpression' &&
      node.object.object.name === 'words'
    )
      used.add(`${node.object.property.name}.${node.property.name}`);
  });
  return { literals, used };
}

/** The keys of the catalogue, as `area.key`. */
export function readKeys(area, text) {
  const keys = [];
  walk(parseSync('catalogue.ts', text).program, (node, parents) => {
    if (
      node.type === 'Property' &&
      parents.at(-1).type === 'ObjectExpression' &&
      parents.at(-2)?.type === 'VariableDeclarator'
    )
      keys.push(`${area}.${node.key.name}`);
  });
  return keys;
}

/** What is not as it should be, a line each. */
export function wrongWords() {
  const wrong = [];
  const used = new Set();
  const keys = [];
  for (const file of sourceFiles().filter((one) => one.startsWith(pages) && !one.includes('.test.'))) {
    const text = readFileSync(join(root, file), 'utf8');
    const [, area] = /\/words\/en\/(.+)\.ts$/.exec(file) ?? [];
    if (area !== undefined && !/^(index|plural|staff)$/.test(area)) keys.push(...readKeys(area, text));
    if (file.startsWith(catalogue)) continue;
    const page = readPage(file, text);
    for (const key of page.used) used.add(key);
    for (const literal of page.literals)
      wrong.push(`${file}: “${literal}” does not stand in the catalogue (${catalogue}en).`);
  }
  for (const key of keys) if (!used.has(key)) wrong.push(`${catalogue}en: no page uses ${key}.`);
  return { wrong, keys };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { wrong, keys } = wrongWords();
  for (const line of wrong) console.error(line);
  console.log(`Words: ${keys.length} keys, ${wrong.length} wrong.`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}
