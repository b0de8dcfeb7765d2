import { RaceId } from '@pitwall/protocol';
import { CommandOutcome, CreateRace, ErrorBody, GiveCommand, LogPage, RaceList } from '@pitwall/protocol/api';
import { RaceState } from '@pitwall/protocol/race';
import { z } from 'zod';
import { demand } from '../accounts/index.js';
import type { RaceDesk } from '../race/index.js';
import type { Routes } from './server.js';

const tags = ['races'];
const security = [{ token: [] }];
const params = z.object({ race: RaceId });

/** Races: their list, state, log, and the commands of marshals. */
export const raceRoutes =
  (desk: RaceDesk): Routes =>
  (app) => {
    app.post(
      '/api/v1/races',
      {
        schema: {
          tags,
          security,
          summary: 'Creates a race; the same commandId again answers the same',
          body: CreateRace,
          response: { 201: CommandOutcome, 400: ErrorBody, 409: ErrorBody, 503: ErrorBody },
        },
      },
      async (request, reply) => {
        const { name } = demand(request.principal, 'marshal');
        return reply.code(201).send(await desk.create(request.body, name));
      },
    );
    app.get('/api/v1/races', { schema: { tags, summary: 'All races', response: { 200: RaceList } } }, async () => ({
      races: await desk.list(),
      online: [],
    }));
    app.get(
      '/api/v1/races/:race',
      {
        schema: {
          tags,
          summary: 'All that follows from a race’s log',
          params,
          response: { 200: RaceState, 404: ErrorBody },
        },
      },
      async (request) => await desk.state(request.params.race),
    );
    app.post(
      '/api/v1/races/:race/commands',
      {
        schema: {
          tags,
          security,
          summary: 'Gives a command, based on the version that was seen; applied once by its commandId',
          description:
            '409 `race-conflict`: the race changed since `seen`; `details` has the version `seq` and the `changes`. ' +
            '409 `race-refused`: the race does not allow it. 503 `store-unavailable`: it did not happen.',
          params,
          body: GiveCommand,
          response: { 200: CommandOutcome, 400: ErrorBody, 404: ErrorBody, 409: ErrorBody, 503: ErrorBody },
        },
      },
      async (request) => {
        const { name } = demand(request.principal, 'marshal');
        return await desk.command(request.params.race, request.body, name);
      },
    );
    app.get(
      '/api/v1/races/:race/log',
      {
        schema: {
          tags,
          summary: 'The log, oldest first, from the record after `after`',
          params,
          querystring: z.object({
            after: z.coerce.number().int().nonnegative().default(0),
            limit: z.coerce.number().int().min(1).max(10_000).default(1000),
          }),
          response: { 200: LogPage, 404: ErrorBody },
        },
      },
      async (request) => {
        const { after, limit } = request.query;
        const { records, seq } = await desk.log(request.params.race, after, limit);
        return { records: [...records], seq };
      },
    );
  };
