/** Pages of the two interfaces for programs, as Markdown out of the documents that the code writes. */

interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly $ref?: string;
}

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    name: string;
    in: string;
    required?: boolean;
    description?: string;
    schema?: Schema;
  }[];
  readonly requestBody?: unknown;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface AsyncApi {
  readonly channels: Readonly<
    Record<
      string,
      { address: string; description: string; messages: Readonly<Record<string, { readonly payload: Schema }>> }
    >
  >;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (text: string): string => `\`${cell(text)}\``;

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((one) => code(JSON.stringify(one))).join(', ');
  const union = schema.oneOf ?? schema.anyOf;
  if (union !== undefined) return [...new Set(union.map(typeOf))].join(' or ');
  if (schema.type === 'array') return `list of ${schema.items === undefined ? 'anything' : typeOf(schema.items)}`;
  if (schema.$ref !== undefined) return code(schema.$ref.split('/').at(-1) ?? '');
  return [schema.type ?? 'anything'].flat().join(' or ');
}

const fields = (schema: Schema): string[] => {
  const rows = Object.entries(schema.properties ?? {}).map(
    ([name, field]) =>
      `| ${code(name)}${schema.required?.includes(name) ? '' : ' (optional)'} | ${typeOf(field)} | ${cell(field.description ?? '')} |`,
  );
  return rows.length === 0 ? [] : ['| field | value | meaning |', '|---|---|---|', ...rows, ''];
};

/** Every topic, who publishes, and its fields. */
export function mqttPage({ channels }: AsyncApi): string {
  const parts = Object.values(channels).flatMap(({ address, description, messages }) => [
    `## \`${address}\``,
    '',
    description,
    '',
    ...Object.values(messages).flatMap(({ payload }) => {
      const kinds = payload.oneOf ?? payload.anyOf;
      return kinds === undefined ? fields(payload) : kinds.flatMap(fields);
    }),
  ]);
  return [
    '# MQTT',
    '',
    'What cars, gates and programs of others say to each other over the broker, as JSON. The same as AsyncAPI 3:',
    '`docs/api/asyncapi.json`. Who may publish and subscribe what: [roles](../roles.md), [security](../security.md).',
    '',
    ...parts,
  ].join('\n');
}

/** Every route by what it is about. */
export function httpPage({ paths }: OpenApi): string {
  const methods = ['get', 'post', 'put', 'patch', 'delete'];
  const all = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const topic = (path: string) => /^\/api\/v1\/([\w-]+)/.exec(path)?.[1] ?? 'other';
  const topics = [...new Set(all.map(({ path }) => topic(path)))].sort();
  return [
    '# HTTP',
    '',
    'Every route of the controller. A running one shows the same with all shapes, to be tried out, at `/api/docs`; as OpenAPI:',
    '`docs/api/openapi.json`. Who may ask what: [roles](../roles.md). Errors: [errors](../errors.md).',
    '',
    ...topics.flatMap((name) => [
      `## ${name}`,
      '',
      '| route | what it does | parameters |',
      '|---|---|---|',
      ...all
        .filter(({ path }) => topic(path) === name)
        .map(({ path, method, operation: { summary, description, parameters = [] } }) => {
          const asked = parameters
            .filter((one) => one.in === 'query')
            .map((one) => code(one.name))
            .join(', ');
          return `| ${code(`${method} ${path}`)} | ${cell(summary ?? description ?? '')} | ${asked} |`;
        }),
      '',
    ]),
  ].join('\n');
}
