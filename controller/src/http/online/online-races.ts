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
import { callerOf } from '../system/access.js';
import type { Routes } from '../system/server.js';
import { viewerOf } from '../system/viewer.js';
import type { OnlineSources } from './follower.js';

const tags = ['online races'];
const params = z.object({ race: RaceId });
const refusals = { 403: ErrorBody, 404: ErrorBody, 409: ErrorBody };

/** Online races and who is in them. What whoever asks may not see answers as if it had never been. */
export const onlineRoutes =
  ({ visible, races, entries, submissions }: Omit<OnlineSources, 'evaluations'>): Routes =>
  (app) => {
    app.get(
      '/api/v1/online/:race',
      {
        config: {
          access: 'everyone',
          objects: 'of races that one may see: open ones, those that one organizes, is invited to or takes part in',
        },
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
        config: { access: ['organizer', 'racer'], objects: 'of races that one organizes' },
        schema: {
          tags,
          summary: 'Changes a race; its rules, track and seed stand from the opening on',
          params,
          body: ChangeOnlineRace,
          response: { 200: OnlineRace, ...refusals },
        },
      },
      async (request) => {
        return await races.change(request.params.race, request.body, viewerOf(request));
      },
    );
    app.delete(
      '/api/v1/online/:race',
      {
        config: { access: ['organizer', 'racer'], objects: 'of races that one organizes' },
        schema: {
          tags,
          summary: 'Deletes a race for everyone',
          params,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        await submissions.deleteRace(request.params.race, viewerOf(request));
        return reply.code(204).send(null);
      },
    );
    app.post(
      '/api/v1/online/:race/close',
      {
        config: { access: ['organizer', 'racer'], objects: 'of races that one organizes' },
        schema: { tags, summary: 'Closes a race now', params, response: { 200: OnlineRace, ...refusals } },
      },
      async (request) => {
        return await races.closeNow(request.params.race, viewerOf(request));
      },
    );
    app.get(
      '/api/v1/online/:race/log',
      {
        config: { access: ['organizer', 'racer'], objects: 'of races that one organizes' },
        schema: {
          tags,
          summary: 'Everything that happened to a race, oldest first',
          params,
          response: { 200: z.object({ records: z.array(OnlineRaceRecord) }), ...refusals },
        },
      },
      async (request) => {
        return { records: await races.log(request.params.race, viewerOf(request)) };
      },
    );
    app.get(
      '/api/v1/online/:race/entries',
      {
        config: {
          access: 'everyone',
          objects: 'of races that one may see: open ones, those that one organizes, is invited to or takes part in',
        },
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
        config: { access: ['racer'], objects: 'open races, and those whose invitation one shows', hall: true },
        schema: {
          tags,
          summary: 'Enters the race; an invited one with the key of the link',
          params,
          response: { 200: OnlineRace, ...refusals },
        },
      },
      async (request) => {
        const { name } = callerOf(request);
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
        config: { access: ['organizer', 'racer'], objects: 'of races that one organizes' },
        schema: {
          tags,
          summary: 'Takes a racer out of the race, with all results',
          params: params.extend({ racer: RacerId }),
          body: RemoveEntry,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        const { race, racer } = request.params;
        await submissions.removeEntry(race, { racer, reason: request.body.reason }, viewerOf(request));
        return reply.code(204).send(null);
      },
    );
  };
