import { parse, RaceId, RacerId } from '@pitwall/protocol';
import {
  ChangeOnlineRace,
  EnterRace,
  ErrorBody,
  OnlineEntry,
  OnlineRace,
  OnlineRaceRecord,
  RemoveEntry,
} from '@pitwall/protocol/api';
import { z } from 'zod';
import { demand } from '../../accounts/index.js';
import type { Routes } from '../system/server.js';
import { viewerOf } from '../system/viewer.js';
import type { OnlineSources } from './follower.js';

const tags = ['online races'];
const security = [{ token: [] }];
const params = z.object({ race: RaceId });
const refusals = { 403: ErrorBody, 404: ErrorBody, 409: ErrorBody };

/** Online races and who is in them. What whoever asks may not see answers as if it had never been. */
export const onlineRoutes =
  ({ visible, races, entries, submissions }: Omit<OnlineSources, 'evaluations'>): Routes =>
  (app) => {
    app.get(
      '/api/v1/online/:race',
      {
        schema: {
          tags,
          summary: 'An online race, as whoever asks may see it',
          params,
          response: { 200: OnlineRace, 404: ErrorBody },
        },
      },
      async (request) => await visible.show(request.params.race, viewerOf(request)),
    );
    app.put(
      '/api/v1/online/:race',
      {
        schema: {
          tags,
          security,
          summary: 'Changes a race; its rules, track and seed stand from the opening on',
          params,
          body: ChangeOnlineRace,
          response: { 200: OnlineRace, ...refusals },
        },
      },
      async (request) => {
        demand(request.principal, 'organizer');
        return await races.change(request.params.race, request.body, viewerOf(request));
      },
    );
    app.delete(
      '/api/v1/online/:race',
      {
        schema: {
          tags,
          security,
          summary: 'Deletes a race for everyone',
          params,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        demand(request.principal, 'organizer');
        await submissions.deleteRace(request.params.race, viewerOf(request));
        return reply.code(204).send(null);
      },
    );
    app.post(
      '/api/v1/online/:race/close',
      { schema: { tags, security, summary: 'Closes a race now', params, response: { 200: OnlineRace, ...refusals } } },
      async (request) => {
        demand(request.principal, 'organizer');
        return await races.closeNow(request.params.race, viewerOf(request));
      },
    );
    app.get(
      '/api/v1/online/:race/log',
      {
        schema: {
          tags,
          security,
          summary: 'Everything that happened to a race, oldest first',
          params,
          response: { 200: z.object({ records: z.array(OnlineRaceRecord) }), ...refusals },
        },
      },
      async (request) => {
        demand(request.principal, 'organizer');
        return { records: await races.log(request.params.race, viewerOf(request)) };
      },
    );
    app.get(
      '/api/v1/online/:race/entries',
      {
        schema: {
          tags,
          summary: 'Who has entered',
          params,
          response: { 200: z.object({ entries: z.array(OnlineEntry) }), 404: ErrorBody },
        },
      },
      async (request) => ({ entries: await entries.list(request.params.race, viewerOf(request)) }),
    );
    app.post(
      '/api/v1/online/:race/entries',
      {
        schema: {
          tags,
          security,
          summary: 'Enters the race; an invited one with the key of the link',
          params,
          response: { 200: OnlineRace, ...refusals },
        },
      },
      async (request) => {
        const { name } = demand(request.principal, 'racer');
        const { invitation } = parse(EnterRace, request.body ?? {}, 'The entry');
        const viewer = viewerOf(request);
        return await entries.enter(request.params.race, name, {
          ...viewer,
          invitation: invitation ?? viewer.invitation,
        });
      },
    );
    app.post(
      '/api/v1/online/:race/entries/:racer/remove',
      {
        schema: {
          tags,
          security,
          summary: 'Takes a racer out of the race, with all results',
          params: params.extend({ racer: RacerId }),
          body: RemoveEntry,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        demand(request.principal, 'organizer');
        const { race, racer } = request.params;
        await submissions.removeEntry(race, { racer, reason: request.body.reason }, viewerOf(request));
        return reply.code(204).send(null);
      },
    );
  };
