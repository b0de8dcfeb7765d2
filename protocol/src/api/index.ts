export * from './leaderboard.js';
export * from './races.js';
