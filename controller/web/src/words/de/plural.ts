import { pluralIn } from '../plural.js';

export const plural = pluralIn('de');

/** 1., 2., 3. */
export const ordinal = (rank: number): string => `${rank}.`;
