import { PitwallError, parse, RaceId } from '@pitwall/protocol';
import {
  CommandOutcome,
  CreateOnlineRace,
  CreateRace,
  ErrorBody,
  GiveCommand,
  LogPage,
  OnlineRace,
  RaceList,
} from '@pitwall/protocol/api';
import { RaceState } from '@pitwall/protocol/race';
import { z } from 'zod';
import { demand, type Principal, rolesOf, type Settings } from '../../accounts/index.js';
import type { EventOwners } from '../../events/index.js';
import { demandPlainId } from '../../online-races/index.js';
import type { RaceDesk } from '../../race/index.js';
import type { Tracks } from '../../tracks/index.js';
import type { OnlineSources } from '../online/follower.js';
import { callerOf } from '../system/access.js';
import type { Routes } from '../system/server.js';
import { viewerOf } from '../system/viewer.js';
import { asWritten, writtenHere } from '../system/written-here.js';
import { withShortestLap } from './shortest-lap.js';

const tags = ['races'];
const params = z.object({ race: RaceId });

/** Races: their list, state, log, and the commands of marshals. */
export const raceRoutes =
  (
    desk: RaceDesk,
    tracks: Pick<Tracks, 'find' | 'demand'>,
    {
      online,
      owners,
      settings,
    }: {
      online?: Pick<OnlineSources, 'races' | 'visible'>;
      owners?: Pick<EventOwners, 'demandMayRun'>;
      settings?: Pick<Settings, 'get'>;
    } = {},
  ): Routes =>
  (app) => {
    app.post(
      '/api/v1/races',
      {
        config: {
          access: ['marshal', 'racer'],
          objects: 'marshals: in person; organizers: online; racers: online by invitation, where anyone may',
        },
        schema: {
          tags,
          summary: 'Creates a race, in person or online; the same commandId again answers the same',
          body: z.union([CreateRace, CreateOnlineRace]),
          response: {
            201: z.union([CommandOutcome, OnlineRace]),
            400: ErrorBody,
            409: ErrorBody,
            503: ErrorBody,
          },
        },
        // Parsed in the handler: a union of both shapes would say only that neither fits.
        validatorCompiler: () => (value) => ({ value }),
      },
      async (request, reply) => {
        if (online !== undefined && isOnline(request.body)) {
          const who = callerOf(request);
          const wanted = parse(CreateOnlineRace, request.body, 'The race');
          if (!rolesOf(who).includes('organizer')) await demandCommunityRace(who, wanted, { online, settings });
          return reply.code(201).send(await online.races.create(wanted, who.name));
        }
        const { name } = demand(request.principal, 'marshal');
        const wanted = parse(CreateRace, await withShortestLaps(request.body, tracks), 'The body');
        await tracks.demand(wanted.setup.track);
        demandPlainId(wanted.race);
        demandPlainId(wanted.setup.leaderboard ?? undefined);
        if (await online?.visible.has(wanted.race))
          throw new PitwallError('race-exists', `There is a race ${wanted.race} already; choose another id.`);
        return reply.code(201).send(await desk.create(wanted, name));
      },
    );
    app.get(
      '/api/v1/races',
      {
        config: { access: 'everyone' },
        serializerCompiler: writtenHere,
        schema: {
          tags,
          summary: 'All races in person, and the online ones that whoever asks may see',
          response: { 200: RaceList },
        },
      },
      async (request) => ({
        races: await desk.list(),
        online: online === undefined ? [] : await online.visible.list(viewerOf(request)),
      }),
    );
    app.get(
      '/api/v1/races/:race',
      {
        config: { access: 'everyone' },
        serializerCompiler: asWritten,
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
        config: {
          access: ['marshal', 'racer'],
          objects: 'of events: their organizer and marshals; a racer: the speed of the own run, and that they are here',
          hall: true,
          urgent: true,
        },
        schema: {
          tags,
          summary: 'Gives a command, based on the version that was seen; applied once by its commandId',
          description:
            '409 `race-conflict`: the race changed since `seen`; `details` has the version `seq` and the `changes`. ' +
            '409 `race-refused`: the race does not allow it. 503 `store-unavailable`: it is not in the log; a car that it stops was told to stop all the same.',
          params,
          body: GiveCommand,
          response: { 200: CommandOutcome, 400: ErrorBody, 404: ErrorBody, 409: ErrorBody, 503: ErrorBody },
        },
        // Before the schema makes what was not said the same as what was.
        preValidation: async (request) => {
          const body: unknown = request.body;
          if (isObject(body))
            (request as { body: unknown }).body = { ...body, command: await withShortestLaps(body.command, tracks) };
        },
      },
      async (request) => {
        const { command } = request.body;
        const name = await mayGive({ desk, owners }, request.params.race, request.body, callerOf(request));
        if (command.type === 'change')
          await tracks.demand(command.setup.track, (await desk.state(request.params.race)).setup.track);
        return await desk.command(request.params.race, request.body, name);
      },
    );
    app.get(
      '/api/v1/races/:race/log',
      {
        config: { access: 'everyone' },
        serializerCompiler: asWritten,
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

/**
 * Marshals give every command, in races of an event its own; whoever is a marshal stops a car. A racer the speed of the own run under
 * way, and that they are here, and nothing else. Answers who it is.
 */
async function mayGive(
  { desk, owners }: { desk: RaceDesk; owners: Pick<EventOwners, 'demandMayRun'> | undefined },
  race: RaceId,
  { command }: GiveCommand,
  principal: Principal,
): Promise<string> {
  if (command.type === 'presence' && command.isHere && command.racer === principal.name) return principal.name;
  if (command.type !== 'speed' || rolesOf(principal).includes('marshal')) {
    const { name } = demand(principal, 'marshal');
    if (command.type !== 'e-stop') await owners?.demandMayRun(race, principal);
    return name;
  }
  const { current, runs } = await desk.state(race);
  const own = runs.some(({ runId, racer }) => runId === current && runId === command.runId && racer === principal.name);
  if (!own) throw new PitwallError('access-denied', 'The speed is set by the racer who has the track, in that run.');
  return principal.name;
}

/** A body, or a command, that brings a setup. */
const withShortestLaps = async (value: unknown, tracks: Pick<Tracks, 'find'>): Promise<unknown> =>
  isObject(value) && 'setup' in value ? { ...value, setup: await withShortestLap(value.setup, tracks) } : value;

const isOnline = (body: unknown): boolean => isObject(body) && isObject(body.setup) && body.setup.kind === 'online';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** What whoever races may make: a race by invitation, while administrators let everybody. @throws PitwallError `access-denied`, `race-refused` */
async function demandCommunityRace(
  who: Principal,
  { setup }: CreateOnlineRace,
  { online, settings }: { online: Pick<OnlineSources, 'races'>; settings: Pick<Settings, 'get'> | undefined },
): Promise<void> {
  demand(who, 'racer');
  if ((await settings?.get())?.organizing !== 'anyone')
    throw new PitwallError('access-denied', 'Here organizers alone make races: ask one, or to become one.');
  if (setup.access !== 'invited')
    throw new PitwallError(
      'race-refused',
      'Races that are open to everybody are made by organizers; yours is by invitation.',
    );
  await online.races.demandFew(who.name);
}
