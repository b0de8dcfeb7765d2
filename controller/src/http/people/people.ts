import { PitwallError } from '@pitwall/protocol';
import { ErrorBody, OneTimeKey, Person, PersonList, PersonRole } from '@pitwall/protocol/api';
import { z } from 'zod';
import { mayManage, type People, type Principal } from '../../accounts/index.js';
import { callerOf } from '../system/access.js';
import type { Routes } from '../system/server.js';

const tags = ['accounts'];
const params = z.object({ person: z.string().max(100) });
const refusals = { 401: ErrorBody, 403: ErrorBody, 404: ErrorBody };

/** Who has an account here, what they are, and the way back for those who forgot their password. */
export const peopleRoutes =
  (people: People): Routes =>
  (app) => {
    app.get(
      '/api/v1/people',
      {
        config: { access: ['organizer'] },
        schema: {
          tags,
          summary: 'Everybody with an account, by alias',
          querystring: z.object({
            after: z.string().max(100).default(''),
            limit: z.coerce.number().int().min(1).max(500).default(100),
          }),
          response: { 200: PersonList, ...refusals },
        },
      },
      async (request) => {
        const { after, limit } = request.query;
        return { people: (await people.list(after, limit)) as Person[] };
      },
    );
    app.put(
      '/api/v1/people/:person/role',
      {
        config: { access: ['organizer'], objects: 'an organizer: racers, crew and marshals; an administrator all' },
        schema: {
          tags,
          summary: 'What a person is; an organizer makes marshals and crew, an administrator everything',
          params,
          body: z.object({ role: PersonRole }),
          response: { 200: Person, ...refusals, 409: ErrorBody },
        },
      },
      async (request) => {
        const who = callerOf(request);
        const { role } = await people.get(request.params.person);
        demandManage(who, role);
        demandManage(who, request.body.role);
        return (await people.setRole(request.params.person, request.body.role)) as Person;
      },
    );
    app.post(
      '/api/v1/people/:person/recovery',
      {
        config: { access: ['organizer'], objects: 'an organizer: racers, crew and marshals; an administrator all' },
        schema: {
          tags,
          summary: 'A one-time link with which the person sets a new password',
          params,
          response: { 201: OneTimeKey, ...refusals },
        },
      },
      async (request, reply) => {
        const who = callerOf(request);
        demandManage(who, (await people.get(request.params.person)).role);
        const made = await people.makeRecovery(request.params.person);
        return reply.code(201).send(made as OneTimeKey);
      },
    );
  };

function demandManage(who: Principal, role: PersonRole): void {
  if (!mayManage(who, role))
    throw new PitwallError('access-denied', `A person who is ${role} is managed by an administrator.`);
}
