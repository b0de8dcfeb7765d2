import type { Words } from '../words.js';

export const finals: Words['finals'] = {
  goesThrough: 'kommt weiter',
  toCome: 'steht aus',
  final: 'Finale',
  semiFinals: 'Halbfinale',
  quarterFinals: 'Viertelfinale',
  last: (racers) => `Letzte ${racers}`,
};
