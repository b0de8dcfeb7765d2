import { CountryCode, LeaderboardId, parse } from '@pitwall/protocol';
import { ErrorBody, Season, SeasonStandings } from '@pitwall/protocol/api';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Leaderboards, noBoard, noSeason } from '../../leaderboard/index.js';
import type { MayShow } from '../system/board-guard.js';
import type { Routes } from '../system/server.js';
import { viewerOf } from '../system/viewer.js';
import { writtenHere } from '../system/written-here.js';

const tags = ['seasons'];
const params = z.object({ id: LeaderboardId });

/** Points across races. A season of which whoever asks may not see every board is none for them. */
export const seasonRoutes =
  ({ seasons, visibility }: Leaderboards, mayShow: MayShow): Routes =>
  (app) => {
    const shown = async (season: Season, request: FastifyRequest): Promise<boolean> => {
      // Those that only some may see are asked about one by one.
      const hidden = new Set(await visibility.hiddenBoards());
      for (const { leaderboard } of season.races)
        if (hidden.has(leaderboard) && !(await mayShow(leaderboard, viewerOf(request)))) return false;
      return true;
    };
    app.get(
      '/api/v1/seasons',
      {
        config: { access: 'everyone' },
        serializerCompiler: writtenHere,
        schema: { tags, summary: 'All seasons', response: { 200: z.object({ seasons: z.array(Season) }) } },
      },
      async (request) => {
        const all: Season[] = [];
        for (const season of await seasons.list()) if (await shown(season, request)) all.push(season);
        return { seasons: all };
      },
    );
    app.put(
      '/api/v1/seasons/:id',
      {
        config: { access: ['organizer'] },
        schema: {
          tags,
          summary: 'Makes or changes a season',
          params,
          body: Season.omit({ id: true }),
          response: { 200: Season, 400: ErrorBody, 401: ErrorBody, 403: ErrorBody, 404: ErrorBody },
        },
      },
      async (request) => {
        for (const { leaderboard, country } of request.body.races) {
          if (country !== undefined) parse(CountryCode, country, `The country of ${leaderboard}`);
          if (!(await mayShow(leaderboard, viewerOf(request)))) throw noBoard(leaderboard);
        }
        return await seasons.put({ ...request.body, id: request.params.id });
      },
    );
    app.get(
      '/api/v1/seasons/:id/standings',
      {
        config: { access: 'everyone' },
        serializerCompiler: writtenHere,
        schema: {
          tags,
          summary: 'Points as the boards stand now',
          params,
          response: { 200: SeasonStandings, 404: ErrorBody },
        },
      },
      async (request) => {
        const season = await seasons.get(request.params.id);
        if (!(await shown(season, request))) throw noSeason(season.id);
        return await seasons.standings(season);
      },
    );
  };
