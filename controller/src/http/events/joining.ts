import { EventId, PitwallError, RacerId } from '@pitwall/protocol';
import { ErrorBody, EventDoor, JoinEvent, JoinedEvent, MinorList, WalkedIn, WalkIn } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { People } from '../../accounts/index.js';
import type { EventOwners, Joining } from '../../events/index.js';
import type { Leaderboards } from '../../leaderboard/index.js';
import { answerSignedIn, visitorOf } from '../people/visitor.js';
import { callerOf } from '../system/access.js';
import { demandOwnSite } from '../system/auth.js';
import type { Routes } from '../system/server.js';
import { viewerOf } from '../system/viewer.js';

const tags = ['events'];
const params = z.object({ event: EventId });
const refusals = { 400: ErrorBody, 403: ErrorBody, 404: ErrorBody, 409: ErrorBody, 429: ErrorBody };
const ownPeople = 'of events: their organizer and marshals; an administrator all';

interface Sources {
  readonly joining: Joining;
  readonly owners: EventOwners;
  readonly people: People;
  readonly racers: Leaderboards['racers'];
}

/** How racers come into an event: from a phone, or entered by its people. */
export const joiningRoutes =
  ({ joining, owners, people, racers }: Sources): Routes =>
  (app) => {
    app.post(
      '/api/v1/events/:event/join',
      {
        config: { access: 'everyone', objects: 'events that are open for it; in the hall with the PIN', hall: true },
        schema: {
          tags,
          summary: 'Joins an event: an account without a password, signed in, and an entry in a race',
          params,
          body: JoinEvent,
          response: { 201: JoinedEvent, ...refusals },
        },
      },
      async (request, reply) => {
        demandOwnSite(request);
        const { event } = request.params;
        const { alias, race, pin, ...more } = request.body;
        await joining.demandOpen(event, request.isHall ? { address: request.ip, pin } : undefined);
        const viewer = viewerOf(request);
        const known = request.principal;
        if (known !== undefined) {
          const racer = RacerId.safeParse(known.name);
          if (!racer.success) throw new PitwallError('join-refused', 'A token joins no event: sign in as who races.');
          const { country } = await racers.get(racer.data);
          const who = { racer: racer.data, alias: known.alias ?? known.name, country };
          return reply.code(201).send(await joining.enter(event, who, race, racer.data, viewer));
        }
        if (alias === undefined)
          throw new PitwallError('message-invalid', 'The body is not valid: alias: say what you are called.', {
            details: { fields: ['alias'] },
          });
        const { person, ...session } = await joining.introduce(event, { ...more, alias }, undefined, async (racer) => {
          const signedIn = await people.join(racer, visitorOf(request));
          return { ...signedIn, racer: signedIn.person.racer };
        });
        answerSignedIn(reply, people, { ...session, person });
        const who = { racer: person.racer, alias: person.alias, country: more.country };
        // Shows what the new account may see from now on, too.
        const principal = { name: person.racer, role: 'racer' } as const;
        return reply.code(201).send(await joining.enter(event, who, race, person.racer, { ...viewer, who: principal }));
      },
    );
    app.post(
      '/api/v1/events/:event/walk-ins',
      {
        config: { access: ['marshal'], objects: ownPeople },
        schema: {
          tags,
          summary: 'Enters somebody without a phone; the key on the card makes the entry their own later',
          params,
          body: WalkIn,
          response: { 201: WalkedIn, ...refusals },
        },
      },
      async (request, reply) => {
        const { event } = request.params;
        const { name } = callerOf(request);
        await owners.demandStaff(event, callerOf(request));
        const { race, ...asked } = request.body;
        const racer = await joining.introduce(event, asked, name, (racer) => racers.issue(racer, name));
        const joined = await joining.enter(event, racer, race, name, viewerOf(request));
        const made = await people.makeClaim(racer.racer);
        return reply.code(201).send({ ...joined, ...made } as WalkedIn);
      },
    );
    app.get(
      '/api/v1/events/:event/door',
      {
        config: { access: ['marshal'], objects: ownPeople },
        schema: { tags, summary: 'Where phones join, and the PIN', params, response: { 200: EventDoor, ...refusals } },
      },
      async (request) => {
        await owners.demandStaff(request.params.event, callerOf(request));
        return await joining.door(request.params.event);
      },
    );
    app.post(
      '/api/v1/events/:event/door/pin',
      {
        config: { access: ['marshal'], objects: ownPeople },
        schema: {
          tags,
          summary: 'Another PIN; who has joined stays in',
          params,
          response: { 200: EventDoor, ...refusals },
        },
      },
      async (request) => {
        await owners.demandStaff(request.params.event, callerOf(request));
        return await joining.newPin(request.params.event);
      },
    );
    app.get(
      '/api/v1/events/:event/minors',
      {
        config: { access: ['marshal'], objects: ownPeople },
        schema: {
          tags,
          summary: 'Who is under age, what they are called, and who consented',
          params,
          response: { 200: MinorList, ...refusals },
        },
      },
      async (request) => {
        await owners.demandStaff(request.params.event, callerOf(request));
        return { minors: await joining.minors(request.params.event) };
      },
    );
  };
