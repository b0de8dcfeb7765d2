import { RaceId } from '@pitwall/protocol';
import { ErrorBody, MomentPage } from '@pitwall/protocol/api';
import { Language, sentences } from '@pitwall/protocol/show';
import { z } from 'zod';
import type { RaceMoments } from '../../show/index.js';
import type { Routes } from '../system/server.js';

/** What happens in a race, in sentences: for screens, voices and programs of others. */
export const momentRoutes =
  (moments: Pick<RaceMoments, 'after'>): Routes =>
  (app) => {
    app.get(
      '/api/v1/races/:race/moments',
      {
        config: { access: 'everyone' },
        schema: {
          tags: ['races'],
          summary: 'What happened in a race in person or LIVE, in sentences, oldest first',
          description:
            'Derived from the log alone, so that the same log always tells the same. `after`: the `seq` of the last answer; ' +
            'only what came since is told. A moment is told once; what was taken back in the log is not taken back here.',
          params: z.object({ race: RaceId }),
          querystring: z.object({
            after: z.coerce.number().int().nonnegative().default(0),
            language: Language.default('en'),
          }),
          response: { 200: MomentPage, 400: ErrorBody, 404: ErrorBody },
        },
      },
      async (request) => {
        const { after, language } = request.query;
        const { seq, record, moments: told } = await moments.after(request.params.race, after);
        const say = await sentences(language);
        return { seq, language, record, moments: told.map((one) => ({ ...one, text: say(one.moment) })) };
      },
    );
  };
