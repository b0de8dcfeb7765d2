import { LeaderboardId, PitwallError } from '@pitwall/protocol';
import { ErrorBody, ImportAnswer, ImportQuery } from '@pitwall/protocol/api';
import { z } from 'zod';
import { type Imports, importLimits } from '../../imports/index.js';
import type { OnlineRaces, VisibleRaces } from '../../online-races/index.js';
import { callerOf } from '../system/access.js';
import type { Routes } from '../system/server.js';
import { viewerOf } from '../system/viewer.js';

const mediaType = 'application/octet-stream';

/** Where a board is an online race's: whose it is, and what its records say of it. */
export interface ImportingRaces {
  readonly visible: Pick<VisibleRaces, 'has' | 'own'>;
  readonly races: Pick<OnlineRaces, 'recordImport'>;
}

/** `POST …/import`: laps that other programs wrote, as a file. */
export const importRoutes =
  (imports: Imports, online?: ImportingRaces): Routes =>
  (app) => {
    app.addContentTypeParser(
      mediaType,
      { parseAs: 'buffer', bodyLimit: importLimits.bytes + 1 },
      (_request, body, done) => done(null, body),
    );
    app.post(
      '/api/v1/leaderboards/:id/import',
      {
        bodyLimit: importLimits.bytes + 1,
        config: { access: ['organizer'], objects: 'of races that one organizes; boards of no online race' },
        schema: {
          tags: ['leaderboards'],
          summary:
            'Brings laps of a DREM export or of a simulator’s metrics or log onto the board, marked as imported; again it changes nothing',
          consumes: [mediaType],
          params: z.object({ id: LeaderboardId }),
          querystring: ImportQuery,
          response: {
            200: ImportAnswer,
            400: ErrorBody,
            401: ErrorBody,
            403: ErrorBody,
            404: ErrorBody,
            413: ErrorBody,
          },
        },
      },
      async (request) => {
        const { name } = callerOf(request);
        const { body, query } = request;
        const { id } = request.params;
        if (!(body instanceof Uint8Array))
          throw new PitwallError('request-refused', `Send the file as the body, as ${mediaType}.`);
        const viewer = viewerOf(request);
        const ofRace = (await online?.visible.has(id)) === true;
        if (ofRace) await online?.visible.own(id, viewer);
        const answer = await imports.take(id, body, query, name);
        const { accepted, held } = answer.outcomes;
        if (ofRace && accepted + held > 0)
          await online?.races.recordImport(id, viewer, {
            from: answer.kind,
            file: answer.file,
            results: accepted + held,
          });
        return answer;
      },
    );
  };
