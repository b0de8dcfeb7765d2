import { isPitwallError, PitwallError } from '@pitwall/protocol';
import {
  ErrorBody,
  LoginProviderList,
  NewProviderLogin,
  OwnLogins,
  ProviderAddress,
  ProviderName,
  ProviderSignIn,
  ProviderSignUp,
} from '@pitwall/protocol/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { LoginProviders, People } from '../../accounts/index.js';
import { originOf, personOf } from '../system/auth.js';
import type { Routes } from '../system/server.js';
import { answerSignedIn, visitorOf } from './visitor.js';

const tags = ['accounts'];
const refusals = { 400: ErrorBody, 401: ErrorBody, 403: ErrorBody, 404: ErrorBody, 409: ErrorBody, 429: ErrorBody };
const own = { access: 'person', objects: 'one’s own' } as const;
const params = z.object({ provider: ProviderName });
const place = '/sign-in/provider';

/** Signing in by who somebody is elsewhere (OpenID Connect), and by what else one signs in. */
export const providerRoutes =
  (people: People, providers: LoginProviders): Routes =>
  (app) => {
    const keep = (reply: FastifyReply, text: string) => {
      const age = text === '' ? 0 : 900;
      reply.header(
        'set-cookie',
        `pitwall_login=${text}; Path=/api/v1/; HttpOnly; SameSite=Lax; Max-Age=${age}${people.sessions.isSecure ? '; Secure' : ''}`,
      );
    };
    app.get(
      '/api/v1/session/providers',
      {
        config: { access: 'everyone' },
        schema: { tags, summary: 'By whom one may sign in', response: { 200: LoginProviderList } },
      },
      async () => ({ providers: providers.list().map(({ name, label }) => ({ name, label })) }),
    );
    app.post(
      '/api/v1/session/providers/:provider',
      {
        config: { access: 'everyone' },
        schema: {
          tags,
          summary: 'Begins to sign in, or up: where the browser goes for that',
          params,
          body: ProviderSignIn,
          response: { 200: ProviderAddress, ...refusals },
        },
      },
      async (request, reply) => {
        const { to } = request.body;
        const { url, kept } = await providers.begin(request.params.provider, { origin: originOf(request), to });
        keep(reply, kept);
        return { url };
      },
    );
    app.post(
      '/api/v1/account/logins/:provider',
      {
        config: own,
        schema: {
          tags,
          summary: 'Begins to connect a provider to the own account: where the browser goes for that',
          params,
          response: { 200: ProviderAddress, ...refusals },
        },
      },
      async (request, reply) => {
        const { person } = personOf(request);
        const { url, kept } = await providers.begin(request.params.provider, { origin: originOf(request), person });
        keep(reply, kept);
        return { url };
      },
    );
    app.get(
      '/api/v1/session/providers/:provider/callback',
      {
        config: { access: 'everyone', objects: 'whoever began in the same browser' },
        schema: { tags, summary: 'Where the provider sends a browser back', params, response: { 302: z.null() } },
      },
      async (request, reply) => {
        keep(reply, '');
        try {
          const query = /\?.*$/s.exec(request.url)?.[0] ?? '';
          const { login, person, to } = await providers.finish(request.params.provider, query, keptIn(request));
          const back = to === null ? '' : `?to=${encodeURIComponent(to)}`;
          if (person !== null) {
            if (request.principal?.person !== person)
              throw new PitwallError('provider-refused', 'You are not signed in any more: sign in, and connect again.');
            await people.connect(person, login);
            return reply.redirect(`${place}#connected`);
          }
          const signedIn = await people.signInByProvider(login, visitorOf(request));
          if (signedIn !== undefined) {
            answerSignedIn(reply, people, signedIn);
            return reply.redirect(`${place}${back}#done`);
          }
          keep(reply, providers.keep(login));
          return reply.redirect(`${place}${back}#new`);
        } catch (error) {
          request.log.warn({ err: error }, 'a sign-in by a provider failed');
          const isTaken = isPitwallError(error) && error.code === 'login-taken';
          return reply.redirect(`${place}#${isTaken ? 'taken' : 'refused'}`);
        }
      },
    );
    app.get(
      '/api/v1/session/providers/new',
      {
        config: { access: 'everyone', objects: 'whoever came back in the same browser' },
        schema: {
          tags,
          summary: 'Who came back from a provider and has no account here',
          response: { 200: NewProviderLogin, ...refusals },
        },
      },
      async (request) => {
        const { label, alias, email } = providers.kept(keptIn(request));
        return { label, alias, email, emailTaken: email !== null && (await people.hasEmail(email)) };
      },
    );
    app.post(
      '/api/v1/people/provider',
      {
        config: { access: 'everyone', objects: 'whoever came back in the same browser' },
        schema: {
          tags,
          summary: 'Signs up, and in, as who one is at the provider',
          body: ProviderSignUp,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        originOf(request);
        const login = providers.kept(keptIn(request));
        answerSignedIn(reply, people, await people.signUpByProvider(request.body, login, visitorOf(request)));
        return reply.code(204).send(null);
      },
    );
    app.get(
      '/api/v1/account/logins',
      { config: own, schema: { tags, summary: 'By what one signs in', response: { 200: OwnLogins } } },
      async (request) => {
        const { person } = personOf(request);
        const issuers = await people.issuersOf(person);
        return {
          password: await people.hasPassword(person),
          passkeys: await people.passkeys.list(person),
          providers: providers
            .list()
            .map(({ name, label, issuer }) => ({ name, label, connected: issuers.includes(issuer) })),
        };
      },
    );
    app.delete(
      '/api/v1/account/logins/:provider',
      {
        config: own,
        schema: {
          tags,
          summary: 'Signs in by this provider no more',
          params,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        await people.disconnect(personOf(request).person, providers.get(request.params.provider).issuer);
        return reply.code(204).send(null);
      },
    );
  };

const keptIn = ({ headers }: FastifyRequest): string | undefined =>
  /(?:^|;\s*)pitwall_login=([\w.-]+)/.exec(headers.cookie ?? '')?.[1];
