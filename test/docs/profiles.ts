import { CarProfile, carProfileNames, carProfileRules, GateProfile, readCarProfile } from '@pitwall/firmware-config';
import { z } from 'zod';

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
}

const schemaOf = (schema: z.ZodType): Schema => z.toJSONSchema(schema, { io: 'input' }) as Schema;

/** For editors and other programs: what may stand in a profile. */
export const jsonSchema = (schema: z.ZodType, title: string): string =>
  `${JSON.stringify({ title, ...schemaOf(schema) }, null, 2)}\n`;
export { CarProfile, GateProfile };

const unionOf = (schema: Schema) => schema.oneOf ?? schema.anyOf;
const code = (value: unknown) =>
  value === '' ? 'empty' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
const kindsOf = (schema: Schema): readonly Schema[] | undefined =>
  unionOf(schema)?.every((one) => one.properties?.kind !== undefined) ? unionOf(schema) : undefined;

function values(schema: Schema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (kindsOf(schema) !== undefined) return 'one of its kinds, below';
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  const union = unionOf(schema);
  if (union !== undefined) return union.map(values).join(', ');
  const { type, minimum, maximum } = schema;
  if (type === 'integer' || type === 'number') {
    const from = minimum !== undefined && minimum > -1e15 ? minimum : undefined;
    const to = maximum !== undefined && maximum < 1e15 ? maximum : undefined;
    const what = type === 'integer' ? 'whole number' : 'number';
    if (from !== undefined && to !== undefined) return `${what}, ${from} to ${to}`;
    return from === undefined ? what : `${what}, at least ${from}`;
  }
  if (type === 'boolean') return '`true`, `false`';
  if (type === 'array') return 'list';
  return type === 'string' ? 'text' : 'fields';
}

function rows(schema: Schema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    if (key === 'kind' && prefix === '') return [];
    if (field.description === undefined) throw new Error(`Nobody says what ${prefix}${key} of a car profile means.`);
    const name = prefix + key;
    const needed = schema.required?.includes(key) === true;
    const absent = field.default === undefined ? (needed ? 'needed' : '–') : code(field.default);
    const row = `| \`${name}\` | ${values(field)} | ${absent} | ${field.description.replaceAll('|', '\\|')} |`;
    return [row, ...(kindsOf(field) === undefined ? rows(field, `${name}.`) : [])];
  });
}

const table = (schema: Schema): readonly string[] => {
  const all = rows(schema, '');
  return all.length === 0
    ? []
    : ['| field | what may stand there | if left out | meaning |', '|---|---|---|---|', ...all, ''];
};

/** Every field of a car profile, out of its schema. */
export function carProfilePage(): string {
  const schema = schemaOf(CarProfile);
  const sections = Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const kinds = kindsOf(field);
    if (kinds === undefined) return [];
    return [
      `## \`${key}\``,
      '',
      field.description ?? '',
      '',
      ...kinds.flatMap((one) => {
        const names = one.properties!.kind!;
        const title = (names.enum ?? [names.const]).map((kind) => `\`kind: ${kind}\``).join(', ');
        return [`### ${key}: ${title}`, '', one.description ?? '', '', ...table(one)];
      }),
    ];
  });
  const profiles = carProfileNames().map((name) => `| \`${name}\` | ${readCarProfile(name).description.trim()} |`);
  return `${[
    '# Car profiles',
    '',
    'A profile says what hardware a car is made of: data, in YAML, one file a car (or a kind of cars). `profile: NAME` in the agent’s',
    'configuration takes one that comes with Pitwall (`firmware-config/cars`), a path takes your own. Start from a copy of the nearest;',
    '`pitwall-agent profile lint FILE` says what is wrong with it, and editors that speak JSON Schema do so while you type. How to',
    'connect each device: [firmware-config/README.md](../firmware-config/README.md).',
    '',
    '| profile | car |',
    '|---|---|',
    ...profiles,
    '',
    '## All fields',
    '',
    ...table(schema),
    ...sections,
    '## Style',
    '',
    'What the schema cannot say, and the linter does:',
    '',
    '| rule | a good profile |',
    '|---|---|',
    ...Object.entries(carProfileRules).map(([name, { asks }]) => `| \`${name}\` | ${asks} |`),
    '',
    'Besides: a comment says why, with its source, where a number is not from a data sheet everyone has; one profile serves all',
    'cars that it fits, and a car that was calibrated has its own.',
  ].join('\n')}\n`;
}
