import { EventId } from '@pitwall/protocol';
import {
  ChangeEvent,
  CloneEvent,
  CreateEvent,
  ErrorBody,
  EventList,
  RaceEventView,
  type Season,
  SeasonStandings,
  ShiftEvent,
} from '@pitwall/protocol/api';
import { z } from 'zod';
import {
  calendarOf,
  type EventClones,
  type EventOwners,
  type Events,
  type EventViews,
  type Joining,
} from '../../events/index.js';
import type { Leaderboards } from '../../leaderboard/index.js';
import { callerOf } from '../system/access.js';
import { sendRaw } from '../system/raw-body.js';
import type { Routes } from '../system/server.js';
import { viewerOf } from '../system/viewer.js';

const tags = ['events'];
const params = z.object({ event: EventId });
const refusals = { 400: ErrorBody, 403: ErrorBody, 404: ErrorBody, 409: ErrorBody };
const own = 'of events that one organizes; an administrator all';
const seen = 'those in the public list, and others by their address';

export interface EventSources {
  readonly events: Events;
  readonly views: EventViews;
  readonly owners: EventOwners;
  readonly clones: EventClones;
  readonly joining: Joining;
}

/** Events: races that belong together, with what is on when. */
export const eventRoutes =
  ({ events, views, clones }: EventSources, { boards, seasons }: Pick<Leaderboards, 'boards' | 'seasons'>): Routes =>
  (app) => {
    app.get(
      '/api/v1/events',
      {
        config: { access: 'everyone', objects: 'those in the public list' },
        schema: {
          tags,
          summary: 'Events that are on, coming or past, the nearest first',
          querystring: z.object({
            when: z.enum(['on', 'coming', 'past']).default('on'),
            after: z.string().max(100).optional().describe('`next` of the page before'),
            limit: z.coerce.number().int().min(1).max(100).default(50),
          }),
          response: { 200: EventList },
        },
      },
      async ({ query: { when, after, limit } }) => await events.list(when, after, limit),
    );
    app.post(
      '/api/v1/events',
      {
        config: { access: ['organizer'] },
        schema: {
          tags,
          summary: 'Makes an event; the same commandId again answers the same',
          body: CreateEvent,
          response: { 201: RaceEventView, ...refusals },
        },
      },
      async (request, reply) => {
        const event = await events.create(request.body, callerOf(request));
        return reply.code(201).send(await views.view(event, viewerOf(request)));
      },
    );
    app.get(
      '/api/v1/events/:event',
      {
        config: { access: 'everyone', objects: seen },
        schema: {
          tags,
          summary: 'An event with its races and boards, as whoever asks may see them',
          params,
          response: { 200: RaceEventView, 404: ErrorBody },
        },
      },
      async (request) => await views.view(request.params.event, viewerOf(request)),
    );
    app.put(
      '/api/v1/events/:event',
      {
        config: { access: ['organizer'], objects: own },
        schema: {
          tags,
          summary: 'Changes an event',
          params,
          body: ChangeEvent,
          response: { 200: RaceEventView, ...refusals },
        },
      },
      async (request) => {
        await events.change(request.params.event, request.body, callerOf(request));
        return await views.view(request.params.event, viewerOf(request));
      },
    );
    app.delete(
      '/api/v1/events/:event',
      {
        config: { access: ['organizer'], objects: own },
        schema: {
          tags,
          summary: 'Deletes an event for everyone; its races and boards stay',
          params,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        await events.delete(request.params.event, callerOf(request));
        return reply.code(204).send(null);
      },
    );
    app.post(
      '/api/v1/events/:event/shift',
      {
        config: { access: ['organizer'], objects: own },
        schema: {
          tags,
          summary: 'Moves what begins at or after a moment; online races keep their own dates',
          params,
          body: ShiftEvent,
          response: { 200: RaceEventView, ...refusals },
        },
      },
      async (request) => {
        await events.shift(request.params.event, request.body, callerOf(request));
        return await views.view(request.params.event, viewerOf(request));
      },
    );
    app.post(
      '/api/v1/events/:event/clone',
      {
        config: { access: ['organizer'], objects: `${own}, but another’s online race is not made again` },
        schema: {
          tags,
          summary: 'Makes the same event again at another time, with new races and boards',
          params,
          body: CloneEvent,
          response: { 201: RaceEventView, ...refusals },
        },
      },
      async (request, reply) => {
        const event = await clones.clone(request.params.event, request.body, callerOf(request));
        return reply.code(201).send(await views.view(event, viewerOf(request)));
      },
    );
    app.get(
      '/api/v1/events/:event/standings',
      {
        config: { access: 'everyone', objects: seen },
        schema: {
          tags,
          summary: 'The combined board: points for the places on each of the event’s boards',
          params,
          response: { 200: SeasonStandings, 404: ErrorBody },
        },
      },
      async (request) => {
        const view = await views.view(request.params.event, viewerOf(request));
        const online = new Set(view.races.flatMap((race) => (race.kind === 'online' ? race.leaderboard : null) ?? []));
        const races: Season['races'] = [];
        for (const { id } of view.boards) {
          const { combined } = await boards.get(id);
          const column = combined ? 'combined' : online.has(id) ? 'virtual' : 'physical';
          races.push({ leaderboard: id, column });
        }
        const id = view.event as string as Season['id'];
        return await seasons.standings({ id, name: view.setup.name, races, points: view.setup.points, bestOf: null });
      },
    );
    app.get(
      '/api/v1/events/:event/calendar.ics',
      {
        config: { access: 'everyone', objects: seen },
        schema: { tags, summary: 'The event’s program as iCalendar', params, response: { 404: ErrorBody } },
      },
      async (request, reply) => {
        const view = await views.view(request.params.event, viewerOf(request));
        const address = `${request.protocol}://${request.host}/events/${view.event}`;
        reply.header('content-type', 'text/calendar; charset=utf-8');
        reply.header('content-disposition', `attachment; filename="${view.event}.ics"`);
        return sendRaw(reply, calendarOf(view, address));
      },
    );
  };
