import { escaped, type Rendered } from './markdown.js';
import { fileOf, sections } from './navigation.js';

/** Nothing from elsewhere, nothing inside the page that runs. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'";

/** A whole page: the menu of all pages, the page, and what is on it. `titles`: of each source. */
export function pageOf(
  source: string,
  { title, html, headings }: Rendered,
  titles: ReadonlyMap<string, string>,
): string {
  const menu = sections
    .map(
      (section) =>
        `<h2>${escaped(section.title)}</h2><ul>${section.pages
          .map(({ source: one, name }) => {
            const here = one === source ? ' aria-current="page"' : '';
            return `<li><a href="${fileOf(one)}"${here}>${escaped(name ?? titles.get(one) ?? one)}</a></li>`;
          })
          .join('')}</ul>`,
    )
    .join('');
  const parts = headings.filter(({ depth }) => depth === 2);
  const contents =
    parts.length < 3
      ? ''
      : `<nav class="contents" aria-label="On this page"><ul>${parts
          .map(({ id, text }) => `<li><a href="#${id}">${escaped(text)}</a></li>`)
          .join('')}</ul></nav>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escaped(title)} · Pitwall help</title>
<link rel="icon" href="help.svg" type="image/svg+xml">
<link rel="stylesheet" href="help.css">
<script src="help.js" defer></script>
</head>
<body>
<a class="skip" href="#main">To the page</a>
<header><a class="brand" href="/">Pitwall</a><a href="index.html">Help</a>
<div class="search"><input type="search" id="search" placeholder="Search" aria-label="Search the help" autocomplete="off" hidden><ol id="found" hidden></ol></div></header>
<div class="body">
<details class="menu" open><summary>All pages</summary><nav aria-label="Pages of the help">${menu}</nav></details>
<main id="main" tabindex="-1">${contents}
${html}</main>
</div>
</body>
</html>
`;
}
