import type { Filling } from '../filling.js';

export const track = {
  mapOfMetresRoundDriven: (name: Filling, lengthM: Filling, direction: Filling) =>
    `Map of ${name}, ${lengthM} metres round, driven ${direction}`,
};
