export * from './evaluation.js';
export * from './gates.js';
export * from './leaderboard.js';
export * from './racers.js';
export * from './races.js';
export * from './seasons.js';
export * from './tracks.js';
