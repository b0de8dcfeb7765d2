import { Readable } from 'node:stream';
import { CountryCode, LeaderboardId, RacerId } from '@pitwall/protocol';
import {
  BoardChanges,
  ErrorBody,
  HeldResults,
  KeptResult,
  PastRevision,
  Place,
  RacersCalled,
  Standings,
} from '@pitwall/protocol/api';
import { csvOf } from '@pitwall/runtime/csv';
import { z } from 'zod';
import type { Leaderboards } from '../../leaderboard/index.js';
import { callerOf } from '../system/access.js';
import { excel } from '../system/excel.js';
import { sendRaw } from '../system/raw-body.js';
import type { Routes } from '../system/server.js';
import { writtenHere } from '../system/written-here.js';

const tags = ['standings'];
const params = z.object({ id: LeaderboardId });
const limit = z.coerce.number().int().min(1).max(1000).default(100);
const result = z.uuid().toLowerCase();
const part = {
  country: CountryCode.optional().describe('ranks within one country'),
  division: z.string().max(40).optional().describe('ranks within one division'),
};
const filterOf = (query: { country?: string | undefined; division?: string | undefined }) => ({
  country: query.country ?? null,
  division: query.division ?? null,
});

/** What boards show: open to everyone. */
export const standingsRoutes =
  (leaderboards: Leaderboards): Routes =>
  (app) => {
    app.get(
      '/api/v1/leaderboards/:id/standings',
      {
        config: { access: 'everyone' },
        serializerCompiler: writtenHere,
        schema: {
          tags,
          summary: 'Who stands where, page by page: physical and virtual results in two columns with a rank each',
          params,
          querystring: z.object({ limit, cursor: z.string().max(300).optional(), ...part }),
          response: { 200: Standings, 404: ErrorBody },
        },
      },
      async ({ params: { id }, query }) => {
        const { limit, cursor } = query;
        return await leaderboards.standings(id, { filter: filterOf(query), limit, cursor });
      },
    );
    app.get(
      '/api/v1/leaderboards/:id/racers',
      {
        config: { access: 'everyone' },
        schema: {
          tags,
          summary: 'Racers of the board whose alias begins so, or who have that id; twenty at most',
          params,
          querystring: z.object({ called: z.string().trim().min(1).max(64) }),
          response: {
            200: RacersCalled,
            404: ErrorBody,
          },
        },
      },
      async ({ params: { id }, query: { called } }) => ({ racers: await leaderboards.called(id, called) }),
    );
    app.get(
      '/api/v1/leaderboards/:id/racers/:racer',
      {
        config: { access: 'everyone' },
        serializerCompiler: writtenHere,
        schema: {
          tags,
          summary: 'A racer’s place in each column, with neighbours',
          params: params.extend({ racer: RacerId }),
          querystring: z.object({ neighbours: z.coerce.number().int().min(0).max(50).default(3), ...part }),
          response: { 200: z.object({ racer: RacerId, places: z.array(Place) }), 404: ErrorBody },
        },
      },
      async ({ params: { id, racer }, query }) => ({
        racer,
        places: await leaderboards.places(id, racer, query.neighbours, filterOf(query)),
      }),
    );
    app.get(
      '/api/v1/leaderboards/:id/racers/:racer/results',
      {
        config: { access: 'everyone' },
        schema: {
          tags,
          summary: 'A racer’s results, the latest first',
          params: params.extend({ racer: RacerId }),
          querystring: z.object({ limit, cursor: z.string().max(100).optional() }),
          response: { 200: z.object({ results: z.array(KeptResult), next: z.string().nullable() }), 404: ErrorBody },
        },
      },
      async ({ params: { id, racer }, query: { cursor, limit } }) =>
        await leaderboards.resultsOf(id, racer, cursor, limit),
    );
    app.get(
      '/api/v1/leaderboards/:id/results/:result',
      {
        config: { access: 'everyone' },
        schema: {
          tags,
          summary: 'A result with everything that was done to it',
          params: params.extend({ result }),
          response: { 200: z.object({ current: KeptResult, history: z.array(PastRevision) }), 404: ErrorBody },
        },
      },
      async ({ params: { id, result } }) => await leaderboards.result(id, result),
    );
    app.get(
      '/api/v1/leaderboards/:id/count',
      {
        config: { access: 'everyone' },
        schema: {
          tags,
          summary: 'How many results the board has, whatever their state',
          params,
          response: { 200: z.object({ results: z.number().int() }), 404: ErrorBody },
        },
      },
      async ({ params: { id } }) => ({ results: await leaderboards.count(id) }),
    );
    app.get(
      '/api/v1/leaderboards/:id/changes',
      {
        config: { access: 'everyone' },
        serializerCompiler: writtenHere,
        schema: {
          tags,
          summary: 'What changed since a cursor; `next` is the one to go on from',
          params,
          querystring: z.object({ since: z.coerce.number().int().min(0).default(0), limit }),
          response: { 200: BoardChanges, 404: ErrorBody },
        },
      },
      async ({ params: { id }, query: { since, limit } }) => await leaderboards.changes(id, since, limit),
    );
    app.get(
      '/api/v1/leaderboards/:id/held',
      {
        config: { access: ['marshal'] },
        schema: {
          tags,
          summary: 'Results that wait for a person',
          params,
          querystring: z.object({ limit, cursor: z.string().max(100).optional() }),
          response: { 200: HeldResults, 401: ErrorBody, 403: ErrorBody, 404: ErrorBody },
        },
      },
      async ({ params: { id }, query: { cursor, limit } }) => {
        return await leaderboards.held(id, cursor, limit);
      },
    );
    app.post(
      '/api/v1/leaderboards/:id/results/:result/decision',
      {
        config: { access: ['organizer'], objects: 'of events: the organizer of the board’s; an administrator all' },
        schema: {
          tags,
          summary: 'A person’s word on a result: it counts, or it does not',
          params: params.extend({ result }),
          body: z.object({
            decision: z.enum(['approve', 'reject']),
            revision: z.number().int().positive().describe('the one that was looked at'),
          }),
          response: { 200: KeptResult, 401: ErrorBody, 403: ErrorBody, 404: ErrorBody, 409: ErrorBody },
        },
      },
      async (request) => {
        const { name } = callerOf(request);
        const {
          params: { id, result },
          body,
        } = request;
        await leaderboards.decide(id, result, body, name);
        return (await leaderboards.result(id, result)).current;
      },
    );
    app.get(
      '/api/v1/leaderboards/:id/export/:format',
      {
        config: { access: 'everyone' },
        schema: {
          tags,
          summary: 'The whole board as CSV or JSON',
          params: params.extend({ format: z.enum(['csv', 'json']) }),
          querystring: z.object({ excel }),
          response: { 404: ErrorBody },
        },
      },
      async ({ params: { id, format }, query }, reply) => {
        await leaderboards.boards.get(id);
        const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8';
        const text = format === 'csv' ? asCsv(leaderboards, id, query.excel === '1') : asJson(leaderboards, id);
        reply.header('content-type', type).header('content-disposition', `attachment; filename="${id}.${format}"`);
        return sendRaw(reply, Readable.from(text));
      },
    );
  };

const exportPage = 1000;

async function* rowsOf(leaderboards: Leaderboards, id: string) {
  const first = await leaderboards.standings(id, { limit: exportPage });
  yield* [...first.physical, ...first.virtual];
  for (const column of ['physical', 'virtual'] as const)
    for (let cursor = first.next[column]; cursor !== null; ) {
      const page = await leaderboards.standings(id, { limit: exportPage, cursor });
      yield* page[column];
      cursor = page.next[column];
    }
}

const csvColumns = [
  'kind',
  'rank',
  'racer',
  'alias',
  'country',
  'division',
  'score',
  'bestLap',
  'laps',
  'uncertainty',
  'finishedAt',
  'resultId',
  'scoreText',
  'bestLapText',
  'imported',
] as const;

/** `score`, `bestLap` and `uncertainty` in µs, `finishedAt` in ms since 1970. */
async function* asCsv(leaderboards: Leaderboards, id: string, excel: boolean): AsyncGenerator<string> {
  yield csvOf([csvColumns], { excel });
  for await (const row of rowsOf(leaderboards, id)) yield csvOf([csvColumns.map((column) => row[column])]);
}

async function* asJson(leaderboards: Leaderboards, id: string): AsyncGenerator<string> {
  let separator = '[';
  for await (const row of rowsOf(leaderboards, id)) {
    yield `${separator}${JSON.stringify(row)}`;
    separator = ',\n';
  }
  yield separator === '[' ? '[]\n' : ']\n';
}
