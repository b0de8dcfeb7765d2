// Search, buttons that copy, and the colours that were chosen on Pitwall's own pages. Without this file the pages are whole, too.
const scheme = localStorage.getItem('mantine-color-scheme-value');
if (scheme === 'dark' || scheme === 'light') document.documentElement.style.colorScheme = scheme;

const menu = document.querySelector('.menu');
if (matchMedia('(max-width: 52rem)').matches) menu.open = false;

for (const block of document.querySelectorAll('.code')) {
  if (navigator.clipboard === undefined) break;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(block.querySelector('code').textContent);
    button.textContent = 'Copied';
  });
  block.append(button);
}

const input = document.querySelector('#search');
const list = document.querySelector('#found');
let index;
input.hidden = false;
input.addEventListener('focus', () => {
  index ??= fetch('search.json').then((answer) => answer.json());
});
input.addEventListener('input', async () => {
  index ??= fetch('search.json').then((answer) => answer.json());
  const parts = await index;
  const asked = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  list.replaceChildren();
  list.hidden = asked.length === 0;
  if (asked.length === 0) return;
  const found = parts
    .map(([href, page, title, text]) => ({ href, page, title, text, worth: worthOf(asked, page, title, text) }))
    .filter(({ worth }) => worth > 0)
    .sort((a, b) => b.worth - a.worth)
    .slice(0, 12);
  for (const { href, page, title, text } of found) {
    const link = document.createElement('a');
    link.className = 'hit';
    link.href = href;
    link.textContent = page === title ? page : `${page}: ${title}`;
    const near = document.createElement('small');
    const at = Math.max(0, text.toLowerCase().indexOf(asked[0]) - 40);
    near.textContent = text.slice(at, at + 140);
    link.append(near);
    const item = document.createElement('li');
    item.append(link);
    list.append(item);
  }
  if (found.length === 0) list.append(Object.assign(document.createElement('li'), { textContent: 'Nothing found' }));
});
input.addEventListener('keydown', (event) => {
  if (event.key === 'Enter') list.querySelector('a')?.click();
  if (event.key === 'Escape') list.hidden = true;
});

/** 0 where one of the words is nowhere; a word in a title is worth more than one in a text. */
function worthOf(asked, page, title, text) {
  let worth = 0;
  const [pages, titles, texts] = [page, title, text].map((one) => one.toLowerCase());
  for (const word of asked) {
    const of = (titles.includes(word) ? 8 : 0) + (pages.includes(word) ? 3 : 0) + (texts.includes(word) ? 1 : 0);
    if (of === 0) return 0;
    worth += of;
  }
  return worth;
}
