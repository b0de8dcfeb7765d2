import type { words } from './en/index.js';

/** All words of all pages, as English has them; every other language has the same keys, or does not compile. */
export type Words = typeof words;
