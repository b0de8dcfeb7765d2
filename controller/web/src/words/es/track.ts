import type { Words } from '../words.js';

export const track: Words['track'] = {
  mapOfMetresRoundDriven: (name, lengthM, direction) => `Mapa de ${name}, ${lengthM} metros, en ${direction}`,
};
