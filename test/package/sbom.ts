import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { packagesOf } from './node-modules.js';
import { nodeVersion, type Program } from './programs.js';

/** One package of another that is inside. */
export interface Component {
  readonly name: string;
  readonly version: string;
  /** As its manifest says (SPDX). */
  readonly licence: string;
  /** Texts of its licence files. */
  readonly texts: readonly string[];
}

/** Everything of others in a staged program: Node, and each package below `node_modules`. */
export function componentsOf(app: string, node: string): Component[] {
  const found = packagesOf(join(app, 'node_modules')).map((folder) => {
    const { name, version, license, licenses } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      name?: string;
      version?: string;
      license?: string | { type?: string };
      licenses?: readonly { type?: string }[];
    };
    const said =
      typeof license === 'string' ? license : (license?.type ?? licenses?.map(({ type }) => type).join(' OR '));
    return {
      name: name ?? relative(join(app, 'node_modules'), folder),
      version: version ?? '0',
      licence: said ?? 'NOASSERTION',
      texts: textsOf(folder),
    };
  });
  const own = {
    name: 'node',
    version: nodeVersion,
    licence: 'MIT',
    texts: [readFileSync(join(node, 'LICENSE'), 'utf8')],
  };
  const each = new Map([own, ...found].map((one) => [`${one.name}@${one.version}`, one]));
  return [...each.values()].sort((a, b) =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1,
  );
}

const textsOf = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /^(licen[cs]e|copying|notice|third.?party)/i.test(name) && !/\.js$/.test(name))
        .sort()
        .map((name) => readFileSync(join(folder, name), 'utf8'))
    : [];

/** CycloneDX 1.6 (JSON): what is inside, for whoever must know. The same for the same components. */
export function sbom(program: Program, version: string, components: readonly Component[], seconds: number): string {
  const purl = ({ name, version: of }: Component) => `pkg:npm/${name.replace('@', '%40')}@${of}`;
  const body = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: new Date(seconds * 1000).toISOString(),
      component: {
        type: 'application',
        'bom-ref': program.name,
        name: program.name,
        version,
        licenses: [{ license: { id: 'Apache-2.0' } }],
      },
    },
    components: components.map((one) => ({
      type: one.name === 'node' ? 'application' : 'library',
      'bom-ref': one.name === 'node' ? `pkg:generic/node@${one.version}` : purl(one),
      name: one.name,
      version: one.version,
      ...(one.licence === 'NOASSERTION' ? {} : { licenses: [licenceOf(one.licence)] }),
      purl: one.name === 'node' ? `pkg:generic/node@${one.version}` : purl(one),
    })),
  };
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  // A UUID of its content (RFC 9562, version 8), where a random one would make every build another.
  const uuid = digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-a$4-$5');
  const serialNumber = `urn:uuid:${uuid}`;
  return `${JSON.stringify({ ...body, serialNumber }, null, 1)}\n`;
}

const licenceOf = (said: string) =>
  /^[\w.+-]+$/.test(said) ? { license: { id: said } } : { expression: said.replace(/^\(|\)$/g, '') };

/** The licences of everything inside, each text once, with the packages that it is of. */
export function licences(program: Program, components: readonly Component[]): string {
  const byText = new Map<string, string[]>();
  for (const { name, version, texts } of components)
    for (const text of texts) {
      const key = text.replace(/\r/g, '').trim();
      byText.set(key, [...(byText.get(key) ?? []), `${name} ${version}`]);
    }
  const table = components.map(({ name, version, licence }) => `${name} ${version}: ${licence}`).join('\n');
  const all = [...byText]
    .map(([text, of]) => `${'='.repeat(78)}\n${of.join(', ')}\n${'-'.repeat(78)}\n${text}\n`)
    .join('\n');
  return `${program.name} contains the following, under their own licences. Pitwall itself: Apache-2.0.\n\n${table}\n\n${all}`;
}
