import { PitwallError } from '@pitwall/protocol';
import {
  ErrorBody,
  JoinAnswer,
  JoinCode,
  JoinDecision,
  JoinRequest,
  MachineIdentity,
  MachineList,
  type MachineRole,
  writtenCode,
} from '@pitwall/protocol/api';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Accounts, type Enrolment, type Principal, rolesOf } from '../../accounts/index.js';
import { callerOf } from '../system/access.js';
import type { Routes } from '../system/server.js';

export interface MachineSources {
  readonly accounts: Accounts;
  readonly enrolment: Enrolment;
  /** Of this controller, for those elsewhere: its address, and what codes say of its authority (`trustDigits`; empty: nothing). */
  readonly entrance: () => { readonly url: string; readonly trust: string };
  /** Where a machine reaches the broker that came to this host, with TLS or without. */
  readonly broker: (host: string, secure: boolean) => string;
}

const tags = ['machines'];
const refusals = { 401: ErrorBody, 403: ErrorBody };
const objects = 'the crew: cars; marshals: gates as well';
const byId = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/) });

/** How cars and gates join, each with a token of its own, and are sent away. */
export const machineRoutes =
  ({ accounts, enrolment, entrance, broker }: MachineSources): Routes =>
  (app) => {
    const answerTo = (request: FastifyRequest, asked: ReturnType<Enrolment['of']>): JoinAnswer => ({
      id: asked.id,
      role: asked.role,
      name: asked.name,
      state: asked.state,
      key: asked.key,
      broker: broker(request.hostname, request.protocol === 'https'),
    });
    app.get(
      '/api/v1/machines',
      {
        config: { access: ['crew'] },
        schema: {
          tags,
          summary: 'Cars and gates that are in, and those that wait',
          response: { 200: MachineList, ...refusals },
        },
      },
      async () => await enrolment.list(),
    );
    app.post(
      '/api/v1/machines/codes',
      {
        config: { access: ['crew'], objects },
        schema: {
          tags,
          summary: 'A code by which one car or gate may ask to join, once, for 15 minutes',
          body: MachineIdentity,
          response: { 201: JoinCode, ...refusals },
        },
      },
      async (request, reply) => {
        demandMay(callerOf(request), request.body.role);
        const { code, expiresAt } = enrolment.makeCode(request.body);
        const { url, trust } = entrance();
        const written = writtenCode(code, trust);
        return reply.code(201).send({ ...request.body, code: written, link: `${url}/cars#join=${written}`, expiresAt });
      },
    );
    app.post(
      '/api/v1/machines/join',
      {
        config: { access: 'everyone' },
        schema: {
          tags,
          summary: 'A car or gate asks to join, with a code and the hash of a token that it made itself',
          body: JoinRequest,
          response: { 202: JoinAnswer, 409: ErrorBody, 429: ErrorBody },
        },
      },
      async (request, reply) => reply.code(202).send(answerTo(request, enrolment.ask(request.body, request.ip))),
    );
    app.get(
      '/api/v1/machines/join/:id',
      {
        config: { access: 'everyone' },
        schema: { tags, summary: 'Whether it is in', params: byId, response: { 200: JoinAnswer, 404: ErrorBody } },
      },
      async (request) => answerTo(request, enrolment.of(request.params.id)),
    );
    app.post(
      '/api/v1/machines/waiting/:id',
      {
        config: { access: ['crew'], objects },
        schema: {
          tags,
          summary: 'Lets a machine in, instead of whoever had its name before, or refuses it',
          params: byId,
          body: JoinDecision,
          response: { 200: JoinAnswer, 404: ErrorBody, 409: ErrorBody, ...refusals },
        },
      },
      async (request) => {
        demandMay(callerOf(request), enrolment.of(request.params.id).role);
        return answerTo(request, await enrolment.decide(request.params.id, request.body.decision));
      },
    );
    app.delete(
      '/api/v1/machines/:role/:name',
      {
        config: { access: ['crew'], objects },
        schema: {
          tags,
          summary: 'Sends a car or gate away: its connections end at once, and it is refused from then on',
          params: MachineIdentity.extend({ name: z.string().min(1).max(100) }),
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        demandMay(callerOf(request), request.params.role);
        await accounts.revoke(request.params);
        return reply.code(204).send(null);
      },
    );
  };

function demandMay(who: Principal, role: MachineRole): void {
  if (role === 'gate' && !rolesOf(who).includes('marshal'))
    throw new PitwallError('access-denied', 'Gates are let in and sent away by marshals.');
}
