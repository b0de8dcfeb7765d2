import { PitwallError } from '@pitwall/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Accounts, People, Principal } from '../../accounts/index.js';
import type { HttpBudgets } from './budgets.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; undefined where nobody has signed in and no token was sent. What they may is checked by access.ts. */
    principal: Principal | undefined;
    /** It came over the hall's plain HTTP. */
    isHall: boolean;
  }
}

/** What says who asks. */
export interface Identity {
  readonly accounts: Accounts;
  /** Where people sign in. */
  readonly people?: Pick<People, 'sessions'> | undefined;
}

/** What the browser of somebody who has signed in shows. */
export const sessionCookie = 'pitwall.session_token';

/**
 * Who asks: the one place that says so. `Authorization: Bearer TOKEN` (programs, cars, gates, the command line), or else the
 * cookie of somebody who has signed in. A token that nobody holds is refused on every route; a cookie that is good no more is nobody's.
 */
export function setPrincipals(
  app: FastifyInstance,
  { accounts, people }: Identity,
  budgets: Pick<HttpBudgets, 'wrongToken'>,
): void {
  app.decorateRequest('principal', undefined);
  app.addHook('onRequest', async (request) => {
    const header = request.headers.authorization;
    if (header !== undefined) {
      if (request.isHall)
        throw new PitwallError('access-denied', 'No token is taken over plain HTTP: use the controller’s own address.');
      const token = /^Bearer (\S+)$/i.exec(header)?.[1];
      request.principal = token === undefined ? undefined : await accounts.authenticate(token);
      if (request.principal === undefined) {
        budgets.wrongToken(request);
        throw new PitwallError(
          'access-unknown',
          'The token is not known here or was revoked; issue a new one with "pitwall token issue".',
        );
      }
      return;
    }
    const { cookie } = request.headers;
    if (people === undefined || cookie === undefined || !cookie.includes(`${sessionCookie}=`)) return;
    // What a browser adds by itself proves nothing of who wrote the page that asks.
    if (changesSomething(request)) demandOwnSite(request);
    const who = await people.sessions.authenticate(cookie);
    // Whatever somebody is elsewhere: what is overheard in the hall is a racer's.
    request.principal = request.isHall && who !== undefined ? { ...who, role: 'racer', also: [] } : who;
  });
}

const changesSomething = ({ method, headers }: FastifyRequest): boolean =>
  !['GET', 'HEAD', 'OPTIONS'].includes(method) || headers.upgrade !== undefined;

/**
 * Refuses what another site's page sends. Browsers name the page's origin with whatever is no plain navigation (RFC 6454; WebSockets: RFC
 * 6455 §10.2); what names none is no browser of today. @throws PitwallError `request-cross-site`
 */
export function demandOwnSite({ headers }: FastifyRequest): void {
  const { origin, host } = headers;
  const own = origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
  if (!own)
    throw new PitwallError(
      'request-cross-site',
      'This came from another site’s page, or from a program without a token: open the pages of this controller itself.',
    );
}

/** The origin of the page that asks. @throws PitwallError `request-cross-site` */
export function originOf(request: FastifyRequest): string {
  demandOwnSite(request);
  return request.headers.origin ?? '';
}

/** Who has signed in. @throws PitwallError `access-unknown` */
export function personOf({ principal }: FastifyRequest): Principal & { readonly person: string } {
  if (principal?.person === undefined)
    throw new PitwallError('access-unknown', 'This is for people who have signed in.');
  return { ...principal, person: principal.person };
}
