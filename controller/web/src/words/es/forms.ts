import type { Words } from '../words.js';

export const forms: Words['forms'] = {
  stopAllCars: 'PARAR TODOS LOS COCHES',
  everyCarThatWasEver: 'todo coche del que se supo alguna vez',
  stopItByHand: 'PÁRALO A MANO',
  noWordFromTheController: 'sin noticias del controlador; se envía igualmente · ',
  stopByHand: (what) => `Parar ${what} a mano`,
  stopWhatByHand: (what) => `PARAR ${what} A MANO`,
  itStandsShowThePage: 'Está parado: ver la página',
};
