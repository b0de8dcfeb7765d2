export type { Viewer } from './access.js';
export { Entries } from './entries.js';
export { demandPlainId, isInvited, OnlineRaces, type OnlineRacesOptions, type Seen } from './online-races.js';
export { entryOf, givePlaceBack, takePlace } from './places.js';
export { eventMigrations } from './tables.js';
