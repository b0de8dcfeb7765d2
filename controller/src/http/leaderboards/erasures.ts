import { PitwallError, parseJson } from '@pitwall/protocol';
import { Erasure, ErrorBody, SignedErasure } from '@pitwall/protocol/api';
import { z } from 'zod';
import { erasureType, type Leaderboards } from '../../leaderboard/index.js';
import type { Routes } from '../system/server.js';

/** Where results come from, a racer was deleted: what that source called them goes here, too. */
export const erasureRoutes =
  (leaderboards: Leaderboards): Routes =>
  (app) => {
    app.post(
      '/api/v1/racers/erasures',
      {
        config: { access: ['source'], objects: 'what the signing source sent' },
        schema: {
          tags: ['racers'],
          summary:
            'Results that the signing source sent of a racer stand under a neutral name from now on; again it changes nothing',
          body: SignedErasure,
          response: { 204: z.null(), 400: ErrorBody },
        },
      },
      async (request, reply) => {
        const { signedBy, payload } = await leaderboards.keys.verify(request.body.jws, erasureType);
        const { racer, source } = parseJson(Erasure, payload, 'What was signed');
        if (signedBy.source !== source)
          throw new PitwallError(
            'signature-invalid',
            `The deletion says it is from ${source}, but ${signedBy.source} signed it.`,
          );
        await leaderboards.erasures.erase(racer, source);
        return reply.code(204).send(null);
      },
    );
  };
