export { noBoard } from './boards.js';
export { type CardSigner, readCard } from './cards.js';
export { resultType } from './keys.js';
export { type LeaderboardOptions, Leaderboards } from './leaderboards.js';
export type { Incoming } from './ledger.js';
export { noSeason } from './seasons.js';
export type { StandingsQuery } from './standings-page.js';
export { leaderboardMigrations } from './tables.js';
export type { ResultPlace, Visibility } from './visibility.js';
