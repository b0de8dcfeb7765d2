import { sample, stringMatching } from 'fast-check';

/** What of JSON Schema the document uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly minItems?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly format?: string;
  readonly pattern?: string;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

/** The OpenAPI document as a controller serves it. */
export interface OpenApi {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly parameters?: readonly Parameter[];
            readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
          }
        >
      >
    >
  >;
  readonly components?: { readonly schemas?: Readonly<Record<string, JsonSchema>> };
}

/** One operation, with an example of what it takes. */
export interface Operation {
  /** As docs/roles.md names it: `GET /api/v1/races/:race`. */
  readonly what: string;
  readonly method: string;
  /** With `{names}` in it. */
  readonly path: string;
  /** Required ones, with a leading `?`; empty where there are none. */
  readonly query: string;
  readonly body: unknown;
}

export async function openApiOf(url: string): Promise<OpenApi> {
  return (await (await fetch(`${url}/api/docs/json`)).json()) as OpenApi;
}

export function operationsOf(document: OpenApi): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => {
      const query = parameters
        .filter(({ in: where, required }) => where === 'query' && required === true)
        .map(({ name, schema }) => `${name}=${encodeURIComponent(String(exampleOf(schema, document)))}`);
      const schema = requestBody?.content['application/json']?.schema;
      return {
        what: `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
        method: method.toUpperCase(),
        path,
        query: query.length === 0 ? '' : `?${query.join('&')}`,
        body: schema === undefined ? undefined : exampleOf(schema, document),
      };
    }),
  );
}

/** A smallest value that the schema takes; of several the first. */
export function exampleOf(schema: JsonSchema, document: OpenApi): unknown {
  const { $ref, allOf, anyOf = schema.oneOf, type } = schema;
  if ($ref !== undefined) {
    const named = document.components?.schemas?.[$ref.replace('#/components/schemas/', '')];
    if (named === undefined) throw new Error(`the document has no ${$ref}`);
    return exampleOf(named, document);
  }
  if ('const' in schema) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (anyOf?.[0] !== undefined) return exampleOf(anyOf[0], document);
  if (allOf !== undefined) return Object.assign({}, ...allOf.map((one) => exampleOf(one, document)));
  if (type === 'object') {
    const { properties = {}, required = [] } = schema;
    return Object.fromEntries(required.map((name) => [name, exampleOf(properties[name] ?? {}, document)]));
  }
  if (type === 'array') {
    const { items = {}, minItems = 0, prefixItems } = schema;
    if (prefixItems !== undefined) return prefixItems.map((one) => exampleOf(one, document));
    return Array.from({ length: minItems }, () => exampleOf(items, document));
  }
  if (type === 'integer' || type === 'number') return schema.minimum ?? (schema.exclusiveMinimum ?? 0) + 1;
  if (type === 'boolean') return false;
  return type === 'string' ? textOf(schema) : {};
}

function textOf({ format, pattern, minLength = 1 }: JsonSchema): string {
  if (format === 'uuid') return '0196a000-0000-7000-8000-000000000000';
  if (format === 'uri') return 'https://board.example/hook';
  if (format === 'email') return 'somebody@hall.example';
  if (pattern === undefined) return 'x'.repeat(minLength);
  return sample(stringMatching(new RegExp(pattern)), { numRuns: 1, seed: 1 })[0] ?? '';
}
