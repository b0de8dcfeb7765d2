export type { Viewer } from './access.js';
export { Entries } from './entries.js';
export { EntriesOfRacer } from './entries-of-racer.js';
export { demandPlainId, isInvited } from './invitations.js';
export { OnlineRaces, type OnlineRacesOptions } from './online-races.js';
export { entryOf, returnToQuota, takeFromQuota } from './quota.js';
export { onlineRaceMigrations } from './tables.js';
export { type VisibleRace, VisibleRaces } from './visible-races.js';
