import type { Filling } from '../filling.js';
import { plural } from './plural.js';

export const seasons = {
  countsFor: 'Counts for',
  noSeasonToShow: 'No season to show.',
  races: (count: number) => plural(count, { one: 'One race', other: `${count} races` }),
  bestCount: (count: number) => plural(count, { one: 'best one counts', other: `best ${count} count` }),
  ofWhichARacers: (more: Filling) => `, of which a racer’s ${more}`,
  theSeasonCannotBeRead: 'The season cannot be read now; this is how it stood.',
  nobodyHasPointsYet: 'Nobody has points yet.',
  points: 'Points',
  inBracketsDoesNotCount: ' In brackets: does not count, the racer has better races.',
  byPlace: (points: Filling, more: Filling) => `Points by place: ${points}.${more}`,
  onTheTrack: 'on the track',
  virtual: 'virtual',
  bothKinds: 'both kinds',
  placePlace: (place: Filling) => `place ${place}`,
};
