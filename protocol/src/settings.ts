import type { z } from 'zod';
import { parse } from './parse.js';

type Tree = { [key: string]: unknown };

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

function merge(base: Tree, over: Tree): Tree {
  const merged: Tree = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const below = merged[key];
    merged[key] = isTree(below) && isTree(value) ? merge(below, value) : value;
  }
  return merged;
}

/** `PITWALL_HTTP_PORT=8080` with prefix `PITWALL_` is `{ http: { port: "8080" } }`: every key is one lower-case word. */
function fromEnvironment(prefix: string, env: Readonly<Record<string, string | undefined>>): Tree {
  let tree: Tree = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || !name.startsWith(prefix)) continue;
    const path = name.slice(prefix.length).toLowerCase().split('_');
    tree = merge(tree, path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Tree);
  }
  return tree;
}

/**
 * One configuration from its sources: file, then environment, then flags; the later wins, field by field. The schema
 * turns environment strings into numbers (`z.coerce`); its keys are single lower-case words, so that each has a variable.
 * @throws PitwallError `config-invalid`, which names each wrong field.
 */
export function layered<S extends z.ZodType>(
  schema: S,
  sources: { file?: unknown; env: Readonly<Record<string, string | undefined>>; prefix: string; flags?: Tree },
): z.infer<S> {
  const file = sources.file ?? {};
  const base = isTree(file) ? file : { '': file };
  const value = merge(merge(base, fromEnvironment(sources.prefix, sources.env)), sources.flags ?? {});
  return parse(schema, value, 'The configuration', 'config-invalid');
}
