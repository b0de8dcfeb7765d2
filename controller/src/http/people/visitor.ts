import type { FastifyReply, FastifyRequest } from 'fastify';
import type { People, SignedIn, Visitor } from '../../accounts/index.js';

/** ResultPlace a request came, and what its browser showed. */
export function visitorOf({ ip, headers }: FastifyRequest): Visitor {
  const { cookie } = headers;
  return {
    address: ip,
    userAgent: headers['user-agent'],
    cookie,
    device: /(?:^|;\s*)pitwall_device=([\w.-]+)/.exec(cookie ?? '')?.[1],
  };
}

/** Gives the browser what it keeps of somebody who has signed in. */
export function answerSignedIn(
  reply: FastifyReply,
  people: Pick<People, 'sessions'>,
  { person, cookies, device }: SignedIn,
): void {
  for (const cookie of [...cookies, people.sessions.deviceCookie(device)]) reply.header('set-cookie', cookie);
  reply.header('x-pitwall-person', person.racer);
}
