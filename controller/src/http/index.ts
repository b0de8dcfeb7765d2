export { batchRoutes } from './batch.js';
export { leaderboardRoutes } from './leaderboards.js';
export { type LiveSources, liveRoutes } from './live.js';
export { outboxRoutes } from './outbox.js';
export { pageRoutes } from './pages.js';
export { raceRoutes } from './races.js';
export { type App, createApp, type HttpOptions, type Listen, listen, type Routes } from './server.js';
export { sourceRoutes } from './sources.js';
