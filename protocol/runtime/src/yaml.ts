import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** The library for YAML, loaded when somebody has a file: it takes 0.1 s, and a controller without one starts sooner. */
export const yaml = (): typeof import('yaml') => load('yaml') as typeof import('yaml');
