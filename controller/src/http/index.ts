export { type ControllerSources, controllerRoutes } from './all-routes.js';
export { leaderboardServiceRoutes } from './leaderboard-routes.js';
export type { OnlineSources } from './online/follower.js';
export { type LiveSources, liveAccess } from './races/live.js';
export { trackRoutes } from './races/tracks.js';
export type { Access, RouteAccess } from './system/access.js';
export { pageRoutes } from './system/pages.js';
export { type App, createApp, type HttpOptions, type Listen, listen, type Routes } from './system/server.js';
export { trustRoutes } from './system/trust.js';
