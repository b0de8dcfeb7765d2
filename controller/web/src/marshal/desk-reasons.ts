import { words } from '../staff-words/index.js';

/**
 * Reasons that the desk writes by itself. They stand in the log like this whatever language the page speaks that wrote them, and
 * every page says them in its own.
 */
export const deskReasons = {
  counts: 'V at the desk',
  countsNot: 'N at the desk',
  ignored: 'Not a lap, by key',
  read: 'J at the desk',
  split: 'M at the desk: the gate missed it',
  byHand: 'Stamped by hand',
} as const;

const said: ReadonlyMap<string, string> = new Map([
  [deskReasons.counts, words.marshal.atTheDesk('V')],
  [deskReasons.countsNot, words.marshal.atTheDesk('N')],
  [deskReasons.ignored, words.marshal.notALapByKey],
  [deskReasons.read, words.marshal.jAtTheDesk],
  [deskReasons.split, words.marshal.mAtTheDeskThe],
  [deskReasons.byHand, words.marshal.stampedByHand],
]);

/** A reason of the log for who reads this page; what a person wrote as it was written. */
export const reasonText = (reason: string): string => said.get(reason) ?? reason;
