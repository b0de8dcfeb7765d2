import { LeaderboardId, parse } from '@pitwall/protocol';
import { Board, ErrorBody, IngestOutcome, Result, SignedResult, Waiting } from '@pitwall/protocol/api';
import { z } from 'zod';
import { rolesOf } from '../../accounts/index.js';
import type { Leaderboards } from '../../leaderboard/index.js';
import { demandPlainId } from '../../online-races/index.js';
import { callerOf } from '../system/access.js';
import type { MayShow } from '../system/board-guard.js';
import type { Routes } from '../system/server.js';
import { viewerOf } from '../system/viewer.js';
import { writtenHere } from '../system/written-here.js';
import { incomingOf } from './incoming.js';

const tags = ['leaderboards'];
const params = z.object({ id: LeaderboardId });

export const leaderboardRoutes =
  (leaderboards: Leaderboards, mayShow: MayShow): Routes =>
  (app) => {
    app.post(
      '/api/v1/leaderboards',
      {
        config: { access: ['organizer'] },
        schema: { tags, summary: 'Creates a board', body: Board, response: { 201: Board, 409: ErrorBody } },
      },
      async (request, reply) => {
        demandPlainId(request.body.id);
        return reply.code(201).send(await leaderboards.boards.create(request.body));
      },
    );
    app.get(
      '/api/v1/leaderboards',
      {
        config: { access: 'everyone' },
        serializerCompiler: writtenHere,
        schema: { tags, summary: 'All boards', response: { 200: z.object({ leaderboards: z.array(Board) }) } },
      },
      async (request) => {
        // Those that only some may see are asked about one by one.
        const hidden = new Set(await leaderboards.visibility.hiddenBoards());
        const shown: Board[] = [];
        for (const board of await leaderboards.boards.list())
          if (!hidden.has(board.id) || (await mayShow(board.id, viewerOf(request)))) shown.push(board);
        return { leaderboards: shown };
      },
    );
    app.get(
      '/api/v1/held',
      {
        config: { access: ['marshal'] },
        schema: {
          tags,
          summary: 'Boards where results wait for a person, and how many',
          response: { 200: Waiting, 401: ErrorBody, 403: ErrorBody },
        },
      },
      async (request) => {
        const who = callerOf(request);
        const waiting = await leaderboards.waiting();
        const boards: Waiting['boards'] = [];
        for (const { id, name } of await leaderboards.boards.list()) {
          const results = waiting.get(id);
          if (results !== undefined && (await mayShow(id, viewerOf(request))))
            boards.push({ leaderboard: id, name, results });
        }
        return { decides: rolesOf(who).includes('organizer'), boards };
      },
    );
    app.get(
      '/api/v1/leaderboards/:id',
      {
        config: { access: 'everyone' },
        schema: { tags, summary: 'A board’s settings', params, response: { 200: Board, 404: ErrorBody } },
      },
      async (request) => await leaderboards.boards.get(request.params.id),
    );
    app.put(
      '/api/v1/leaderboards/:id',
      {
        config: { access: ['organizer'], objects: 'of events: the organizer of the board’s; an administrator all' },
        schema: {
          tags,
          summary: 'Changes a board’s settings; how it ranks stays once it has results',
          params,
          body: Board.omit({ id: true }),
          response: { 200: Board, 404: ErrorBody, 409: ErrorBody },
        },
      },
      async (request) => {
        return await leaderboards.boards.change({ ...request.body, id: request.params.id });
      },
    );
    app.post(
      '/api/v1/leaderboards/:id/results',
      {
        config: { access: ['source', 'organizer'], objects: 'a source its own results, and boards that take them' },
        schema: {
          tags,
          summary: 'Sends one result; sent twice it counts once',
          params,
          body: z.union([Result, SignedResult]),
          response: {
            200: IngestOutcome,
            201: IngestOutcome,
            ...Object.fromEntries([400, 401, 403, 404, 409, 413, 415, 503].map((status) => [status, ErrorBody])),
          } as { 200: typeof IngestOutcome; 201: typeof IngestOutcome },
        },
        // Parsed in the handler: a union of both shapes would say only that neither fits.
        validatorCompiler: ({ httpPart, schema }) =>
          httpPart === 'body' ? (value) => ({ value }) : (value) => partOf(schema, value),
      },
      async (request, reply) => {
        const sender = callerOf(request);
        const incoming = await incomingOf(leaderboards, request.body, sender);
        const outcome = await leaderboards.ingest(request.params.id, incoming);
        return reply.code(created.has(outcome.outcome) ? 201 : 200).send(outcome);
      },
    );
  };

const created = new Set(['accepted', 'held']);

function partOf(schema: unknown, value: unknown): { value: unknown } | { error: Error } {
  if (!(schema instanceof z.ZodType)) throw new TypeError('a route of this API has a zod schema for each part');
  try {
    return { value: parse(schema, value, 'The request') };
  } catch (error) {
    return { error: error as Error };
  }
}
