import type { Words } from '../words.js';

export const finals: Words['finals'] = {
  goesThrough: 'pasa',
  toCome: 'por disputar',
  final: 'Final',
  semiFinals: 'Semifinales',
  quarterFinals: 'Cuartos de final',
  last: (racers) => `Últimos ${racers}`,
};
