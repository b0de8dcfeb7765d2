/** A page of the documentation, as it stands in the menu. */
export interface PageEntry {
  /** From the repository's root. */
  readonly source: string;
  /** Where it is not the page's own heading. */
  readonly name?: string;
}

export interface Section {
  readonly title: string;
  readonly pages: readonly PageEntry[];
}

const docs = (...names: string[]): PageEntry[] => names.map((name) => ({ source: `docs/${name}.md` }));

/** The whole documentation in the order in which it is met. The first page is the start. */
export const sections: readonly Section[] = [
  {
    title: 'Begin',
    pages: [
      { source: 'docs/first-race.md' },
      ...docs('checklist', 'troubleshooting', 'install'),
      { source: 'README.md', name: 'About Pitwall' },
    ],
  },
  { title: 'Race day', pages: docs('races', 'marshal', 'show', 'people', 'leaderboard', 'online') },
  {
    title: 'Cars and gates',
    pages: [
      ...docs('car', 'driving', 'gates', 'models', 'recordings', 'simulator'),
      { source: 'firmware-config/README.md' },
      ...docs('profiles'),
    ],
  },
  { title: 'The hall', pages: docs('network', 'security', 'backup', 'reliability') },
  {
    title: 'Look up',
    pages: [
      ...docs('errors', 'limits', 'roles', 'states'),
      { source: 'docs/api/openapi.json', name: 'API: HTTP' },
      { source: 'docs/api/asyncapi.json', name: 'API: MQTT' },
      { source: 'CHANGELOG.md' },
    ],
  },
  { title: 'Change it', pages: docs('contributing', 'architecture') },
];

/** The file of a page in the site: `docs/races.md` is `races.html`. */
export function fileOf(source: string): string {
  if (source === sections[0]!.pages[0]!.source) return 'index.html';
  const name = source
    .replace(/^docs\//, '')
    .replace(/^firmware-config\/README\.md$/, 'hardware.md')
    .replace(/^README\.md$/, 'about.md')
    .replace(/\.(md|json)$/, '')
    .replace('/', '-')
    .toLowerCase();
  return `${name}.html`;
}

export const sources: readonly string[] = sections.flatMap(({ pages }) => pages.map(({ source }) => source));
