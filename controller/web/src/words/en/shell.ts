import type { Filling } from '../filling.js';

export const shell = {
  connecting: 'Connecting',
  live: 'Live',
  offline: 'Offline',
  noConnectionToTheRace: (seconds: Filling) =>
    `No connection to the race for ${seconds} s. Laps and places are as they were then; the page catches up by itself.`,
  theControllerCannotWriteTo: (trouble: Filling) =>
    `The controller cannot write to its disk (${trouble}). Crossings are held; nothing is confirmed until it can.`,
  online: 'Online',
  toThePage: 'To the page',
  pages: 'Pages',
  lightColours: 'Switch to light colours',
  darkColours: 'Switch to dark colours',
  help: 'Help',
  languageOfThePages: 'Language',
  boards: 'Boards',
  marshal: 'Marshal',
  setup: 'Setup',
  events: 'Events',
};
