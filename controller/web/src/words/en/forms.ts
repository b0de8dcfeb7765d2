import type { Filling } from '../filling.js';

export const forms = {
  stopAllCars: 'STOP ALL CARS',
  everyCarThatWasEver: 'every car that was ever heard',
  stopItByHand: 'STOP IT BY HAND',
  noWordFromTheController: 'no word from the controller; this is sent all the same · ',
  stopByHand: (what: Filling) => `Stop ${what} by hand`,
  stopWhatByHand: (what: Filling) => `STOP ${what} BY HAND`,
  itStandsShowThePage: 'It stands: show the page',
};
