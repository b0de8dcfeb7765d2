import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AsyncApi, httpPage, mqttPage, type OpenApi } from './api-pages.js';
import { pictureFile, render } from './markdown.js';
import { fileOf, sources } from './navigation.js';
import { pageOf } from './template.js';

/** Text of a page as Markdown; the documents of the interfaces are written out. */
function markdownOf(repository: string, source: string): string {
  const text = readFileSync(join(repository, source), 'utf8');
  if (source.endsWith('openapi.json')) return httpPage(JSON.parse(text) as OpenApi);
  if (source.endsWith('asyncapi.json')) return mqttPage(JSON.parse(text) as AsyncApi);
  return text;
}

/**
 * The documentation as a site of plain files that needs no network: file → content. Pages are `docs/*.md` and others of the menu, with
 * their pictures, a style sheet, and an index that the search reads.
 */
export function helpSite(repository: string): ReadonlyMap<string, string | Buffer> {
  const rendered = sources.map((source) => ({ source, page: render(source, markdownOf(repository, source)) }));
  const titles = new Map(rendered.map(({ source, page }) => [source, page.title]));
  const files = new Map<string, string | Buffer>();
  for (const { source, page } of rendered) {
    files.set(fileOf(source), pageOf(source, page, titles));
    for (const picture of page.pictures) files.set(pictureFile(picture), readFileSync(join(repository, picture)));
  }
  const index = rendered.flatMap(({ source, page }) =>
    page.parts.map(({ id, title, text }) => [fileOf(source) + (id === '' ? '' : `#${id}`), page.title, title, text]),
  );
  files.set('search.json', JSON.stringify(index));
  for (const asset of ['help.css', 'help.js'])
    files.set(asset, readFileSync(join(repository, 'test/docs/help/assets', asset)));
  files.set('help.svg', readFileSync(join(repository, 'controller/web/public/favicon.svg')));
  return files;
}
