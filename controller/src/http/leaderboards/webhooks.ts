import { LeaderboardId } from '@pitwall/protocol';
import { ErrorBody } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { Leaderboards } from '../../leaderboard/index.js';
import type { Routes } from '../system/server.js';

const tags = ['webhooks'];
const params = z.object({ id: LeaderboardId });
const config = {
  access: ['organizer'],
  objects: 'of events: the organizer of the board’s; an administrator all',
} as const;

/** Services that want to be told of a board's changes. */
export const webhookRoutes =
  (leaderboards: Leaderboards): Routes =>
  (app) => {
    app.post(
      '/api/v1/leaderboards/:id/webhooks',
      {
        config,
        schema: {
          tags,
          summary: 'Tells a service of changes from now on, signed (Standard Webhooks); the secret is answered once',
          params,
          body: z.object({ url: z.url().max(2000) }),
          response: { 201: z.object({ id: z.string(), secret: z.string() }), 400: ErrorBody, 404: ErrorBody },
        },
      },
      async ({ params: { id }, body }, reply) => {
        const head = await leaderboards.head(id);
        return reply.code(201).send(await leaderboards.webhooks.add(id, body.url, head));
      },
    );
    app.get(
      '/api/v1/leaderboards/:id/webhooks',
      {
        config,
        schema: {
          tags,
          summary: 'Webhooks, how far each is, and how often it failed in a row',
          params,
          response: {
            200: z.object({
              webhooks: z.array(
                z.object({ id: z.string(), url: z.string(), delivered: z.number(), failures: z.number() }),
              ),
            }),
          },
        },
      },
      async ({ params: { id } }) => {
        return { webhooks: await leaderboards.webhooks.list(id) };
      },
    );
    app.delete(
      '/api/v1/leaderboards/:id/webhooks/:webhook',
      {
        config,
        schema: {
          tags,
          summary: 'Tells it no more',
          params: params.extend({ webhook: z.uuid() }),
          response: { 204: z.null(), 404: ErrorBody },
        },
      },
      async ({ params: { id, webhook } }, reply) => {
        await leaderboards.webhooks.remove(id, webhook);
        return reply.code(204).send(null);
      },
    );
  };
