import { PitwallError } from '@pitwall/protocol';
import type { FastifyInstance } from 'fastify';
import type { Accounts, Principal } from '../../accounts/index.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; undefined where no token was sent. Routes call `demand(request.principal, ...roles)`. */
    principal: Principal | undefined;
  }
}

/** `Authorization: Bearer TOKEN` becomes `request.principal`. A token that nobody holds is refused on every route. */
export function setPrincipals(app: FastifyInstance, accounts: Accounts): void {
  app.decorateRequest('principal', undefined);
  app.addHook('onRequest', async (request) => {
    const header = request.headers.authorization;
    if (header === undefined) return;
    const token = /^Bearer (\S+)$/i.exec(header)?.[1];
    request.principal = token === undefined ? undefined : await accounts.authenticate(token);
    if (request.principal === undefined)
      throw new PitwallError(
        'access-unknown',
        'The token is not known here or was revoked; issue a new one with "pitwall token issue".',
      );
  });
}
