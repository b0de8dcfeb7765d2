import { readFileSync } from 'node:fs';
import { PitwallError, parse } from '@pitwall/protocol';
import type { z } from 'zod';
import { yaml } from './yaml.js';

type Tree = { [key: string]: unknown };

export interface ConfigSources {
  /** Path of a YAML file. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of this program's variables: `PITWALL_AGENT_`. */
  readonly prefix: string;
  readonly flags?: Readonly<Tree>;
}

/**
 * One configuration from its sources: file, then environment, then flags; the later wins, field by field. The schema
 * turns environment strings into numbers (`z.coerce`); its keys are single lower-case words, so that each has a variable.
 * @throws PitwallError `config-invalid`, which names the file that cannot be read, or each wrong field.
 */
export function readConfig<S extends z.ZodType>(
  schema: S,
  { file, env, prefix, flags = {} }: ConfigSources,
): z.infer<S> {
  const written = file === undefined ? {} : (readYaml(file) ?? {});
  const base = isTree(written) ? written : { '': written };
  const value = merge(merge(base, fromEnvironment(prefix, env)), flags);
  return parse(schema, value, 'The configuration', 'config-invalid');
}

function readYaml(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new PitwallError('config-invalid', `The configuration ${file} cannot be read.`, { cause });
  }
  try {
    return yaml().parse(text);
  } catch (cause) {
    throw new PitwallError('config-invalid', `The configuration ${file} is not YAML.`, { cause });
  }
}

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
