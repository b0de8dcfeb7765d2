export { type Focus, focusOf } from './focus.js';
export { Columns, Fact, Facts, LargeLink, LinkList, Narrow, PageTitle, Rows, Split } from './layout.js';
export { lazyPage } from './lazy-page.js';
export { Banner, Empty, Note, Panel, PanelTitle, Refusal, Soft } from './note.js';
export { Shell } from './shell.js';
export { useFrame } from './use-frame.js';
export { useNow } from './use-now.js';
