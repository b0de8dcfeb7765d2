import { RaceId } from '@pitwall/protocol';
import { ErrorBody, RaceRacers } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { Leaderboards } from '../../leaderboard/index.js';
import type { RaceDesk } from '../../race/index.js';
import type { Routes } from '../system/server.js';

/** How those who have entered a race are known on sight: it changes while the log stays. */
export const raceRacerRoutes =
  (desk: Pick<RaceDesk, 'state'>, portraits: Pick<Leaderboards['portraits'], 'looksOf'>): Routes =>
  (app) => {
    app.get(
      '/api/v1/races/:race/racers',
      {
        config: { access: 'everyone' },
        schema: {
          tags: ['races'],
          summary: 'Colours and pictures of those who have entered',
          params: z.object({ race: RaceId }),
          response: { 200: RaceRacers, 404: ErrorBody },
        },
      },
      async ({ params: { race } }) => {
        const { entries } = await desk.state(race);
        const looks = await portraits.looksOf(entries.map(({ racer }) => racer));
        return { racers: entries.map(({ racer }) => ({ racer, ...looks.get(racer) })) };
      },
    );
  };
