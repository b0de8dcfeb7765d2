import type { Leaderboards } from '../leaderboard/index.js';
import { batchRoutes } from './batch.js';
import { embedRoutes } from './embed.js';
import { feedRoutes } from './feeds.js';
import { leaderboardRoutes } from './leaderboards.js';
import { racerRoutes } from './racers.js';
import { seasonRoutes } from './seasons.js';
import type { Routes } from './server.js';
import { sourceRoutes } from './sources.js';
import { standingsRoutes } from './standings.js';
import { webhookRoutes } from './webhooks.js';

/** Everything that the leaderboard service answers, alone or beside the rest of a controller. */
export const leaderboardServiceRoutes = (leaderboards: Leaderboards): Routes[] =>
  [
    leaderboardRoutes,
    batchRoutes,
    standingsRoutes,
    feedRoutes,
    sourceRoutes,
    racerRoutes,
    seasonRoutes,
    webhookRoutes,
    embedRoutes,
  ].map((routes) => routes(leaderboards));
