export { gateRoutes } from './gates.js';
export { leaderboardServiceRoutes } from './leaderboard-service.js';
export { type LiveSources, liveRoutes } from './live.js';
export { type MetricsSources, metricsRoutes } from './metrics.js';
export { outboxRoutes } from './outbox.js';
export { pageRoutes } from './pages.js';
export { raceRoutes } from './races.js';
export { type App, createApp, type HttpOptions, type Listen, listen, type Routes } from './server.js';
export { trackRoutes } from './tracks.js';
