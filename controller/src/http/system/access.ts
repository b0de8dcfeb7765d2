import { PitwallError } from '@pitwall/protocol';
import { ErrorBody } from '@pitwall/protocol/api';
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { demand, type Principal, type Role } from '../../accounts/index.js';

/** Who may ask a route: everyone; whoever is known, by a token or signed in; people who have signed in; or these roles and those that include them. */
export type Access = 'everyone' | 'known' | 'person' | readonly Role[];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A route that does not say who may ask it keeps the server from starting: access is closed by default. */
    access?: Access;
    /** Which objects those may ask about, where not about all: for docs/roles.md. */
    objects?: string;
    /** What changes something is done over the hall's plain HTTP as well, by racers. */
    hall?: true;
    /** Staff's alone, and never slowed down: it stops cars, or says that one crossed. */
    urgent?: true;
  }
}

/** A row of the table of roles. */
export interface RouteAccess {
  readonly method: string;
  readonly url: string;
  readonly access: Access;
  readonly objects: string | undefined;
}

const security = [{ token: [] }, { session: [] }];

/**
 * Checks who asks before anything of the request is read, on every route registered from now on; call it after `setPrincipals`.
 * @returns the routes so far, to be read once all are registered; reading throws where one does not say who may ask it.
 */
export function setAccess(app: FastifyInstance): () => readonly RouteAccess[] {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    routes.push(route);
    const access = route.config?.access;
    if (access === undefined || access === 'everyone' || route.schema === undefined) return;
    const { response } = route.schema as { response?: object };
    const refusals = response === undefined ? {} : { response: { 401: ErrorBody, 403: ErrorBody, ...response } };
    route.schema = { ...route.schema, ...refusals, security };
  });
  app.addHook('onRequest', async (request) => {
    if (request.is404) return;
    const { config } = request.routeOptions;
    if (request.isHall && !['GET', 'HEAD', 'OPTIONS'].includes(request.method) && config.hall !== true)
      throw new PitwallError(
        'access-denied',
        'Over the hall’s plain HTTP one looks, joins and races: open the controller’s own address for the rest.',
      );
    demandAccess(config.access ?? [], request.principal);
  });
  app.addHook('onReady', async () => void rows(routes));
  return () => rows(routes);
}

/** Who asks a route that is not for everyone. */
export function callerOf({ principal, routeOptions }: FastifyRequest): Principal {
  if (principal === undefined) throw new Error(`${routeOptions.url} is for everyone, and asks who it is`);
  return principal;
}

/** @throws PitwallError `access-unknown`, `access-denied` */
export function demandAccess(access: Access, principal: Principal | undefined): void {
  if (access === 'everyone') return;
  if (access === 'person') {
    if (principal?.person === undefined)
      throw new PitwallError('access-unknown', 'This is for people who have signed in.');
  } else if (access !== 'known') demand(principal, ...access);
  else if (principal === undefined)
    throw new PitwallError('access-unknown', 'Nobody has signed in, and no token was sent.');
}

function rows(routes: readonly RouteOptions[]): readonly RouteAccess[] {
  return routes.flatMap(({ method, url, config }) => {
    if (config?.access === undefined) throw new Error(`the route ${method} ${url} does not say who may ask it`);
    const { access, objects } = config;
    return [method].flat().map((one) => ({ method: one, url, access, objects }));
  });
}

/** For routes of plugins that know nothing of {@link Access}: what is registered in this scope is for everyone. */
export function openToEveryone(scope: FastifyInstance): void {
  scope.addHook('onRoute', (route) => {
    route.config = { ...route.config, access: 'everyone' };
  });
}
