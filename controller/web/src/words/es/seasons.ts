import type { Words } from '../words.js';
import { plural } from './plural.js';

export const seasons: Words['seasons'] = {
  countsFor: 'Cuenta para',
  noSeasonToShow: 'No hay temporada que mostrar.',
  races: (count) => plural(count, { one: 'Una carrera', other: `${count} carreras` }),
  bestCount: (count) => plural(count, { one: 'la mejor cuenta', other: `las ${count} mejores cuentan` }),
  ofWhichARacers: (more) => `, de las que de cada piloto ${more}`,
  theSeasonCannotBeRead: 'Ahora no se puede leer la temporada; así estaba.',
  nobodyHasPointsYet: 'Aún nadie tiene puntos.',
  points: 'Puntos',
  inBracketsDoesNotCount: ' Entre paréntesis: no cuenta, el piloto tiene carreras mejores.',
  byPlace: (points, more) => `Puntos por puesto: ${points}.${more}`,
  onTheTrack: 'en pista',
  virtual: 'virtual',
  bothKinds: 'ambas',
  placePlace: (place) => `puesto ${place}`,
};
