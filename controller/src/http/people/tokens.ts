import { PitwallError } from '@pitwall/protocol';
import { ErrorBody, IssuedToken, TokenHolder, TokenList } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { Accounts, Principal, Role } from '../../accounts/index.js';
import { callerOf } from '../system/access.js';
import type { Routes } from '../system/server.js';

const tags = ['accounts'];
const refusals = { 401: ErrorBody, 403: ErrorBody };

/** Tokens of programs, cars, gates and the command line. */
export const tokenRoutes =
  (accounts: Accounts): Routes =>
  (app) => {
    app.get(
      '/api/v1/tokens',
      {
        config: {
          access: ['organizer'],
          objects: 'an organizer: all but those of racers, organizers and administrators',
        },
        schema: {
          tags,
          summary: 'Who holds tokens that are good; an organizer is told of machines and staff',
          response: { 200: TokenList, ...refusals },
        },
      },
      async (request) => {
        const who = callerOf(request);
        return { holders: (await accounts.holders()).filter(({ role }) => may(who, role)) };
      },
    );
    app.post(
      '/api/v1/tokens',
      {
        config: {
          access: ['organizer'],
          objects: 'an organizer: all but those of racers, organizers and administrators',
        },
        schema: {
          tags,
          summary: 'A new token, shown once: it is stored nowhere',
          body: TokenHolder,
          response: { 201: IssuedToken, ...refusals },
        },
      },
      async (request, reply) => {
        demandMay(callerOf(request), request.body);
        return reply.code(201).send({ ...request.body, token: await accounts.issue(request.body) });
      },
    );
    app.delete(
      '/api/v1/tokens/:role/:name',
      {
        config: {
          access: ['organizer'],
          objects: 'an organizer: all but those of racers, organizers and administrators',
        },
        schema: {
          tags,
          summary: 'Refuses every token of the holder from now on, open connections included',
          params: TokenHolder,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        demandMay(callerOf(request), request.params);
        await accounts.revoke(request.params);
        return reply.code(204).send(null);
      },
    );
  };

/**
 * Tokens of organizers and racers are an administrator's business (of the command line, too, which needs no permission): who holds
 * one of another organizer's racer sees the races that this racer was invited to.
 */
const may = ({ role }: Principal, holder: Role): boolean =>
  role === 'administrator' || !['organizer', 'racer', 'standby', 'administrator'].includes(holder);

function demandMay(who: Principal, { role }: TokenHolder): void {
  if (!may(who, role))
    throw new PitwallError('access-denied', `Tokens of a ${role} are issued and revoked by an administrator.`);
}
