export { LinkList } from './link-list.js';
export { Note, Panel } from './note.js';
export { Shell } from './shell.js';
export { useFrame } from './use-frame.js';
