import { LeaderboardId } from '@pitwall/protocol';
import { ErrorBody, Season, SeasonStandings } from '@pitwall/protocol/api';
import { z } from 'zod';
import { demand } from '../accounts/index.js';
import { type Leaderboards, noBoard } from '../leaderboard/index.js';
import type { MayShow } from './board-guard.js';
import { viewerOf } from './online.js';
import type { Routes } from './server.js';

const tags = ['seasons'];
const params = z.object({ id: LeaderboardId });

/** Points across races. */
export const seasonRoutes =
  ({ seasons }: Leaderboards, mayShow: MayShow): Routes =>
  (app) => {
    app.get(
      '/api/v1/seasons',
      { schema: { tags, summary: 'All seasons', response: { 200: z.object({ seasons: z.array(Season) }) } } },
      async () => ({ seasons: await seasons.list() }),
    );
    app.put(
      '/api/v1/seasons/:id',
      {
        schema: {
          tags,
          security: [{ token: [] }],
          summary: 'Makes or changes a season',
          params,
          body: Season.omit({ id: true }),
          response: { 200: Season, 400: ErrorBody },
        },
      },
      async (request) => {
        demand(request.principal, 'organizer');
        return await seasons.put({ ...request.body, id: request.params.id });
      },
    );
    app.get(
      '/api/v1/seasons/:id/standings',
      {
        schema: {
          tags,
          summary: 'Points as the boards stand now',
          params,
          response: { 200: SeasonStandings, 404: ErrorBody },
        },
      },
      async (request) => {
        const { id } = request.params;
        const season = (await seasons.list()).find((one) => one.id === id);
        for (const { leaderboard } of season?.races ?? [])
          if (!(await mayShow(leaderboard, viewerOf(request)))) throw noBoard(leaderboard);
        return await seasons.standings(id);
      },
    );
  };
