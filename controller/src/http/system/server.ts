import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import websocket from '@fastify/websocket';
import { PitwallError } from '@pitwall/protocol';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  type FastifyServerOptions,
  type RawServerDefault,
} from 'fastify';
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { WebSocket } from 'ws';
import type { Accounts, People } from '../../accounts/index.js';
import { limits } from '../../limits/index.js';
import { alsoPlain, type CertificateSource, followCertificate, isOwnMachine } from '../../tls/index.js';
import { openToEveryone, type RouteAccess, setAccess } from './access.js';
import { sessionCookie, setPrincipals } from './auth.js';
import { HttpBudgets } from './budgets.js';
import { limitConnections } from './connections.js';
import { setErrorBodies } from './errors.js';
import { schemaRegistry } from './schemas.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Who may ask which route; to be read once all are registered. */
    routeAccess(): readonly RouteAccess[];
  }
}

/** A Fastify instance whose routes take zod schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** One resource's routes. Each says in its `config` who may ask it (access.ts). */
export type Routes = (app: App) => void | Promise<void>;

export interface HttpOptions {
  readonly accounts: Accounts;
  /** Where people sign in. */
  readonly people?: People;
  readonly logger: FastifyBaseLogger;
  readonly routes: readonly Routes[];
  /** Plain HTTP in the hall: for racers and the crowd alone. */
  readonly isHall?: boolean;
  /** Absent: plain HTTP. With it programs of this machine may still come without TLS, on the same port. */
  readonly tls?: CertificateSource | undefined;
}

/** Node looks every so many ms who is late, by default every 30 s: a limit of 20 s would be one of up to 50. */
const slow = {
  maxHeaderSize: limits.request.headerBytes,
  headersTimeout: limits.request.headerMs,
  connectionsCheckingInterval: 2000,
};

/** Those that take zod schemas are set below. Fastify's own, which would be loaded from 150 files, make nothing. */
const noCompiler = (): never => {
  throw new Error('a schema that is none of zod');
};

/** The server with everything registered, not yet listening. */
export async function createApp({ accounts, people, logger, routes, isHall = false, tls }: HttpOptions): Promise<App> {
  const secure =
    tls === undefined
      ? { http: slow }
      : { https: { ...slow, handshakeTimeout: limits.request.headerMs, ...tls.current } };
  const base = Fastify({
    ...secure,
    loggerInstance: logger,
    bodyLimit: limits.request.bodyBytes,
    requestTimeout: limits.request.wholeMs,
    forceCloseConnections: true,
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
  } as FastifyServerOptions & { loggerInstance: FastifyBaseLogger });
  const app = base.withTypeProvider<ZodTypeProvider>() as App;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  setErrorBodies(base);
  // Before whatever refuses: who is refused an upgrade keeps no connection that nobody counts any more.
  await app.register(websocket, {
    options: { maxPayload: limits.liveMessages.bytes },
    errorHandler: endBroken,
  });
  base.decorateRequest('isHall', isHall);
  const budgets = new HttpBudgets();
  setPrincipals(base, { accounts, people }, budgets);
  budgets.watchRequests(base);
  base.decorate('routeAccess', setAccess(base));
  budgets.watchMessages(app.websocketServer);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Pitwall', version: '1', description: 'Races for autonomous model cars: races, results, boards.' },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: sessionCookie },
        },
      },
    },
    transform: createJsonSchemaTransform({ skipList: ['/api/docs/*', '/*'], schemaRegistry }),
    transformObject: createJsonSchemaTransformObject({ schemaRegistry }),
  });
  await app.register(async (scope) => {
    openToEveryone(scope as App);
    await scope.register(swaggerUi, { routePrefix: '/api/docs' });
  });
  try {
    for (const register of routes) await app.register(async (scope) => register(scope as App));
    await app.ready();
    if (tls !== undefined) serveOwnMachine(app, tls);
    limitConnections(app.server);
  } catch (error) {
    // What some routes began (timers, say) ends with the server.
    await app.close();
    throw error;
  }
  return app;
}

/** A connection that sends what is no frame, or breaks off in one: its own affair, and no failure of ours that whoever likes fills the log with. */
function endBroken(error: Error, socket: WebSocket, request: FastifyRequest): void {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (/^(WS_ERR_|ECONNRESET|EPIPE)/.test(code)) request.log.debug({ err: error }, 'a live connection broke');
  else request.log.error({ err: error }, 'a live connection failed');
  socket.terminate();
}

/** Where a browser that came without TLS finds what it wanted. */
function redirect({ method, headers: { host = '' }, url = '/' }: IncomingMessage, response: ServerResponse): void {
  const isLink = (method === 'GET' || method === 'HEAD') && /^[\w.:[\]-]+$/.test(host) && url.startsWith('/');
  response.writeHead(isLink ? 307 : 403, {
    'content-type': 'text/plain; charset=utf-8',
    connection: 'close',
    ...(isLink ? { location: `https://${host}${url}` } : {}),
  });
  response.end('From other machines this is answered over HTTPS only.\n');
}

/** On the port of an HTTPS server: plain HTTP for programs of this machine, a way to HTTPS for everyone else. */
function serveOwnMachine(app: App, tls: CertificateSource): void {
  const server: unknown = app.server;
  if (!(server instanceof TlsServer)) throw new Error('a server with a certificate is no TLS server');
  const isOwn = (socket: Socket) => isOwnMachine(socket);
  const plain = createServer(slow, (request, response) =>
    isOwn(request.socket) ? app.routing(request, response) : redirect(request, response),
  );
  plain.on('upgrade', (request, socket, head) => {
    if (isOwn(request.socket)) app.server.emit('upgrade', request, socket, head);
    else socket.destroy();
  });
  alsoPlain(server, (socket) => plain.emit('connection', socket));
  const unfollow = followCertificate(server, tls);
  server.once('close', unfollow);
  // Their sockets are the listening server's: it closes when they have ended.
  const close = server.close.bind(server);
  server.close = (done) => {
    plain.closeAllConnections();
    return close(done);
  };
}

export interface Listen {
  readonly host: string;
  readonly port: number;
  /** Tries the following ports where the wanted one is in use. */
  readonly nextFree: boolean;
}

/** Listens, and answers the port it got. @throws PitwallError `port-in-use`. */
export async function listen(app: App, { host, port, nextFree }: Listen): Promise<number> {
  const last = nextFree && port !== 0 ? port + 50 : port;
  for (let candidate = port; candidate <= last; candidate += 1) {
    try {
      await app.listen({ host, port: candidate });
      return (app.server.address() as AddressInfo).port;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    }
  }
  throw new PitwallError(
    'port-in-use',
    nextFree
      ? `Ports ${port} to ${last} on ${host} are all in use; choose another range with --port.`
      : `Port ${port} on ${host} is in use: is Pitwall running already? Stop it, choose another with --port, or add --next-free.`,
  );
}
