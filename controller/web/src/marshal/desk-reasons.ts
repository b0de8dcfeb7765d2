import { deskReasons } from '@pitwall/protocol/race';
import { words } from '../staff-words/index.js';

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
