import {
  AddPasskey,
  ErrorBody,
  OwnPasskey,
  PasskeyCreation,
  PasskeyRequest,
  PasskeySignIn,
  PasskeySignUp,
  PasskeySignUpStart,
} from '@pitwall/protocol/api';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { People, SignedIn } from '../../accounts/index.js';
import { originOf, personOf } from '../system/auth.js';
import type { Routes } from '../system/server.js';
import { answerSignedIn, visitorOf } from './visitor.js';

const tags = ['accounts'];
const refusals = { 400: ErrorBody, 401: ErrorBody, 403: ErrorBody, 409: ErrorBody, 429: ErrorBody };
const own = { access: 'person', objects: 'one’s own' } as const;

/** Signing up and in by a passkey, and those of an account. Each begins with what the browser is asked for. */
export const passkeyRoutes =
  (people: People): Routes =>
  (app) => {
    const { passkeys } = people;
    const answer = (reply: FastifyReply, signedIn: SignedIn) => {
      answerSignedIn(reply, people, signedIn);
      return reply.code(204).send(null);
    };
    app.post(
      '/api/v1/people/passkey/options',
      {
        config: { access: 'everyone' },
        schema: {
          tags,
          summary: 'What a browser needs to make a passkey for a new account',
          body: PasskeySignUpStart,
          response: { 200: PasskeyCreation, ...refusals },
        },
      },
      async (request) => await passkeys.creation(originOf(request), request.body.alias),
    );
    app.post(
      '/api/v1/people/passkey',
      {
        config: { access: 'everyone' },
        schema: {
          tags,
          summary: 'Signs up by a passkey, and in',
          body: PasskeySignUp,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        const { passkey, passkeyName: name, ...who } = request.body;
        const visitor = visitorOf(request);
        const made = { answer: passkey, origin: originOf(request), name };
        return answer(reply, await people.signUpByPasskey(who, made, visitor));
      },
    );
    app.post(
      '/api/v1/session/passkey/options',
      {
        config: { access: 'everyone' },
        schema: {
          tags,
          summary: 'What a browser needs to look for a passkey',
          response: { 200: PasskeyRequest, ...refusals },
        },
      },
      async (request) => await passkeys.request(originOf(request)),
    );
    app.post(
      '/api/v1/session/passkey',
      {
        config: { access: 'everyone' },
        schema: {
          tags,
          summary: 'Signs in by a passkey',
          body: PasskeySignIn,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) =>
        answer(reply, await people.signInByPasskey(originOf(request), request.body.passkey, visitorOf(request))),
    );
    app.post(
      '/api/v1/account/passkeys/options',
      {
        config: own,
        schema: {
          tags,
          summary: 'What a browser needs to make another passkey',
          response: { 200: PasskeyCreation, ...refusals },
        },
      },
      async (request) => {
        const { person, alias, name } = personOf(request);
        return await passkeys.creation(originOf(request), alias ?? name, person);
      },
    );
    app.post(
      '/api/v1/account/passkeys',
      {
        config: own,
        schema: {
          tags,
          summary: 'Another passkey of the account',
          body: AddPasskey,
          response: { 201: OwnPasskey, ...refusals },
        },
      },
      async (request, reply) => {
        const { person } = personOf(request);
        const { name, passkey } = request.body;
        const verified = await passkeys.verifyNew(originOf(request), passkey, person);
        return reply.code(201).send(await passkeys.keep(verified, person, name));
      },
    );
    app.delete(
      '/api/v1/account/passkeys/:passkey',
      {
        config: own,
        schema: {
          tags,
          summary: 'One of the own passkeys signs in no more',
          params: z.object({ passkey: z.string().max(1400) }),
          response: { 204: z.null(), 401: ErrorBody, 404: ErrorBody },
        },
      },
      async (request, reply) => {
        await passkeys.remove(personOf(request).person, request.params.passkey);
        return reply.code(204).send(null);
      },
    );
  };
