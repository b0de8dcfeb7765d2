import type { Words } from '../words.js';

export const shell: Words['shell'] = {
  connecting: 'Verbindet',
  live: 'Live',
  offline: 'Offline',
  noConnectionToTheRace: (seconds) =>
    `Seit ${seconds} s keine Verbindung zum Rennen. Runden und Plätze sind von da; die Seite holt von selbst auf.`,
  theControllerCannotWriteTo: (trouble) =>
    `Der Leitrechner kann nicht auf seine Platte schreiben (${trouble}). Überfahrten werden gehalten; bestätigt wird nichts, bis er es kann.`,
  online: 'Online',
  toThePage: 'Zur Seite',
  pages: 'Seiten',
  lightColours: 'Helle Farben',
  darkColours: 'Dunkle Farben',
  help: 'Hilfe',
  languageOfThePages: 'Sprache',
  boards: 'Listen',
  marshal: 'Leitung',
  setup: 'Setup',
  events: 'Events',
};
