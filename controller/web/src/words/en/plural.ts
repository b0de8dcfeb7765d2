import { pluralIn } from '../plural.js';

export const plural = pluralIn('en');

const ends = { one: 'st', two: 'nd', few: 'rd', other: 'th', zero: 'th', many: 'th' };
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });

/** 1st, 2nd, 3rd, 4th, 11th, 21st. */
export const ordinal = (rank: number): string => `${rank}${ends[ordinals.select(rank)]}`;
