import type { Socket } from 'node:net';
import { errorLine, isPitwallError, type Micros, parseJson, SessionId } from '@pitwall/protocol';
import { type Address, addressOf, Computer, computerIn, type Envelope } from '@pitwall/protocol/messages';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { type BackOff, backOffMs } from './back-off.js';
import type { Clock } from './clock.js';

export type LinkStatus = 'online' | 'offline' | 'lost';

/** As pino has it. */
interface Log {
  debug(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface MqttLinkOptions {
  /** `mqtt://host:port`, or `mqtts://` over TLS. */
  readonly url: string;
  /** `controller`, `gate:ID` or `car:ID`. */
  readonly username: string;
  /** Absent: the user name. A car or gate process says on which computer it runs. */
  readonly clientId?: string;
  readonly password: string;
  /** Certificate authority of the broker in PEM, where it is not one the system knows. */
  readonly ca?: string | undefined;
  /** The broker is asked for a sign of life after so long without one, s. */
  readonly keepaliveS?: number;
  readonly connectTimeoutMs?: number;
  readonly backOff?: BackOff;
  readonly clock: Clock;
  /** Absent: nothing is logged, and {@link MqttLink.onDown} tells of each loss. */
  readonly log?: Log;
  /** What this client says of itself: retained, `online` on every connect, `lost` as its will, `offline` before the end. */
  readonly presence?: (status: LinkStatus, envelope: Envelope) => { topic: string; message: object };
  /** An exception of a handler that is no refusal; absent: it is logged. */
  readonly onDefect?: (error: unknown) => void;
  /** 0 to 1. */
  readonly random?: () => number;
  /** What makes each connection; absent: the network. */
  readonly connect?: (url: string, options: IClientOptions) => MqttClient;
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

/** A connection that ended, or could not be made. */
export interface LinkLoss {
  readonly why: string;
  /** The broker says that another client has this one's identity. */
  readonly isTaken: boolean;
  /** Until the next try. */
  readonly waitMs: number;
}

export interface PublishOptions {
  readonly retain?: boolean;
  readonly qos?: 0 | 1;
  /** Called once, when the broker has it (QoS 1) or will not get it. */
  readonly done?: () => void;
}

interface Subscription {
  readonly filter: string;
  readonly optional: boolean;
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

/** While another has the identity, every try is one for nothing. */
const takenBackOff = { firstMs: 10_000, mostMs: 10_000 };
/** Who hears of another with its identity so soon after it came, µs, came second; it takes that long to be told. */
const newcomer = 3_000_000;
/** CONNACK of MQTT 3.1.1 (3.2.2.3): what Pitwall's broker says to the second computer with one identity. */
const identifierRejected = 2;
/** Tries for nothing while another has the identity; so many of them between two lines in the log. */
const sayEvery = 30;
interface Own {
  readonly topic: string;
  readonly instance: string;
  since: Micros;
}

/** What a namesake says of itself, as far as it matters here. */
const Namesake = z.object({ status: z.literal('online'), computer: Computer });
/** How long an end waits for the broker, ms: a network that is gone does not hold a process. */
const goodbyeMs = 500;

/**
 * A typed MQTT connection, to the embedded broker or to any other. It never queues: while there is no connection
 * {@link publish} answers false, and whoever must not lose a message keeps it and sends it again when told `onUp`.
 * Every connection is a fresh client with a fresh session id, so that its will can name the session that was lost; one owner
 * of the connection, one timer for the next try.
 */
export class MqttLink {
  readonly counters: LinkCounters = { connects: 0, malformed: 0, unsent: 0 };
  readonly #options: MqttLinkOptions;
  readonly #subscriptions: Subscription[] = [];
  readonly #upHandlers: (() => void)[] = [];
  readonly #downHandlers: ((loss: LinkLoss) => void)[] = [];
  readonly #heardHandlers: (() => void)[] = [];
  readonly #warned = new Set<string>();
  #client: MqttClient | undefined;
  #sessionId = SessionId.parse(uuidv7());
  #seq = 0;
  #up = false;
  #stopped = true;
  #attempts = 0;
  /** Its topic, this program on it, and since when it has been there, µs; absent where it does not say on which computer it runs. */
  #own: Own | undefined;
  #saidAgainAt = 0;
  /** How often another had the identity. */
  #taken = 0;
  #gaveWay: MqttClient | undefined;
  #retry: NodeJS.Timeout | undefined;
  #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];

  constructor(options: MqttLinkOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#up;
  }

  /** The present connection's session. */
  get sessionId(): SessionId {
    return this.#sessionId;
  }

  /** Bytes that were published and that the network did not take yet. */
  get unsentBytes(): number {
    return this.#client?.stream.writableLength ?? 0;
  }

  /** The next message's envelope. */
  envelope(): Envelope {
    const { bootId, now } = this.#options.clock;
    return { sessionId: this.#sessionId, seq: this.#seq++, bootId, at: now() };
  }

  /**
   * Handles every message of a filter (such as `topics.everyGate('crossing')`). Call before {@link start}. A payload that
   * does not parse is counted, logged once for each sender, and dropped; so is a handler's error.
   * @param optional the broker may refuse it, and its messages may be lost (QoS 0)
   */
  subscribe<S extends z.ZodType>(
    filter: string,
    schema: S,
    handler: (incoming: Incoming<z.infer<S>>) => void | Promise<void>,
    optional = false,
  ): void {
    this.#subscribe(filter, optional, (payload, about) => {
      const { channel, of, id } = about.from;
      const message = parseJson(schema, payload.toString('utf8'), `The ${channel} of ${of} ${id}`);
      return handler({ message, ...about });
    });
  }

  /** As {@link subscribe}, for payloads that are not JSON, or that the handler parses. */
  subscribeRaw(filter: string, handler: (incoming: Incoming<Buffer>) => void | Promise<void>): void {
    this.#subscribe(filter, false, (payload, about) => handler({ message: payload, ...about }));
  }

  /** Called on every connect, after the subscriptions are in place and presence is out. */
  onUp(handler: () => void): void {
    this.#upHandlers.push(handler);
  }

  /** Called whenever a connection ends by itself or cannot be made. */
  onDown(handler: (loss: LinkLoss) => void): void {
    this.#downHandlers.push(handler);
  }

  /** Called for whatever arrives from the broker, its answer to a {@link ping} too. */
  onHeard(handler: () => void): void {
    this.#heardHandlers.push(handler);
  }

  /** Asks the broker for a sign of life, where there is a connection. */
  ping(): void {
    if (this.#up) this.#client?.sendPing();
  }

  /**
   * Sends, when there is a connection. @returns whether it was handed to one; that it arrived only an answer of the
   * receiver's can tell.
   */
  publish(topic: string, message: object, { retain = false, qos = 1, done }: PublishOptions = {}): boolean {
    const client = this.#client;
    if (client === undefined || !this.#up) {
      this.counters.unsent += 1;
      return false;
    }
    client.publish(topic, JSON.stringify(message), { retain, qos }, (error) => {
      if (error) this.#options.log?.debug({ topic, error: error.message }, 'a message was not delivered');
      done?.();
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

  /** Says goodbye and ends the connection. Idempotent. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#retry);
    const client = this.#client;
    const goodbye = client !== undefined && this.#up ? this.#options.presence?.('offline', this.envelope()) : undefined;
    if (client !== undefined && goodbye !== undefined) {
      const said = client.publishAsync(goodbye.topic, JSON.stringify(goodbye.message), { qos: 1, retain: true });
      await withinMs(goodbyeMs, said);
    }
    this.#up = false;
    this.#client = undefined;
    // Without force: the will would follow a connection that is cut instead of ended.
    if (client !== undefined) await withinMs(goodbyeMs, client.endAsync());
    client?.end(true);
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('The link was stopped.'));
  }

  #subscribe(filter: string, optional: boolean, handle: Subscription['handle']): void {
    const pattern = new RegExp(`^${filter.replaceAll('+', '[^/]+').replace(/#$/, '.*')}$`);
    this.#subscriptions.push({ filter, optional, pattern, handle });
  }

  #connect(): void {
    const { url, username, password, clientId = username, ca, clock, presence } = this.#options;
    const { keepaliveS = 10, connectTimeoutMs = 10_000, connect: open = connect } = this.#options;
    this.#sessionId = SessionId.parse(uuidv7());
    this.#seq = 0;
    const will = presence?.('lost', this.envelope());
    const computer = computerIn(clientId, username);
    this.#own = will && computer && { topic: will.topic, instance: computer.instance, since: clock.now() };
    const options: IClientOptions = {
      protocolVersion: 4,
      // One name, one connection: a second one ends the first, whose will then comes before the second's hello.
      clientId,
      username,
      password,
      clean: true,
      keepalive: keepaliveS,
      connectTimeout: connectTimeoutMs,
      // One owner of reconnects: this class, with jitter, which the client's own fixed period lacks.
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      ...(ca === undefined ? {} : { ca }),
      ...(will === undefined
        ? {}
        : { will: { topic: will.topic, payload: Buffer.from(JSON.stringify(will.message)), qos: 1, retain: true } }),
    };
    const client = open(url, options);
    this.#client = client;
    let why = 'the broker does not answer';
    let isTaken = false;
    client.on('error', (error) => {
      isTaken = (error as { code?: unknown }).code === identifierRejected;
      why = error.message === '' ? String((error as NodeJS.ErrnoException).code ?? error.name) : error.message;
    });
    client.on('packetreceive', () => {
      if (client === this.#client) for (const handler of this.#heardHandlers) handler();
    });
    client.on('message', (topic, payload, { retain }) => {
      if (topic === this.#own?.topic && !retain && client === this.#client) this.#hears(client, this.#own, payload);
      this.#receive(topic, payload, retain, clock.now());
    });
    client.on('connect', () => {
      // Small packets must not wait for the acknowledgement of the one before: an e-stop's way has 60 ms.
      (client.stream as Partial<Socket>).setNoDelay?.(true);
      this.#greet(client).catch((error: Error) => {
        why = error.message;
        client.end(true);
      });
    });
    client.once('close', () => this.#lost(client, why, isTaken || this.#gaveWay === client));
  }

  async #greet(client: MqttClient): Promise<void> {
    // Two handlers of one filter are one subscription: a broker answers each filter once.
    const filters = new Set(this.#subscriptions.filter(({ optional }) => !optional).map(({ filter }) => filter));
    if (filters.size > 0) {
      const grants = await client.subscribeAsync([...filters], { qos: 1 });
      const refused = grants.filter(({ qos }) => qos > 2).map(({ topic }) => topic);
      if (refused.length > 0) this.#options.log?.error({ refused }, 'the broker refused subscriptions');
    }
    for (const { optional, filter } of this.#subscriptions)
      if (optional && !filters.has(filter)) client.subscribe(filter, { qos: 0 }, () => {});
    if (this.#stopped || this.#client !== client || !client.connected) return;
    if (this.#own !== undefined) {
      this.#own.since = this.#options.clock.now();
      // A broker may refuse it: then it knows of namesakes itself, or nobody does.
      client.subscribe(this.#own.topic, { qos: 0 }, () => {});
    }
    const hello = this.#options.presence?.('online', this.envelope());
    // Not waited for: what is published after it comes after it, and an answer to a command may be due at once.
    if (hello !== undefined)
      client.publish(hello.topic, JSON.stringify(hello.message), { qos: 1, retain: true }, () => {});
    this.#up = true;
    this.#attempts = 0;
    this.#taken = 0;
    this.counters.connects += 1;
    for (const { resolve } of this.#waiting.splice(0)) resolve();
    for (const handler of this.#upHandlers) handler();
  }

  /**
   * A broker elsewhere lets two computers with one identity in (its clients are told apart by their ids). So each listens to what is
   * said in its own name: who was there first says so again, and who came second gives way, as where our own broker refuses it.
   */
  #hears(client: MqttClient, { topic, instance, since }: Own, payload: Buffer): void {
    const said = onlineIn(payload);
    if (said === undefined || said.computer.instance === instance) return;
    const now = this.#options.clock.now();
    if (now - since < newcomer) {
      this.#gaveWay = client;
      this.#up = false;
      // In good order: its will would say that the first one is gone.
      client.end();
    } else if (now - this.#saidAgainAt >= newcomer) {
      this.#saidAgainAt = now;
      const hello = this.#options.presence?.('online', this.envelope());
      if (hello !== undefined) this.publish(topic, hello.message, { retain: true });
    }
  }

  #lost(client: MqttClient, why: string, isTaken: boolean): void {
    if (this.#client !== client) return;
    const wasUp = this.#up;
    this.#up = false;
    client.end(true);
    if (this.#stopped) return;
    const { url, username, log, random, backOff = { firstMs: 250, mostMs: 10_000 } } = this.#options;
    this.#attempts += 1;
    const waitMs = backOffMs(this.#attempts, isTaken ? takenBackOff : backOff, random);
    if (isTaken) this.#sayTaken(username);
    else if (wasUp || this.#attempts === 1 || this.#attempts % 10 === 0)
      log?.warn({ url: withoutSecret(url), reason: why, waitMs }, 'no connection to the broker; trying again');
    this.#retry = setTimeout(() => this.#connect(), waitMs);
    for (const handler of this.#downHandlers) handler({ why, isTaken, waitMs });
  }

  #sayTaken(username: string): void {
    if (this.#taken % sayEvery === 0)
      this.#options.log?.error(
        {},
        `another computer, or another program on this one, is ${username} already: give each an id and a token of its own (trying again)`,
      );
    this.#taken += 1;
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
    const { log, onDefect } = this.#options;
    const code = isPitwallError(error) ? error.code : undefined;
    if (code === undefined && onDefect !== undefined) {
      onDefect(error);
      return;
    }
    if (code === 'message-invalid') this.counters.malformed += 1;
    const key = `${from.of}/${from.id}/${from.channel}/${code ?? 'defect'}`;
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    log?.warn(
      { of: from.of, id: from.id, channel: from.channel, error: errorLine(error) },
      'a message was dropped; more of the same sender are counted only',
    );
  }
}

/** Undefined where it says anything else. */
function onlineIn(payload: Buffer): z.infer<typeof Namesake> | undefined {
  try {
    return parseJson(Namesake, payload.toString('utf8'), 'Presence');
  } catch {
    return undefined;
  }
}

/** When it is done, fails, or takes longer than that. */
async function withinMs(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}

function withoutSecret(url: string): string {
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  return parsed.href;
}
