import { errorLine, type Micros, type PitwallError, parse, parseJson, SessionId } from '@pitwall/protocol';
import { type Address, addressOf, type Envelope } from '@pitwall/protocol/messages';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import type { Clock } from './clock.js';

export interface LinkOptions {
  /** `mqtt://host:port`, or `mqtts://` over TLS. */
  readonly url: string;
  /** `controller`, `gate:ID` or `car:ID`. */
  readonly username: string;
  /** Absent: the user name. A gate process says on which computer it runs. */
  readonly clientId?: string;
  readonly password: string;
  /** Certificate authority of the broker in PEM, where it is not one the system knows. */
  readonly ca?: string;
  /** Takes that certificate whatever name it carries: one's own. */
  readonly anyName?: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  /** What this client says of itself: retained, `online` on every connect, `lost` as its will, `offline` before the end. */
  readonly presence?: (status: 'online' | 'offline' | 'lost', envelope: Envelope) => { topic: string; message: object };
  /** 0 to 1. */
  readonly random?: () => number;
}

/** A message as it came, after its shape was checked. */
export interface Incoming<T> {
  readonly message: T;
  readonly from: Address;
  /** When it was read from the socket, on this process's clock. */
  readonly receivedAt: Micros;
  /** The broker had kept it: old news. */
  readonly retained: boolean;
}

interface Subscription {
  readonly filter: string;
  readonly pattern: RegExp;
  readonly handle: (payload: Buffer, about: Omit<Incoming<never>, 'message'>) => void | Promise<void>;
}

export interface LinkCounters {
  connects: number;
  /** Payloads that did not have the shape they must have. */
  malformed: number;
  /** Messages that could not be sent, because there was no connection. */
  unsent: number;
}

const firstRetryMs = 250;
const lastRetryMs = 10_000;
/** CONNACK of MQTT 3.1.1 (3.2.2.3): what Pitwall's broker says to the second computer with one identity. */
const identifierRejected = 2;
/** Tries for nothing while another has the identity; so many of them between two lines in the log. */
const sayEvery = 30;

/**
 * A typed MQTT connection, to the embedded broker or to any other. It never queues: while there is no connection
 * {@link publish} answers false, and whoever must not lose a message keeps it and sends it again when told `onUp`.
 * Every connection is a fresh client with a fresh session id, so that its will can name the session that was lost.
 */
export class Link {
  readonly counters: LinkCounters = { connects: 0, malformed: 0, unsent: 0 };
  readonly #options: LinkOptions;
  readonly #subscriptions: Subscription[] = [];
  readonly #upHandlers: (() => void)[] = [];
  readonly #warned = new Set<string>();
  #client: MqttClient | undefined;
  #sessionId = SessionId.parse(uuidv7());
  #seq = 0;
  #up = false;
  #stopped = true;
  #attempts = 0;
  /** How often another had the identity. */
  #taken = 0;
  #retry: NodeJS.Timeout | undefined;
  #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#up;
  }

  /** The present connection's session. */
  get sessionId(): SessionId {
    return this.#sessionId;
  }

  /** The next message's envelope. */
  envelope(): Envelope {
    const { bootId, now } = this.#options.clock;
    return { sessionId: this.#sessionId, seq: this.#seq++, bootId, at: now() };
  }

  /**
   * Handles every message of a filter (such as `topics.everyGate('crossing')`). Call before {@link start}. A payload that
   * does not parse is counted, logged once for each sender, and dropped; so is a handler's error.
   */
  subscribe<S extends z.ZodType>(
    filter: string,
    schema: S,
    handler: (incoming: Incoming<z.infer<S>>) => void | Promise<void>,
  ): void {
    this.#subscribe(filter, (payload, about) => {
      const { channel, of, id } = about.from;
      const message = parseJson(schema, payload.toString('utf8'), `The ${channel} of ${of} ${id}`);
      return handler({ message, ...about });
    });
  }

  /** As {@link subscribe}, for payloads that are not JSON (pictures). */
  subscribeRaw(filter: string, handler: (incoming: Incoming<Buffer>) => void | Promise<void>): void {
    this.#subscribe(filter, (payload, about) => handler({ message: payload, ...about }));
  }

  /** Called on every connect, after the subscriptions are in place and presence is out. */
  onUp(handler: () => void): void {
    this.#upHandlers.push(handler);
  }

  /**
   * Sends, when there is a connection. @returns whether it was handed to one; that it arrived only an answer of the
   * receiver's can tell.
   */
  publish(topic: string, message: object, options: { retain?: boolean; qos?: 0 | 1 } = {}): boolean {
    const client = this.#client;
    if (client === undefined || !this.#up) {
      this.counters.unsent += 1;
      return false;
    }
    const { retain = false, qos = 1 } = options;
    client.publish(topic, JSON.stringify(message), { retain, qos }, (error) => {
      if (error) this.#options.log.debug({ topic, error: error.message }, 'a message was not delivered');
    });
    return true;
  }

  /** Connects, and reconnects until {@link stop}. A broker that is not there yet is waited for. */
  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#connect();
  }

  /** Resolves while there is a connection, or when there is one. @throws when the link is stopped before. */
  ready(): Promise<void> {
    if (this.#up) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Says goodbye and ends the connection. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#retry);
    const client = this.#client;
    if (client !== undefined && this.#up) {
      const goodbye = this.#options.presence?.('offline', this.envelope());
      if (goodbye !== undefined)
        await client
          .publishAsync(goodbye.topic, JSON.stringify(goodbye.message), { qos: 1, retain: true })
          .catch(() => undefined);
    }
    this.#up = false;
    this.#client = undefined;
    await client?.endAsync(true).catch(() => undefined);
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('The link was stopped.'));
  }

  #subscribe(filter: string, handle: Subscription['handle']): void {
    const pattern = new RegExp(`^${filter.replaceAll('+', '[^/]+').replace(/#$/, '.*')}$`);
    this.#subscriptions.push({ filter, pattern, handle });
  }

  #connect(): void {
    const { url, username, password, clientId = username, ca, anyName = false, clock, log, presence } = this.#options;
    this.#sessionId = parse(SessionId, uuidv7(), 'session id');
    this.#seq = 0;
    const envelope = this.envelope();
    const will = presence?.('lost', envelope);
    const options: IClientOptions = {
      protocolVersion: 4,
      // One name, one connection: a second one ends the first, whose will then comes before the second's hello.
      clientId,
      username,
      password,
      clean: true,
      keepalive: 10,
      connectTimeout: 10_000,
      // One owner of reconnects: this class, with jitter, which the client's own fixed period lacks.
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      ...(ca === undefined ? {} : { ca }),
      ...(anyName ? { checkServerIdentity: () => undefined } : {}),
      ...(will === undefined
        ? {}
        : { will: { topic: will.topic, payload: Buffer.from(JSON.stringify(will.message)), qos: 1, retain: true } }),
    };
    const client = connect(url, options);
    this.#client = client;
    let reason: string | undefined;
    let isSecond = false;
    client.on('error', (error) => {
      isSecond = (error as { code?: unknown }).code === identifierRejected;
      reason = error.message;
    });
    client.on('message', (topic, payload, { retain }) => this.#receive(topic, payload, retain, clock.now()));
    client.on('connect', () => {
      this.#greet(client).catch((error: Error) => {
        reason = error.message;
        client.end(true);
      });
    });
    client.once('close', () => {
      if (this.#client !== client) return;
      const wasUp = this.#up;
      this.#up = false;
      client.end(true);
      if (this.#stopped) return;
      const delay = isSecond ? lastRetryMs : Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(this.#attempts, 10));
      this.#attempts += 1;
      const waitMs = Math.round(delay * (0.5 + (this.#options.random ?? Math.random)() / 2));
      if (isSecond) this.#sayTaken(username);
      else if (wasUp || this.#attempts === 1 || this.#attempts % 10 === 0)
        log.warn({ url: withoutSecret(url), reason, waitMs }, 'no connection to the broker; trying again');
      this.#retry = setTimeout(() => this.#connect(), waitMs);
    });
  }

  #sayTaken(username: string): void {
    if (this.#taken % sayEvery === 0)
      this.#options.log.error(
        `another computer, or another program on this one, is ${username} already: give each an id and a token of its own (trying again)`,
      );
    this.#taken += 1;
  }

  async #greet(client: MqttClient): Promise<void> {
    // Two handlers of one filter are one subscription: a broker answers each filter once.
    const filters = [...new Set(this.#subscriptions.map(({ filter }) => filter))];
    if (filters.length > 0) {
      const grants = await client.subscribeAsync(filters, { qos: 1 });
      const refused = grants.filter(({ qos }) => qos > 2).map(({ topic }) => topic);
      if (refused.length > 0) this.#options.log.error({ refused }, 'the broker refused subscriptions');
    }
    const hello = this.#options.presence?.('online', this.envelope());
    if (hello !== undefined)
      await client.publishAsync(hello.topic, JSON.stringify(hello.message), { qos: 1, retain: true });
    if (this.#stopped || this.#client !== client || !client.connected) return;
    this.#up = true;
    this.#attempts = 0;
    this.#taken = 0;
    this.counters.connects += 1;
    for (const { resolve } of this.#waiting.splice(0)) resolve();
    for (const handler of this.#upHandlers) handler();
  }

  #receive(topic: string, payload: Buffer, retained: boolean, receivedAt: Micros): void {
    const from = addressOf(topic);
    if (from === undefined) return;
    for (const { pattern, handle } of this.#subscriptions) {
      if (!pattern.test(topic)) continue;
      // A payload may be hostile and a handler may have a defect; neither may end the connection.
      try {
        const done = handle(payload, { from, receivedAt, retained });
        if (done !== undefined) done.catch((error: unknown) => this.#refused(from, error));
      } catch (error) {
        this.#refused(from, error);
      }
    }
  }

  #refused(from: Address, error: unknown): void {
    if ((error as PitwallError).code === 'message-invalid') this.counters.malformed += 1;
    const key = `${from.of}/${from.id}/${from.channel}/${(error as PitwallError).code ?? 'defect'}`;
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    this.#options.log.warn(
      { of: from.of, id: from.id, channel: from.channel, error: errorLine(error) },
      'a message was dropped; more of the same sender are counted only',
    );
  }
}

function withoutSecret(url: string): string {
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  return parsed.href;
}
