import { PitwallError } from '@pitwall/protocol';
import { Account, ErrorBody } from '@pitwall/protocol/api';
import { rolesOf } from '../../accounts/index.js';
import type { Routes } from '../system/server.js';

/** Whose token it is: pages ask when one is entered, before they show what it is for. */
export const accountRoutes = (): Routes => (app) => {
  app.get(
    '/api/v1/account',
    {
      schema: {
        tags: ['accounts'],
        security: [{ token: [] }],
        summary: 'Whose token was sent, and every role in which it acts',
        response: { 200: Account, 401: ErrorBody },
      },
    },
    async ({ principal }) => {
      if (principal === undefined)
        throw new PitwallError('access-unknown', 'No token was sent: send it as "Authorization: Bearer TOKEN".');
      return { ...principal, may: rolesOf(principal) };
    },
  );
};
