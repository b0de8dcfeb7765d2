export type { Viewer } from './access.js';
export { Entries } from './entries.js';
export { OnlineRaces, type OnlineRacesOptions } from './online-races.js';
export { entryOf, givePlaceBack, takePlace } from './places.js';
export { demandPlainId, isInvited } from './race-ids.js';
export { eventMigrations } from './tables.js';
export { type Seen, VisibleRaces } from './visible-races.js';
