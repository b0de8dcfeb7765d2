import type { events } from './en/events.js';
import type { words } from './en/index.js';
import type { online } from './en/online.js';
import type { show } from './en/show.js';
import type { staff } from './en/staff.js';

/** The words of public pages, as English has them; every other language has the same keys, or does not compile. */
export type Words = typeof words;
/** What staff's pages say besides. */
export type StaffOnly = typeof staff;
/** What pages about events say besides. */
export type EventWords = typeof events;
/** What pages about online races say besides. */
export type OnlineWords = typeof online;
/** What screens, voices and commentators say besides. */
export type ShowWords = typeof show;
