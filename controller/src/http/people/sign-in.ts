import { isIPv4, isIPv6 } from 'node:net';
import { PitwallError } from '@pitwall/protocol';
import {
  Account,
  ClaimEntry,
  ErrorBody,
  FirstAdministrator,
  PasswordChange,
  Recovery,
  SignedInDevices,
  SignIn,
  SignUp,
} from '@pitwall/protocol/api';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type People, type Principal, rolesOf, type SignedIn } from '../../accounts/index.js';
import { callerOf } from '../system/access.js';
import { demandOwnSite } from '../system/auth.js';
import type { Routes } from '../system/server.js';
import { answerSignedIn, visitorOf } from './visitor.js';

const tags = ['accounts'];
const refusals = { 400: ErrorBody, 401: ErrorBody, 403: ErrorBody, 409: ErrorBody, 429: ErrorBody };

/** Accounts of people: sign up, sign in and out, devices, passwords. Who is signed in is in a cookie that no script sees. */
export const signInRoutes =
  (people: People): Routes =>
  (app) => {
    const answer = (reply: FastifyReply, signedIn: SignedIn) => answerSignedIn(reply, people, signedIn);
    app.post(
      '/api/v1/people',
      {
        config: { access: 'everyone' },
        schema: { tags, summary: 'Signs up, and in', body: SignUp, response: { 204: z.null(), ...refusals } },
      },
      async (request, reply) => {
        demandOwnSite(request);
        answer(reply, await people.signUp(request.body, visitorOf(request)));
        return reply.code(204).send(null);
      },
    );
    app.post(
      '/api/v1/people/first',
      {
        config: { access: 'everyone', objects: 'whoever has the first start’s link, in the local network' },
        schema: {
          tags,
          summary: 'The first administrator, by the link of the first start, from the local network alone',
          body: FirstAdministrator,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        demandOwnSite(request);
        if (!isLocal(request.ip))
          throw new PitwallError('access-denied', 'This link is good on this machine and in its local network alone.');
        const { key, ...who } = request.body;
        answer(reply, await people.signUpFirst(key, who, visitorOf(request)));
        return reply.code(204).send(null);
      },
    );
    app.post(
      '/api/v1/people/recovery',
      {
        config: { access: 'everyone', objects: 'whoever has the one-time link' },
        schema: {
          tags,
          summary: 'A new password by a one-time link; ends every session before',
          body: Recovery,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        demandOwnSite(request);
        answer(reply, await people.recover(request.body.key, request.body.password, visitorOf(request)));
        return reply.code(204).send(null);
      },
    );
    app.post(
      '/api/v1/people/claim',
      {
        config: { access: 'everyone', objects: 'whoever has the card’s key', hall: true },
        schema: {
          tags,
          summary: 'A walk-in’s entry becomes their own account, once, by the key on the card',
          body: ClaimEntry,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        demandOwnSite(request);
        answer(reply, await people.claim(request.body.key, visitorOf(request)));
        return reply.code(204).send(null);
      },
    );
    app.post(
      '/api/v1/session',
      {
        config: { access: 'everyone' },
        schema: { tags, summary: 'Signs in', body: SignIn, response: { 204: z.null(), ...refusals } },
      },
      async (request, reply) => {
        demandOwnSite(request);
        const { name, password } = request.body;
        answer(reply, await people.signIn(name, password, visitorOf(request)));
        return reply.code(204).send(null);
      },
    );
    app.delete(
      '/api/v1/session',
      {
        config: { access: 'everyone', hall: true },
        schema: { tags, summary: 'Signs out', response: { 204: z.null() } },
      },
      async (request, reply) => {
        const { cookie } = request.headers;
        if (cookie !== undefined)
          for (const gone of await people.sessions.signOut(cookie)) reply.header('set-cookie', gone);
        return reply.code(204).send(null);
      },
    );
    app.get(
      '/api/v1/account',
      {
        config: { access: 'known', objects: 'one’s own' },
        schema: {
          tags,
          summary: 'Whose token was sent, or who has signed in, and every role in which they act',
          response: { 200: Account, 401: ErrorBody },
        },
      },
      async (request) => accountOf(callerOf(request)),
    );
    app.put(
      '/api/v1/account/password',
      {
        config: { access: 'person', objects: 'one’s own' },
        schema: {
          tags,
          summary: 'Changes the own password; signs every other device out',
          body: PasswordChange,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        answer(reply, await people.changePassword(callerOf(request), request.body, visitorOf(request)));
        return reply.code(204).send(null);
      },
    );
    app.get(
      '/api/v1/account/devices',
      {
        config: { access: 'person', objects: 'one’s own' },
        schema: { tags, summary: 'Where one is signed in', response: { 200: SignedInDevices, 401: ErrorBody } },
      },
      async (request) => ({ devices: await people.sessions.devices(callerOf(request)) }),
    );
    app.delete(
      '/api/v1/account/devices/:device',
      {
        config: { access: 'person', objects: 'one’s own' },
        schema: {
          tags,
          summary: 'Signs one of the own devices out, at once',
          params: z.object({ device: z.string().max(100) }),
          response: { 204: z.null(), 401: ErrorBody, 404: ErrorBody },
        },
      },
      async (request, reply) => {
        await people.sessions.endDevice(callerOf(request), request.params.device);
        return reply.code(204).send(null);
      },
    );
  };

function accountOf(principal: Principal): Account {
  const { name, role, alias } = principal;
  return { name, role, may: rolesOf(principal), ...(alias === undefined ? {} : { alias }) };
}

/** This machine, or a network that no router carries into the internet (RFC 1918, RFC 3927, RFC 4193, RFC 4291 §2.5.6). */
function isLocal(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  if (isIPv4(plain)) return /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/.test(plain);
  return isIPv6(plain) && /^(::1$|fe[89ab]|f[cd])/i.test(plain);
}
