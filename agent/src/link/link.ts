import type { Socket } from 'node:net';
import { isPitwallError, type Micros, parseJson, type SessionId } from '@pitwall/protocol';
import {
  addressOf,
  type CarChannel,
  type CarEvent,
  type CarPresence,
  type CarReply,
  type CarState,
  Crossing,
  clientIdOf,
  type Envelope,
  LapMessage,
  type Preview,
  type Telemetry,
  topics,
} from '@pitwall/protocol/messages';
import mqtt, { type MqttClient } from 'mqtt';
import { v7 } from 'uuid';
import { BrokerWatch, type BrokerWatchParts } from './broker-watch.js';
import { CommandDesk, type CommandDeskParts } from './command-desk.js';

export interface LinkSettings {
  /** `mqtt://` or `mqtts://` */
  readonly url: string;
  readonly password: string;
  /** PEM of the authority that signed the broker's certificate. */
  readonly ca?: string;
}

type Body<T extends Envelope> = Omit<T, keyof Envelope>;

export interface LinkParts extends Omit<CommandDeskParts, 'reply'>, Omit<BrokerWatchParts, 'ping'> {
  readonly settings: LinkSettings;
  /** 0…1, for the jitter of the reconnects. */
  readonly random: () => number;
  readonly presence: () => Body<Omit<CarPresence, 'status'> & Envelope>;
  readonly state: () => Body<CarState>;
  /** What the track says of the race, where it lets a car hear it. May come twice. */
  readonly onLap?: (lap: LapMessage) => void;
  readonly onCrossing?: (crossing: Crossing) => void;
  readonly onConnected: () => void;
  readonly onDisconnected: (why: string) => void;
}

/** ms. While another computer has the car's identity, every try is one for nothing. */
const backoff = { first: 250, most: 5000, refused: 10_000 };
/** CONNACK of MQTT 3.1.1 (3.2.2.3): what Pitwall's broker says to the second computer with one identity. */
const identifierRejected = 2;

/**
 * The car's side of MQTT. One owner of the connection, one timer for the next try; each connection is a fresh client
 * with a fresh session id and its own last will, so nothing of an old one is ever sent late.
 */
export class Link {
  readonly #parts: LinkParts;
  readonly #desk: CommandDesk;
  readonly #broker: BrokerWatch;
  #client: MqttClient | undefined;
  /** The connection on which a preview is not yet acknowledged. */
  #showing: MqttClient | undefined;
  #sessionId = '' as SessionId;
  #seq = 0;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #online = false;
  #stopped = false;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#desk = new CommandDesk({ ...parts, reply: (reply) => this.#reply(reply) });
    this.#broker = new BrokerWatch({
      ...parts,
      ping: () => {
        if (this.#online) this.#client?.sendPing();
      },
    });
  }

  get online(): boolean {
    return this.#online;
  }

  /** Returns at once; the connection comes and goes by itself. */
  start(): void {
    if (this.#stopped) return;
    this.#broker.start();
    this.#connect();
  }

  /** Says offline, then ends. Idempotent. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#broker.stop();
    const client = this.#client;
    if (client === undefined) return;
    if (this.#online) {
      const said = client.publishAsync(
        topics.car(this.#parts.car, 'presence'),
        JSON.stringify({
          ...this.#envelope(),
          ...this.#parts.presence(),
          computer: this.#parts.computer,
          status: 'offline',
        } satisfies CarPresence),
        { qos: 1, retain: true },
      );
      await Promise.race([said.catch(() => {}), new Promise((resolve) => setTimeout(resolve, 500))]);
    }
    this.#online = false;
    await Promise.race([client.endAsync(), new Promise((resolve) => setTimeout(resolve, 300))]);
    client.end(true);
  }

  /** The latest state, kept by the broker. Nothing is sent (or queued) while the link is lost: the next birth says it. */
  publishState(): void {
    this.#publish('state', { ...this.#envelope(), ...this.#parts.state() } satisfies CarState, 1, true);
  }

  publishPresence(): void {
    const message = {
      ...this.#envelope(),
      ...this.#parts.presence(),
      computer: this.#parts.computer,
      status: 'online',
    } satisfies CarPresence;
    this.#publish('presence', message, 1, true);
  }

  publishEvent(happening: CarEvent['happening']): void {
    this.#publish('event', { ...this.#envelope(), happening } satisfies CarEvent, 1, false);
  }

  publishTelemetry(telemetry: Body<Telemetry>): void {
    // A slow link loses telemetry instead of collecting it.
    if ((this.#client?.stream.writableLength ?? 0) > 65_536) return;
    this.#publish('telemetry', { ...this.#envelope(), ...telemetry } satisfies Telemetry, 0, false);
  }

  /**
   * The first to go: one is on its way at a time, so that a slow link delays nothing but the next picture.
   * @returns whether it was sent
   */
  publishPreview(preview: Body<Preview>): boolean {
    const client = this.#client;
    if (!this.#online || client === undefined || client === this.#showing || client.stream.writableLength > 0)
      return false;
    this.#showing = client;
    const message = { ...this.#envelope(), ...preview } satisfies Preview;
    client.publish(topics.car(this.#parts.car, 'preview'), JSON.stringify(message), { qos: 1 }, () => {
      if (this.#showing === client) this.#showing = undefined;
    });
    return true;
  }

  #connect(): void {
    const { settings, car } = this.#parts;
    this.#sessionId = v7() as SessionId;
    this.#seq = 0;
    const will = {
      ...this.#envelope(),
      ...this.#parts.presence(),
      computer: this.#parts.computer,
      status: 'lost',
    } satisfies CarPresence;
    const client = mqtt.connect(settings.url, {
      protocolVersion: 4,
      clientId: clientIdOf(`car:${car}`, this.#parts.computer),
      username: `car:${car}`,
      password: settings.password,
      clean: true,
      keepalive: 2,
      connectTimeout: 3000,
      reconnectPeriod: 0,
      queueQoSZero: false,
      will: { topic: topics.car(car, 'presence'), payload: Buffer.from(JSON.stringify(will)), qos: 1, retain: true },
      ...(settings.ca === undefined ? {} : { ca: settings.ca }),
    });
    this.#client = client;
    let why = 'the broker does not answer';
    let refused = false;
    client.on('error', (error) => {
      if ((error as { code?: unknown }).code === identifierRejected) {
        refused = true;
        why = `another computer, or another agent on this one, is car ${car} already; give each car an id and a token of its own`;
        return;
      }
      why = error.message === '' ? String((error as NodeJS.ErrnoException).code ?? error.name) : error.message;
    });
    client.on('connect', () => {
      // Small packets must not wait for the acknowledgement of the one before: an e-stop's way has 60 ms.
      (client.stream as Partial<Socket>).setNoDelay?.(true);
      void this.#birth(client);
    });
    client.on('packetreceive', () => {
      if (client === this.#client) this.#broker.heard();
    });
    client.on('message', (topic, payload) => {
      if (topic === topics.car(car, 'command')) this.#desk.hear(payload.toString('utf8'));
      else this.#hearOfRace(topic, payload.toString('utf8'));
    });
    client.once('close', () => this.#lost(client, why, refused));
  }

  async #birth(client: MqttClient): Promise<void> {
    try {
      await client.subscribeAsync(topics.car(this.#parts.car, 'command'), { qos: 1 });
    } catch {
      client.end(true);
      return;
    }
    if (client !== this.#client || this.#stopped) return;
    // A broker that does not let a car hear these loses the black box some marks, and nothing else.
    if (this.#parts.onLap !== undefined || this.#parts.onCrossing !== undefined) {
      client.subscribe([topics.everyRace('lap'), topics.everyGate('crossing')], { qos: 0 }, () => {});
    }
    this.#online = true;
    this.#failures = 0;
    this.publishPresence();
    this.publishState();
    this.#parts.onConnected();
  }

  #lost(client: MqttClient, why: string, refused: boolean): void {
    if (client !== this.#client) return;
    client.end(true);
    this.#client = undefined;
    this.#online = false;
    if (this.#stopped) return;
    this.#parts.onDisconnected(why);
    const most = refused ? backoff.refused : Math.min(backoff.first * 2 ** this.#failures, backoff.most);
    const wait = most * (0.5 + this.#parts.random());
    this.#failures = Math.min(this.#failures + 1, 10);
    this.#retry = setTimeout(() => this.#connect(), wait);
  }

  #hearOfRace(topic: string, text: string): void {
    const address = addressOf(topic);
    try {
      if (address?.of === 'race') this.#parts.onLap?.(parseJson(LapMessage, text, 'A lap'));
      if (address?.of === 'gate') this.#parts.onCrossing?.(parseJson(Crossing, text, 'A crossing'));
    } catch (error) {
      // A mark less in the black box.
      if (!isPitwallError(error)) throw error;
    }
  }

  #reply(reply: Omit<CarReply, keyof Envelope | 'safety'>): void {
    const message = { ...this.#envelope(), ...reply, safety: this.#parts.state().safety } satisfies CarReply;
    this.#publish('reply', message, 1, false);
  }

  #envelope(): Envelope {
    const seq = this.#seq;
    this.#seq += 1;
    return { sessionId: this.#sessionId, seq, bootId: this.#parts.bootId, at: this.#parts.now() as Micros };
  }

  #publish(channel: Exclude<CarChannel, 'command' | 'preview'>, message: object, qos: 0 | 1, retain: boolean): void {
    if (!this.#online) return;
    this.#client?.publish(topics.car(this.#parts.car, channel), JSON.stringify(message), { qos, retain }, () => {});
  }
}
