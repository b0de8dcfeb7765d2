import { once } from 'node:events';
import { isPitwallError, LeaderboardId } from '@pitwall/protocol';
import { type BoardChanges, ErrorBody } from '@pitwall/protocol/api';
import type { FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { type Leaderboards, noBoard } from '../../leaderboard/index.js';
import { limits } from '../../limits/index.js';
import { isInvited } from '../../online-races/index.js';
import { inAskedWords, type MayShow } from '../system/board-guard.js';
import { asPitwallError } from '../system/errors.js';
import type { Routes } from '../system/server.js';
import { viewerOf } from '../system/viewer.js';

const params = z.object({ id: LeaderboardId });
const since = z.coerce.number().int().min(0).optional();
/** A comment now and then shows proxies and clients that the stream is alive, ms. */
const aliveEvery = 15_000;

/** Live rows of a board: from `since`, or from now. Both ways say `BoardChanges`, each with the cursor to resume from. */
export const feedRoutes =
  (leaderboards: Leaderboards, mayShow: MayShow): Routes =>
  (app) => {
    /** Changes as they come, as long as who asked may see the board: racers are removed, races deleted. */
    async function* changesOf(request: FastifyRequest, id: string, from: number, ended: AbortSignal) {
      for await (const changes of leaderboards.follow(id, from, ended)) {
        if (isInvited(id) && !(await mayShow(id, viewerOf(request)))) throw noBoard(id);
        yield changes;
      }
    }
    app.get(
      '/api/v1/leaderboards/:id/live',
      {
        websocket: true,
        config: { access: 'everyone' },
        schema: {
          tags: ['standings'],
          summary: 'WebSocket: changes as they come',
          params,
          querystring: z.object({ since }),
        },
      },
      async (socket, request) => {
        const ended = new AbortController();
        socket.on('close', () => ended.abort());
        socket.on('error', () => ended.abort());
        try {
          const { id } = request.params;
          const from = request.query.since ?? (await leaderboards.head(id));
          if (request.query.since === undefined) await sent(socket, JSON.stringify(nothingAfter(id, from)));
          for await (const changes of changesOf(request, id, from, ended.signal)) {
            await sent(socket, JSON.stringify(changes));
          }
        } catch (error) {
          if (!ended.signal.aborted)
            socket.send(inAskedWords(request, JSON.stringify({ error: asPitwallError(error).toJSON() })), () =>
              socket.close(1008),
            );
        }
      },
    );
    app.get(
      '/api/v1/leaderboards/:id/events',
      {
        config: { access: 'everyone' },
        schema: {
          tags: ['standings'],
          summary: 'Server-sent events: changes as they come; resumes by Last-Event-ID',
          produces: ['text/event-stream'],
          params,
          querystring: z.object({ since }),
          response: { 404: ErrorBody },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const head = await leaderboards.head(id);
        const last = since.catch(undefined).parse(request.headers['last-event-id'] || undefined);
        const from = last ?? request.query.since ?? head;
        const ended = new AbortController();
        reply.hijack();
        const out = reply.raw;
        out.on('close', () => ended.abort());
        out.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
        // From here on whoever loses the connection knows where to go on, even if nothing happened yet.
        out.write(`: changes of ${id}\nid: ${from}\n\n`);
        const alive = setInterval(() => out.write(': alive\n\n'), aliveEvery);
        try {
          for await (const changes of changesOf(request, id, from, ended.signal)) {
            const more = out.write(`id: ${changes.next}\nevent: changes\ndata: ${JSON.stringify(changes)}\n\n`);
            if (!more) await once(out, 'drain', { signal: ended.signal });
          }
        } catch (error) {
          const gone = isPitwallError(error) && error.code === 'not-found';
          if (!ended.signal.aborted && !gone) request.log.error({ err: error }, 'an event stream ended');
        } finally {
          clearInterval(alive);
          out.end();
        }
      },
    );
  };

/** What a follower without a cursor hears first: the cursor to resume from, should nothing else come. */
const nothingAfter = (leaderboard: LeaderboardId, next: number): BoardChanges => ({
  leaderboard,
  changes: [],
  next,
  more: false,
});

/** Resolves when the client may be told more. */
async function sent(socket: WebSocket, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const full = socket.bufferedAmount + text.length > limits.unsent.board;
    socket.send(text, (error) => {
      if (error) reject(error);
      else if (full) resolve();
    });
    if (!full) resolve();
  });
}
