import type { Words } from '../words.js';

export const forms: Words['forms'] = {
  stopAllCars: 'ALLE AUTOS STOPPEN',
  everyCarThatWasEver: 'jedes Auto, das je gehört wurde',
  stopItByHand: 'VON HAND STOPPEN',
  noWordFromTheController: 'vom Leitrechner kommt nichts; es wird trotzdem gesendet · ',
  stopByHand: (what) => `${what} von Hand stoppen`,
  stopWhatByHand: (what) => `${what} VON HAND STOPPEN`,
  itStandsShowThePage: 'Es steht: zur Seite',
};
