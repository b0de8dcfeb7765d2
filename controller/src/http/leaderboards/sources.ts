import { ErrorBody, SourceName } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { Leaderboards } from '../../leaderboard/index.js';
import type { Routes } from '../system/server.js';

const tags = ['sources'];
const params = z.object({ source: SourceName });
const PublicJwk = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().max(100) });
const SourceKey = z.object({
  kid: z.string(),
  source: SourceName,
  createdAt: z.number().int(),
  revokedAt: z.number().int().nullable(),
});

/** The public keys with which sources sign their results. */
export const sourceRoutes =
  ({ keys }: Leaderboards): Routes =>
  (app) => {
    app.get(
      '/api/v1/sources/:source/keys',
      {
        config: { access: 'everyone' },
        schema: { tags, summary: 'A source’s keys', params, response: { 200: z.object({ keys: z.array(SourceKey) }) } },
      },
      async (request) => ({ keys: await keys.list(request.params.source) }),
    );
    app.post(
      '/api/v1/sources/:source/keys',
      {
        config: { access: ['organizer'] },
        schema: {
          tags,
          summary: 'Registers an Ed25519 public key (JWK); older ones go on until revoked',
          params,
          body: PublicJwk,
          response: { 201: SourceKey, 400: ErrorBody, 409: ErrorBody },
        },
      },
      async (request, reply) => {
        const { source } = request.params;
        return reply.code(201).send(await keys.register(source, request.body));
      },
    );
    app.delete(
      '/api/v1/sources/:source/keys/:kid',
      {
        config: { access: ['organizer'] },
        schema: {
          tags,
          summary: 'Revokes a key: what it signs from now on is refused',
          params: params.extend({ kid: z.string().max(100) }),
          response: { 204: z.null(), 404: ErrorBody },
        },
      },
      async (request, reply) => {
        await keys.revoke(request.params.source, request.params.kid);
        return reply.code(204).send(null);
      },
    );
  };
