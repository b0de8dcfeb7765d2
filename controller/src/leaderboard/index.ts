export { type CardSigner, readCard } from './cards.js';
export { resultType } from './keys.js';
export { Leaderboards, type StandingsQuery } from './leaderboards.js';
export type { Incoming } from './ledger.js';
export { leaderboardMigrations } from './tables.js';
