import { EventId, PitwallError, Sha256 } from '@pitwall/protocol';
import { DirectShow, ErrorBody, EventShow, NoteList, pictureLimits, WriteNote } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { EventOwners, EventPictures, Events, ShowControl } from '../../events/index.js';
import { callerOf } from '../system/access.js';
import { sendRaw } from '../system/raw-body.js';
import type { Routes } from '../system/server.js';

const tags = ['events'];
const params = z.object({ event: EventId });
const picture = params.extend({ hash: Sha256 });
const refusals = { 400: ErrorBody, 403: ErrorBody, 404: ErrorBody, 409: ErrorBody };
const staff = 'of events: their organizer, marshals, crew and commentators; an administrator all';
const own = 'of events that one organizes; an administrator all';
const seen = 'those in the public list, and others by their address';

export interface ShowSources {
  readonly events: Pick<Events, 'own'>;
  readonly owners: Pick<EventOwners, 'demandShow'>;
  readonly show: ShowControl;
  readonly pictures: EventPictures;
}

/** What an event's screens show: scenes, sponsors' pictures, and the notes of who talks to the crowd. */
export const showRoutes =
  ({ events, owners, show, pictures }: ShowSources): Routes =>
  (app) => {
    app.get(
      '/api/v1/events/:event/show',
      {
        config: { access: 'everyone', objects: seen },
        schema: { tags, summary: 'What an event’s screens show', params, response: { 200: EventShow, 404: ErrorBody } },
      },
      async (request) => await show.get(request.params.event),
    );
    app.put(
      '/api/v1/events/:event/show',
      {
        config: { access: 'known', objects: staff },
        schema: {
          tags,
          summary: 'Says what an event’s screens show from now on',
          params,
          body: DirectShow,
          response: { 200: EventShow, ...refusals },
        },
      },
      async (request) => {
        const { event } = request.params;
        await owners.demandShow(event, callerOf(request));
        return await show.direct(event, request.body);
      },
    );
    app.get(
      '/api/v1/events/:event/notes',
      {
        config: { access: 'known', objects: staff },
        schema: {
          tags,
          summary: 'What an event’s staff noted, the latest first',
          params,
          response: { 200: NoteList, ...refusals },
        },
      },
      async (request) => {
        const { event } = request.params;
        await owners.demandShow(event, callerOf(request));
        return { notes: await show.notes(event) };
      },
    );
    app.post(
      '/api/v1/events/:event/notes',
      {
        config: { access: 'known', objects: staff },
        schema: {
          tags,
          summary: 'Notes something for the others; the same note again changes nothing',
          params,
          body: WriteNote,
          response: { 200: NoteList, ...refusals },
        },
      },
      async (request) => {
        const { event } = request.params;
        await owners.demandShow(event, callerOf(request));
        return { notes: await show.write(event, request.body, callerOf(request).name) };
      },
    );
    app.delete(
      '/api/v1/events/:event/notes/:note',
      {
        config: { access: 'known', objects: staff },
        schema: {
          tags,
          summary: 'Takes a note away',
          params: params.extend({ note: z.uuid() }),
          response: { 200: NoteList, ...refusals },
        },
      },
      async (request) => {
        const { event, note } = request.params;
        await owners.demandShow(event, callerOf(request));
        return { notes: await show.forget(event, note) };
      },
    );
    app.addContentTypeParser(
      ['application/octet-stream', 'image/png', 'image/jpeg', 'image/webp'],
      { parseAs: 'buffer', bodyLimit: pictureLimits.bytes },
      (_request, payload, done) => done(null, payload),
    );
    app.post(
      '/api/v1/events/:event/pictures',
      {
        config: { access: ['organizer'], objects: own },
        bodyLimit: pictureLimits.bytes,
        schema: {
          tags,
          summary: 'Keeps a picture for the event’s screens: PNG, JPEG or WebP, the file as the body',
          consumes: ['application/octet-stream', 'image/png', 'image/jpeg', 'image/webp'],
          params,
          querystring: z.object({ name: z.string().trim().min(1).max(100) }),
          response: { 201: EventShow, ...refusals, 413: ErrorBody },
        },
      },
      async (request, reply) => {
        const { event } = request.params;
        await events.own(event, callerOf(request));
        const { body } = request;
        if (!Buffer.isBuffer(body)) throw new PitwallError('picture-invalid', 'Send the picture’s file as the body.');
        await pictures.add(event, request.query.name, body);
        return reply.code(201).send(await show.changed(event));
      },
    );
    app.get(
      '/api/v1/events/:event/pictures/:hash',
      {
        config: { access: 'everyone', objects: seen },
        schema: { tags, summary: 'A picture of an event', params: picture, response: { 404: ErrorBody } },
      },
      async (request, reply) => {
        const { event, hash } = request.params;
        const { type, size, body } = await pictures.get(event, hash);
        reply.header('content-type', type).header('content-length', size);
        // By its hash it is always the same, and never anything but a picture.
        reply
          .header('cache-control', 'public, max-age=31536000, immutable')
          .header('x-content-type-options', 'nosniff');
        reply.header('content-security-policy', "default-src 'none'");
        return sendRaw(reply, body);
      },
    );
    app.delete(
      '/api/v1/events/:event/pictures/:hash',
      {
        config: { access: ['organizer'], objects: own },
        schema: {
          tags,
          summary: 'Takes a picture off the event’s screens',
          params: picture,
          response: { 200: EventShow, ...refusals },
        },
      },
      async (request) => {
        const { event, hash } = request.params;
        await events.own(event, callerOf(request));
        await pictures.remove(event, hash);
        return await show.changed(event);
      },
    );
  };
