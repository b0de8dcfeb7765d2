import { posix } from 'node:path';
import { Marked, type Tokens } from 'marked';
import { fileOf, sources } from './navigation.js';

/** One heading of a page. */
export interface Heading {
  readonly depth: number;
  readonly id: string;
  readonly text: string;
}

/** A page as HTML, with what its menu and its search need. */
export interface Rendered {
  readonly title: string;
  readonly html: string;
  readonly headings: readonly Heading[];
  /** Files beside the page that it shows, from the repository's root. */
  readonly pictures: readonly string[];
  /** Its text by headings, for the search. */
  readonly parts: readonly { readonly id: string; readonly title: string; readonly text: string }[];
}

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** As GitHub names a heading, so that a link holds in both. */
export const idOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

/** Renders a page of the repository; links to other pages of the site lead there, those to other files are their names. */
export function render(source: string, text: string): Rendered {
  const headings: Heading[] = [];
  const pictures: string[] = [];
  const parts: { id: string; title: string; text: string }[] = [];
  const used = new Map<string, number>();
  const at = (href: string) => posix.normalize(posix.join(posix.dirname(source), href));
  const plain = (html: string) =>
    html
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&')
      .replaceAll(/\s+/g, ' ')
      .trim();
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }: Tokens.Heading) {
        const html = this.parser.parseInline(tokens);
        const name = plain(html);
        const base = idOf(name);
        const before = used.get(base) ?? 0;
        used.set(base, before + 1);
        const id = before === 0 ? base : `${base}-${before}`;
        headings.push({ depth, id, text: name });
        return `<h${depth} id="${id}">${html}${depth === 1 ? '' : ` <a class="anchor" href="#${id}" aria-label="Link to this part">#</a>`}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        const html = this.parser.parseInline(tokens);
        if (/^https?:/.test(href)) return `<a href="${escaped(href)}" rel="noreferrer">${html}</a>`;
        if (href.startsWith('#')) return `<a href="${escaped(href)}">${html}</a>`;
        const [path = '', part] = href.split('#');
        const file = at(path);
        if (!sources.includes(file)) return html;
        return `<a href="${fileOf(file)}${part === undefined ? '' : `#${escaped(part)}`}">${html}</a>`;
      },
      image({ href, text }: Tokens.Image) {
        const file = at(href);
        pictures.push(file);
        return `<img src="${escaped(pictureFile(file))}" alt="${escaped(text)}" loading="lazy">`;
      },
      code({ text, lang }: Tokens.Code) {
        const name = (lang ?? '').split(' ')[0];
        return `<div class="code"><pre><code${name ? ` class="language-${escaped(name)}"` : ''}>${escaped(text)}\n</code></pre></div>\n`;
      },
      // HTML of a page would go past the policy of the pages; comments say nothing to a reader.
      html: ({ text }: Tokens.HTML | Tokens.Tag) => (text.startsWith('<!--') ? '' : escaped(text)),
    },
    hooks: {
      postprocess(html: string) {
        return html.replaceAll('<table>', '<div class="table"><table>').replaceAll('</table>', '</table></div>');
      },
    },
  });
  const html = marked.parse(text, { async: false });
  for (const part of html.split(/(?=<h[1-6] id=")/)) {
    const id = /^<h[1-6] id="([^"]*)"/.exec(part)?.[1] ?? '';
    const heading = headings.find((one) => one.id === id);
    const body = plain(part.replace(/^<h[1-6].*?<\/h[1-6]>/, ''));
    if (heading !== undefined) parts.push({ id: heading.depth === 1 ? '' : id, title: heading.text, text: body });
  }
  const title = headings.find(({ depth }) => depth === 1)?.text ?? source;
  return { title, html, headings, pictures, parts };
}

export const pictureFile = (source: string): string => `pictures/${posix.basename(source)}`;
