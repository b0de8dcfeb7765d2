import type { Words } from '../words.js';
import { plural } from './plural.js';

export const seasons: Words['seasons'] = {
  countsFor: 'Zählt für',
  noSeasonToShow: 'Keine Saison da.',
  races: (count) => plural(count, { one: 'Ein Rennen', other: `${count} Rennen` }),
  bestCount: (count) => plural(count, { one: 'bestes zählt', other: `beste ${count} zählen` }),
  ofWhichARacers: (more) => `, davon je Starter: ${more}`,
  theSeasonCannotBeRead: 'Die Saison lässt sich gerade nicht lesen; so stand sie zuletzt.',
  nobodyHasPointsYet: 'Noch niemand hat Punkte.',
  points: 'Punkte',
  inBracketsDoesNotCount: ' In Klammern: zählt nicht, der Starter hat bessere Rennen.',
  byPlace: (points, more) => `Punkte nach Platz: ${points}.${more}`,
  onTheTrack: 'auf der Strecke',
  virtual: 'virtuell',
  bothKinds: 'beides',
  placePlace: (place) => `Platz ${place}`,
};
