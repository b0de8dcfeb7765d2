export { Note, Panel } from './note.js';
export { Shell } from './shell.js';
export { useFrame } from './use-frame.js';
