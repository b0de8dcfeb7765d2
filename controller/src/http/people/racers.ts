import { RacerId } from '@pitwall/protocol';
import {
  ErrorBody,
  NewRacer,
  ProvisionalRacer,
  Racer,
  RacerEvent,
  RacerProfile,
  RacerResults,
  RacersCalled,
  Statistics,
} from '@pitwall/protocol/api';
import { renderSVG } from 'uqr';
import { z } from 'zod';
import type { Leaderboards } from '../../leaderboard/index.js';
import { callerOf } from '../system/access.js';
import { boardsShownTo, type MayShow } from '../system/board-guard.js';
import { sendRaw } from '../system/raw-body.js';
import type { Routes } from '../system/server.js';
import { viewerOf } from '../system/viewer.js';
import { writtenHere } from '../system/written-here.js';

const tags = ['racers'];
const params = z.object({ racer: RacerId });
const Card = z.object({ racer: Racer, card: z.string().describe('compact JWS; as QR at card.svg') });

/** Racers and their cards. */
export const racerRoutes =
  ({ racers, history, statistics }: Leaderboards, mayShow: MayShow): Routes =>
  (app) => {
    app.post(
      '/api/v1/racers',
      {
        config: { access: ['marshal'] },
        schema: {
          tags,
          summary: 'Issues a racer’s id, once, with a card',
          body: NewRacer,
          response: { 201: Card, 400: ErrorBody, 409: ErrorBody },
        },
      },
      async (request, reply) => {
        const { name } = callerOf(request);
        const racer = await racers.issue(request.body, name);
        return reply.code(201).send({ racer, card: await racers.card(racer.racer) });
      },
    );
    app.get(
      '/api/v1/racers/keys',
      {
        config: { access: 'everyone' },
        schema: {
          tags,
          summary: 'Public keys (JWK Set) that verify cards without network',
          response: {
            200: z.object({ keys: z.array(z.object({ kty: z.string(), crv: z.string(), x: z.string() })) }),
          },
        },
      },
      async () => ({ keys: racers.issuers().map(({ kty, crv, x }) => ({ kty: `${kty}`, crv: `${crv}`, x: `${x}` })) }),
    );
    app.get(
      '/api/v1/racers/provisional',
      {
        config: { access: ['marshal'] },
        schema: {
          tags,
          summary: 'Provisional racers whose results wait',
          response: {
            200: z.object({ racers: z.array(ProvisionalRacer) }),
          },
        },
      },
      async (request) => {
        return { racers: await racers.provisional(boardsShownTo(mayShow, viewerOf(request))) };
      },
    );
    app.get(
      '/api/v1/racers',
      {
        config: { access: 'everyone' },
        schema: {
          tags,
          summary: 'Racers with results whose alias begins so; twenty at most',
          querystring: z.object({ called: z.string().trim().min(1).max(64) }),
          response: { 200: RacersCalled },
        },
      },
      async ({ query: { called } }) => ({ racers: (await history.called(called)) as RacersCalled['racers'] }),
    );
    app.get(
      '/api/v1/racers/:racer/profile',
      {
        config: { access: 'everyone' },
        serializerCompiler: writtenHere,
        schema: {
          tags,
          summary: 'A racer across all boards that everybody may see: the fastest lap on each track',
          params,
          response: { 200: RacerProfile, 404: ErrorBody },
        },
      },
      async ({ params: { racer } }) => await history.profile(racer),
    );
    app.get(
      '/api/v1/racers/:racer/results',
      {
        config: { access: 'everyone' },
        serializerCompiler: writtenHere,
        schema: {
          tags,
          summary: 'A racer’s results on all boards that everybody may see, the latest first',
          params,
          querystring: z.object({
            limit: z.coerce.number().int().min(1).max(100).default(50),
            cursor: z.string().max(100).optional(),
          }),
          response: { 200: RacerResults, 400: ErrorBody },
        },
      },
      async ({ params: { racer }, query: { cursor, limit } }) => await history.results(racer, cursor, limit),
    );
    app.get(
      '/api/v1/statistics',
      {
        config: { access: 'everyone' },
        serializerCompiler: writtenHere,
        schema: {
          tags,
          summary:
            'Across all boards that everybody may see: records of tracks, racers by country, models; a minute old at most',
          response: { 200: Statistics },
        },
      },
      async () => await statistics.read(),
    );
    app.get(
      '/api/v1/racers/:racer',
      {
        config: { access: 'everyone' },
        schema: {
          tags,
          summary: 'A racer, and what was done to the id',
          params,
          response: { 200: z.object({ racer: Racer, history: z.array(RacerEvent) }), 404: ErrorBody },
        },
      },
      async ({ params: { racer } }) => ({ racer: await racers.get(racer), history: await racers.history(racer) }),
    );
    app.get(
      '/api/v1/racers/:racer/card.svg',
      {
        config: { access: ['marshal'] },
        schema: { tags, summary: 'The racer’s card as QR', params, response: { 404: ErrorBody } },
      },
      async (request, reply) => {
        const card = await racers.card(request.params.racer);
        return sendRaw(reply.header('content-type', 'image/svg+xml'), renderSVG(card, { ecc: 'M' }));
      },
    );
    app.post(
      '/api/v1/racers/:racer/claim',
      {
        config: { access: ['organizer'] },
        schema: {
          tags,
          summary: 'A provisional racer becomes an issued one, with all results',
          params,
          body: NewRacer,
          response: { 201: Card, 409: ErrorBody },
        },
      },
      async (request, reply) => {
        const { name } = callerOf(request);
        const racer = await racers.claim(request.params.racer, request.body, name);
        return reply.code(201).send({ racer, card: await racers.card(racer.racer) });
      },
    );
    app.post(
      '/api/v1/racers/:racer/merge',
      {
        config: { access: ['organizer'] },
        schema: {
          tags,
          summary: 'A provisional racer turns out to be an issued one, who gets all results',
          params,
          body: z.object({ into: RacerId }),
          response: { 200: Racer, 404: ErrorBody, 409: ErrorBody },
        },
      },
      async (request) => {
        const { name } = callerOf(request);
        return await racers.merge(request.params.racer, request.body.into, name);
      },
    );
  };
