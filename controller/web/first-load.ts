import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** What a page may weigh before it shows anything, kB gzipped: a phone in a hall loads it over what Wi-Fi is left. */
const limits = { public: 280, staff: 420 } as const;
/** What comes later, as a chart that somebody asks for, is no page. */
const isPage = /(?:page|pages|home)$/;
/** The catalogues of words: a page loads one language's. */
const catalogues = {
  public: /\/words\/\w+\/index\.ts$/,
  staff: /\/words\/\w+\/staff\.ts$/,
  events: /\/words\/\w+\/events\.ts$/,
  show: /\/words\/\w+\/show\.ts$/,
} as const;
const eventPages = /\/events\//;
const showPages = /\/show\//;
/** Pages that ask for a role, and those of projectors and mixers: nobody opens them on a phone in the hall. */
const staffPages =
  /\/(?:garage|marshal|organizer|review|tracks)\/|\/online\/setup-page|\/(?:event-form|commentator|screen|overlay)-page\./;

/**
 * Fails the build where the first load of a page outgrows its limit: the start, its page, what both import,
 * the words of the language that needs most, and the styles of all these.
 */
export function firstLoad(): Plugin {
  return {
    name: 'first-load',
    generateBundle(_options, bundle) {
      const chunks = new Map(
        Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file] as const] : [])),
      );
      const styles = new Map(
        Object.values(bundle).flatMap((file) =>
          file.type === 'asset' && file.fileName.endsWith('.css')
            ? [[file.fileName, gzipSync(file.source).length] as const]
            : [],
        ),
      );
      // Which style sheets come with which chunk, Vite alone knows.
      const sheetsOf = (name: string): readonly string[] => [...(chunks.get(name)?.viteMetadata?.importedCss ?? [])];
      const withImports = (name: string, into: Set<string>): Set<string> => {
        if (into.has(name)) return into;
        into.add(name);
        for (const one of chunks.get(name)?.imports ?? []) withImports(one, into);
        return into;
      };
      const start = [...chunks.values()].find(({ isEntry }) => isEntry);
      if (start === undefined) return;
      const largest = (of: RegExp): number =>
        Math.max(
          0,
          ...[...chunks.values()]
            .filter(({ isDynamicEntry, facadeModuleId }) => isDynamicEntry && of.test(facadeModuleId ?? ''))
            .map(({ code }) => gzipSync(code).length),
        );
      const words = {
        public: largest(catalogues.public),
        staff: largest(catalogues.public) + largest(catalogues.staff),
      };
      const pages = [...chunks.values()].filter(({ isDynamicEntry, name }) => isDynamicEntry && isPage.test(name));
      for (const page of [start, ...pages]) {
        const names = withImports(page.fileName, withImports(start.fileName, new Set()));
        const kind = staffPages.test(page.facadeModuleId ?? '') ? 'staff' : 'public';
        const bytes = [...names].reduce(
          (sum, name) => sum + gzipSync(chunks.get(name)?.code ?? '').length,
          sum(new Set([...names].flatMap(sheetsOf)), styles) +
            words[kind] +
            (eventPages.test(page.facadeModuleId ?? '') ? largest(catalogues.events) : 0) +
            (showPages.test(page.facadeModuleId ?? '') ? largest(catalogues.show) : 0),
        );
        const kB = bytes / 1000;
        this.info(`${page.name}: ${kB.toFixed(1)} kB at first, of ${limits[kind]} (${kind})`);
        if (kB > limits[kind])
          this.error(
            `The first load of ${page.name} is ${kB.toFixed(1)} kB gzipped; a ${kind} page has ${limits[kind]}.`,
          );
      }
    },
  };
}

const sum = (names: Iterable<string>, sizes: ReadonlyMap<string, number>): number =>
  [...names].reduce((all, name) => all + (sizes.get(name) ?? 0), 0);
