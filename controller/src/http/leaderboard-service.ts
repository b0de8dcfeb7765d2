import type { Leaderboards } from '../leaderboard/index.js';
import { accountRoutes } from './account.js';
import { batchRoutes } from './batch.js';
import { guarded, type MayShow } from './board-guard.js';
import { embedRoutes } from './embed.js';
import { feedRoutes } from './feeds.js';
import { leaderboardRoutes } from './leaderboards.js';
import { racerRoutes } from './racers.js';
import { seasonRoutes } from './seasons.js';
import type { Routes } from './server.js';
import { sourceRoutes } from './sources.js';
import { standingsRoutes } from './standings.js';
import { webhookRoutes } from './webhooks.js';

const everyone: MayShow = async () => true;

/** Everything that the leaderboard service answers, alone or beside the rest of a controller. */
export const leaderboardServiceRoutes = (leaderboards: Leaderboards, mayShow: MayShow = everyone): Routes[] => [
  accountRoutes(),
  guarded(mayShow, [
    leaderboardRoutes(leaderboards, mayShow),
    batchRoutes(leaderboards),
    standingsRoutes(leaderboards),
    feedRoutes(leaderboards, mayShow),
    webhookRoutes(leaderboards),
    embedRoutes(leaderboards),
  ]),
  sourceRoutes(leaderboards),
  racerRoutes(leaderboards, mayShow),
  seasonRoutes(leaderboards, mayShow),
];
