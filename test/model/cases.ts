import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../shared/data/cases/', import.meta.url));

/** Files as people hand them in, which are not part of the project. */
export const haveCases = existsSync(folder);
if (!haveCases)
  console.log('skipped: ../shared/data/cases is not there; only files that tests make themselves are tried');
if (!haveCases && process.env.CI === 'true') throw new Error('../shared/data/cases is missing');

export const casePath = (name: string): string => `${folder}${name}`;

/** What a case's float64 arithmetic gives. */
export const expectedOf = <T>(name: string): T => JSON.parse(readFileSync(casePath(name), 'utf8')) as T;

export const frames = ['left', 'right', 'bright', 'dark'] as const;
export const framePlane = (frame: string): Uint8Array =>
  readFileSync(casePath(`frames/${frame}.pgm`)).subarray(-19_200);
