export { HomePage, RaceLinks, theRace } from './home-page.js';
export { rankColours } from './lists.js';
export { RunHero } from './run-hero.js';
export { aliasOf, doubtWords, type LapRow, lapRows, phaseView } from './run-view.js';
export { SectorTimes } from './sector-times.js';
export { useRaces } from './use-races.js';
export { WaitingForRace } from './waiting-for-race.js';
