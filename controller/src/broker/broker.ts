import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { PitwallError } from '@pitwall/protocol';
import { computerIn } from '@pitwall/protocol/messages';
import { Aedes, type AuthenticateError, type Client as Connection, type PublishPacket } from 'aedes';
import type { Logger } from 'pino';
import { type Accounts, concerns } from '../accounts/index.js';
import { addressKey, Budget, Budgets, limits } from '../limits/index.js';
import type { Identities, IdentityName } from '../link/index.js';
import { alsoPlain, type CertificateSource, followCertificate, isLoopback, isOwnMachine } from '../tls/index.js';
import { type Client, clientOf, mayHear, maySay } from './access.js';
import { Admission } from './admission.js';
import { WaitingSockets } from './waiting-sockets.js';

export interface BrokerOptions {
  readonly accounts: Pick<Accounts, 'authenticate'> & { readonly changes: Pick<Accounts['changes'], 'watch'> };
  readonly identities: Pick<Identities, 'admitted' | 'claimed'>;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0: any free one. */
  readonly port: number;
  /** Absent: plain MQTT. With it programs of this machine may still come without TLS, on the same port. */
  readonly tls?: CertificateSource | undefined;
  /** Allows a host beyond loopback without TLS; mentioned at every connection from there. */
  readonly insecure?: boolean;
  /** After so many ms who does not read is cut off. Default 10 s. */
  readonly drainTimeoutMs?: number;
  readonly log: Logger;
}

/** Crossings, what aligns their clock, and stops: by staff, by a gate's button. */
const neverWaits = new Set(['crossing', 'sync', 'stop']);

interface ClientBudget {
  readonly messages: Budget;
  readonly bytes: Budget;
  isTold: boolean;
}

/** The MQTT broker inside the controller (MQTT 3.1.1), which admits only known cars, gates and the controller itself. */
export class Broker {
  /** The controller's own credential: made anew for each broker and kept in memory only. */
  readonly credential = { username: 'controller', password: randomBytes(32).toString('base64url') };
  readonly #options: BrokerOptions;
  readonly #sockets = new Set<Socket>();
  /** Who was let in. */
  readonly #clients = new WeakMap<Connection, Client>();
  /** Of them, those that are connected: whoever ends a connection before it is answered is in it no longer than that. */
  readonly #open = new Set<Connection>();
  readonly #budgets = new WeakMap<Connection, ClientBudget>();
  readonly #wrong = new Budgets(limits.wrongTokens);
  readonly #waiting = new WaitingSockets(limits.mqtt.waiting);
  readonly #admission: Admission;
  #aedes: Aedes | undefined;
  #server: Server | undefined;
  #unfollow: () => void = () => undefined;
  #unwatch: () => void = () => undefined;

  constructor(options: BrokerOptions) {
    this.#options = options;
    const { identities } = options;
    this.#admission = new Admission({ identities, now: () => performance.now() });
  }

  /**
   * Listens. @returns where clients of this machine reach it, without TLS.
   * @throws PitwallError `config-invalid` for a host beyond loopback without TLS, `port-in-use`.
   */
  async start(): Promise<{ host: string; port: number; url: string }> {
    const { host = '127.0.0.1', port, tls, insecure = false, drainTimeoutMs = limits.mqtt.drainMs } = this.#options;
    if (!isLoopback(host) && tls === undefined && !insecure)
      throw new PitwallError(
        'config-invalid',
        `The broker would listen on ${host} in the clear: configure a certificate and key, or say --insecure.`,
      );
    const aedes = await Aedes.createBroker({
      // The emitter's default lets 100 messages be delivered at a time and queues the rest: one client that does not read
      // then holds up everyone, and a long queue of messages that nobody subscribed to ends the process (it is worked off
      // recursively). Without a limit there is no queue; who does not read is cut off after the drain timeout.
      concurrency: 0,
      drainTimeout: drainTimeoutMs,
      connectTimeout: limits.mqtt.connectMs,
      authenticate: (client, username, password, done) => {
        this.#authenticate(client, username, password).then(
          () => done(null, true),
          (error: Partial<AuthenticateError> & Error) => {
            if (this.#isGuessing(client, error)) {
              (client.conn as Socket).destroy();
              return;
            }
            // Of a second computer the identities tell, once a minute.
            if (error.returnCode === undefined)
              this.#options.log.warn(
                { username, client: client.id, reason: error.message },
                'the broker refused a client',
              );
            done(Object.assign(error, { returnCode: error.returnCode ?? 5 }) as AuthenticateError, false);
          },
        );
      },
      authorizePublish: (client, packet, done) => {
        if (client !== null) this.#admission.heard(client);
        const who = client === null ? undefined : this.#clients.get(client);
        if (who === undefined || !maySay(who, packet.topic, packet.retain))
          return done(this.#denied(client, `publish to ${packet.topic}${packet.retain ? ', retained' : ''}`));
        if (packet.payload.length > limits.mqtt.payloadBytes)
          return done(this.#denied(client, `send ${packet.payload.length} bytes to ${packet.topic}`));
        return this.#inItsTurn(client, who, packet, () => done(null));
      },
      authorizeSubscribe: (client, subscription, done) => {
        const who = this.#clients.get(client);
        if (who !== undefined && mayHear(who, subscription.topic)) return done(null, subscription);
        this.#denied(client, `subscribe to ${subscription.topic}`);
        // No subscription and no error: this one is refused in the SUBACK, the connection goes on.
        return done(null, null);
      },
    });
    aedes.on('ping', (_, client) => this.#admission.heard(client));
    this.#aedes = aedes;
    this.#unwatch = this.#options.accounts.changes.watch((change) => {
      for (const client of this.#open) {
        const who = this.#clients.get(client);
        if (who === undefined || who.of === 'controller') continue;
        if (concerns(change, { name: who.id, role: roleOf(who) })) client.close();
      }
    });
    const serve = (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      this.#waiting.add(socket);
      socket.setNoDelay(true);
      if (tls === undefined && !isLoopback(socket.remoteAddress ?? ''))
        this.#options.log.warn({ from: socket.remoteAddress }, 'insecure: passwords and crossings travel in the clear');
      aedes.handle(socket);
    };
    const server = tls === undefined ? createPlainServer(serve) : this.#secureServer(tls, serve);
    server.on('tlsClientError', (error: Error) =>
      this.#options.log.warn({ reason: error.message }, 'a TLS handshake with the broker failed'),
    );
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'EADDRINUSE') return reject(cause);
        const message = `Port ${port} on ${host} is in use, so the broker cannot listen: stop the other program or choose another port.`;
        return reject(new PitwallError('port-in-use', message, { cause }));
      });
      server.listen(port, host, resolve);
    });
    const address = server.address();
    const bound = typeof address === 'object' && address !== null ? address.port : port;
    const reach = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
    return {
      host,
      port: bound,
      url: `mqtt://${reach.includes(':') ? `[${reach}]` : reach}:${bound}`,
    };
  }

  /** Ends every connection. */
  async stop(): Promise<void> {
    const server = this.#server;
    const aedes = this.#aedes;
    this.#server = undefined;
    this.#aedes = undefined;
    this.#unfollow();
    this.#unwatch();
    if (server === undefined || aedes === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #secureServer(tls: CertificateSource, serve: (socket: Socket) => void): TlsServer {
    const server = createTlsServer({ handshakeTimeout: limits.mqtt.connectMs, ...tls.current }, serve);
    alsoPlain(server, (socket) => {
      if (isOwnMachine(socket)) return serve(socket);
      this.#options.log.warn({ from: socket.remoteAddress }, 'the broker refused a client without TLS: use mqtts://');
      return socket.destroy();
    });
    this.#unfollow = followCertificate(server, tls);
    return server;
  }

  async #authenticate(client: Connection, username: string | undefined, password: Buffer | undefined): Promise<void> {
    const who = clientOf(username);
    if (who === undefined || password === undefined) throw new Error('no such user');
    if (who.of === 'controller') {
      const own = Buffer.from(this.credential.password);
      if (password.length !== own.length || !timingSafeEqual(password, own)) throw new Error('wrong password');
    } else await this.#demandToken(who, password);
    // A client id takes over the connection that has the same one, so nobody may use another's name.
    const [name = ''] = client.id.split('@');
    if (clientOf(name) !== undefined && name !== username) throw new Error("the client id is another's name");
    if ((who.of === 'car' || who.of === 'gate') && name === username) {
      const computer = computerIn(client.id, username);
      const address = (client.conn as Socket).remoteAddress ?? 'an unknown address';
      await this.#admission.admit(username as IdentityName, { client, computer, address });
    }
    const socket = client.conn as Socket;
    // No wrong credentials, and nobody to answer: "server unavailable" (MQTT 3.1.1, 3.2.2.3).
    if (client.closed || socket.destroyed)
      throw Object.assign(new Error('it went before it was answered'), { returnCode: 3 });
    this.#clients.set(client, who);
    this.#open.add(client);
    socket.once('close', () => this.#open.delete(client));
    this.#budgets.set(client, {
      messages: new Budget(limits.mqtt.messages),
      bytes: new Budget(limits.mqtt.bytes),
      isTold: false,
    });
    this.#waiting.delete(socket);
    // Revoked while it was let in, before it could be told so.
    if (who.of !== 'controller')
      await this.#demandToken(who, password).catch((error: unknown) => {
        this.#clients.delete(client);
        throw error;
      });
  }

  async #demandToken(who: Exclude<Client, { of: 'controller' }>, password: Buffer): Promise<void> {
    const principal = await this.#options.accounts.authenticate(password.toString('utf8'));
    if (principal?.role !== roleOf(who) || principal.name !== who.id) throw new Error('wrong token');
  }

  /**
   * What a client sends beyond its budget waits, and with it what it sends next (aedes reads on when it has answered): it slows down
   * itself alone. What says where a car is, or stops one, never waits.
   */
  #inItsTurn(
    client: Connection | null,
    who: Client,
    { topic, payload }: Pick<PublishPacket, 'topic' | 'payload'>,
    go: () => void,
  ): void {
    const budget = client === null ? undefined : this.#budgets.get(client);
    const waits = who.of !== 'controller' && !neverWaits.has(channelOf(topic));
    const wait =
      budget === undefined || !waits ? 0 : Math.max(budget.messages.take(1), budget.bytes.take(payload.length));
    if (budget === undefined || wait === 0) {
      go();
      return;
    }
    if (!budget.isTold)
      this.#options.log.warn({ who: nameOf(who) }, 'the broker slows a client down: it sends too much');
    budget.isTold = true;
    setTimeout(go, Math.ceil(wait * 1000)).unref();
  }

  /** Wrong credentials beyond what an address may send: neither answered nor logged, each ends its connection alone. */
  #isGuessing({ conn }: Connection, { returnCode }: Partial<AuthenticateError>): boolean {
    const socket = conn as Socket;
    if (returnCode !== undefined || isOwnMachine(socket)) return false;
    return this.#wrong.of(addressKey(socket.remoteAddress ?? '')).ask() > 0;
  }

  #denied(client: Connection | null, what: string): Error {
    const known = client === null ? undefined : this.#clients.get(client);
    const who = known === undefined ? 'nobody' : nameOf(known);
    this.#options.log.warn({ who, what }, 'the broker denied something');
    return new Error(`${who} may not ${what}`);
  }
}

const nameOf = (client: Client): string => (client.of === 'controller' ? client.of : `${client.of}:${client.id}`);

const channelOf = (topic: string): string => topic.slice(topic.lastIndexOf('/') + 1);

const roleOf = (who: Exclude<Client, { of: 'controller' }>) => (who.of === 'staff' ? who.role : who.of);
