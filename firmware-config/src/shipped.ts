import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PitwallError, parse } from '@pitwall/protocol';
import { parse as parseYaml } from 'yaml';
import type { z } from 'zod';

/** The profiles of one kind: those that come with Pitwall, and any other file. */
export interface Profiles<T> {
  /** The names of the profiles that come with Pitwall. */
  names(): readonly string[];
  /**
   * Reads a profile that comes with Pitwall by its name, or any other by its path (it has a slash or ends in .yaml).
   * @throws PitwallError `profile-invalid`, `not-found`
   */
  read(nameOrPath: string): T;
  /** @throws PitwallError `profile-invalid`, which names each wrong field. */
  parse(yaml: string, file: string): T;
  /** Where `read` reads a profile, and what stands there. @throws PitwallError `not-found` */
  text(nameOrPath: string): { readonly file: string; readonly yaml: string };
}

/** @param what it is called in messages: `car profile` */
export function shippedProfiles<S extends z.ZodType>(folder: URL, schema: S, what: string): Profiles<z.infer<S>> {
  const names = () =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => file.slice(0, -'.yaml'.length))
      .sort();
  const parseProfile = (yaml: string, file: string): z.infer<S> => {
    let value: unknown;
    try {
      value = parseYaml(yaml);
    } catch (cause) {
      throw new PitwallError('profile-invalid', `The ${what} ${file} is not YAML.`, { cause });
    }
    return parse(schema, value, `The ${what} ${file}`, 'profile-invalid');
  };
  const text = (nameOrPath: string) => {
    const isPath = nameOrPath.includes('/') || nameOrPath.endsWith('.yaml');
    const file = isPath ? nameOrPath : fileURLToPath(new URL(`${nameOrPath}.yaml`, folder));
    try {
      return { file, yaml: readFileSync(file, 'utf8') };
    } catch (cause) {
      const known = isPath ? '' : ` Pitwall has: ${names().join(', ')}.`;
      throw new PitwallError('not-found', `The ${what} ${nameOrPath} cannot be read.${known}`, { cause });
    }
  };
  return {
    names,
    parse: parseProfile,
    text,
    read: (nameOrPath) => {
      const { file, yaml } = text(nameOrPath);
      return parseProfile(yaml, file);
    },
  };
}
