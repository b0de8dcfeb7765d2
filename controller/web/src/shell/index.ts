export { LinkList } from './link-list.js';
export { Banner, Note, Panel } from './note.js';
export { Narrow, Title } from './page.js';
export { Shell } from './shell.js';
export { useFrame } from './use-frame.js';
export { useNow } from './use-now.js';
