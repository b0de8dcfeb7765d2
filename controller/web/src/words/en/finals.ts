import type { Filling } from '../filling.js';

export const finals = {
  goesThrough: 'goes through',
  toCome: 'to come',
  final: 'Final',
  semiFinals: 'Semi-finals',
  quarterFinals: 'Quarter-finals',
  last: (racers: Filling) => `Last ${racers}`,
};
