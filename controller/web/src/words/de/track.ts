import type { Words } from '../words.js';

export const track: Words['track'] = {
  mapOfMetresRoundDriven: (name, lengthM, direction) =>
    `Karte von ${name}, ${lengthM} Meter lang, gefahren ${direction}`,
};
