import { LeaderboardId } from '@pitwall/protocol';
import { ErrorBody, Result } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { Forwarder, Outbox } from '../../forwarding/index.js';
import { demandPlainId } from '../../online-races/index.js';
import type { Store } from '../../store/index.js';
import { boardsShownTo, type MayShow } from './board-guard.js';
import { outboxPage, outboxPolicy } from './outbox-page.js';
import type { Routes } from './server.js';
import { viewerOf } from './viewer.js';

const tags = ['outbox'];
const State = z.enum(['waiting', 'sent', 'aside']);
const Delivery = z.object({
  id: z.string(),
  destination: z.string(),
  leaderboard: z.string(),
  resultId: z.string(),
  revision: z.number(),
  racer: z.string(),
  state: State,
  attempts: z.number(),
  reason: z.string().nullable(),
  createdAt: z.number(),
});

export interface OutboxParts {
  readonly mayShow: MayShow;
  readonly store: Store;
  readonly outbox: Outbox;
  readonly wake: () => void;
  readonly troubles: Forwarder['troubles'];
}

/** What waits to be sent to leaderboards. */
export const outboxRoutes =
  ({ mayShow, store, outbox, wake, troubles }: OutboxParts): Routes =>
  (app) => {
    app.get('/outbox', { config: { access: 'everyone' }, schema: { hide: true } }, async (_request, reply) =>
      reply
        .header('content-type', 'text/html; charset=utf-8')
        .header('content-security-policy', outboxPolicy)
        .send(outboxPage),
    );
    app.get(
      '/api/v1/outbox',
      {
        config: { access: ['marshal'] },
        schema: {
          tags,
          summary: 'Results on their way to leaderboards',
          querystring: z.object({
            state: State.default('waiting'),
            after: z.string().default(''),
            limit: z.coerce.number().int().min(1).max(1000).default(100),
          }),
          response: {
            200: z.object({
              counts: z.array(z.object({ destination: z.string(), state: State, count: z.number() })),
              troubles: z.array(
                z.object({
                  destination: z.string(),
                  leaderboard: z.string(),
                  failures: z.number(),
                  notBefore: z.number(),
                }),
              ),
              deliveries: z.array(Delivery),
            }),
          },
        },
      },
      async (request) => {
        const { state, limit, after } = request.query;
        const ofBoard = boardsShownTo(mayShow, viewerOf(request));
        const known = troubles();
        const ofBoards = await Promise.all(known.map(({ leaderboard }) => ofBoard(leaderboard)));
        return {
          counts: await outbox.counts(ofBoard),
          troubles: known.filter((_, index) => ofBoards[index]),
          deliveries: (await outbox.list(state, limit, after, ofBoard)).map((row) => ({
            id: row.id,
            destination: row.destination,
            leaderboard: row.leaderboard,
            resultId: row.result_id,
            revision: row.revision,
            racer: row.racer,
            state: row.state,
            attempts: row.attempts,
            reason: row.reason,
            createdAt: row.created_at,
          })),
        };
      },
    );
    app.post(
      '/api/v1/outbox',
      {
        config: { access: ['marshal'] },
        schema: {
          tags,
          summary: 'Puts a result into the outbox: it is signed and sent to every destination',
          body: z.object({ leaderboard: LeaderboardId, result: Result }),
          response: { 202: z.object({ resultId: z.string() }), 400: ErrorBody },
        },
      },
      async (request, reply) => {
        const { leaderboard, result } = request.body;
        demandPlainId(leaderboard);
        await store
          .as<never>()
          .transaction()
          .execute((transaction) => outbox.enqueue(transaction, leaderboard, result));
        wake();
        return reply.code(202).send({ resultId: result.resultId });
      },
    );
    app.post(
      '/api/v1/outbox/:id/retry',
      {
        config: { access: ['marshal'] },
        schema: {
          tags,
          summary: 'Sends again what was set aside',
          params: z.object({ id: z.uuid() }),
          response: { 204: z.null(), 404: ErrorBody },
        },
      },
      async (request, reply) => {
        await outbox.retry(request.params.id, boardsShownTo(mayShow, viewerOf(request)));
        wake();
        return reply.code(204).send(null);
      },
    );
  };
