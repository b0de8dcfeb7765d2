import type { FastifyRequest } from 'fastify';
import type { Viewer } from '../../online-races/index.js';

/** Who asks, and the key of the invitation link that the request shows. */
export const viewerOf = (request: FastifyRequest): Viewer => {
  const shown = request.headers['x-pitwall-invitation'];
  return { who: request.principal, invitation: typeof shown === 'string' ? shown : undefined };
};
