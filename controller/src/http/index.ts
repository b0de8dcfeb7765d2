export { type ControllerSources, controllerRoutes } from './controller.js';
export { leaderboardServiceRoutes } from './leaderboard-service.js';
export type { LiveSources } from './live.js';
export type { OnlineSources } from './online-follow.js';
export { pageRoutes } from './pages.js';
export { type App, createApp, type HttpOptions, type Listen, listen, type Routes } from './server.js';
export { trackRoutes } from './tracks.js';
