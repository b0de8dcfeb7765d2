import { pluralIn } from '../plural.js';

export const plural = pluralIn('es');

/** 1.º, 2.º, 3.º */
export const ordinal = (rank: number): string => `${rank}.º`;
