import type { Socket } from 'node:net';
import {
  type BootId,
  type CarId,
  isPitwallError,
  type Micros,
  PitwallError,
  parseJson,
  type SessionId,
} from '@pitwall/protocol';
import {
  addressOf,
  type CalibrationAnswer,
  type CarChannel,
  type CarCommand,
  CarCommand as CarCommandSchema,
  type CarEvent,
  type CarPresence,
  type CarReply,
  type CarState,
  Crossing,
  type Envelope,
  LapMessage,
  type Preview,
  type Telemetry,
  topics,
} from '@pitwall/protocol/messages';
import mqtt, { type MqttClient } from 'mqtt';
import { v7 } from 'uuid';
import type { Now } from '../hardware/index.js';

export interface LinkSettings {
  /** `mqtt://` or `mqtts://` */
  readonly url: string;
  readonly password: string;
  /** PEM of the authority that signed the broker's certificate. */
  readonly ca?: string;
}

type Body<T extends Envelope> = Omit<T, keyof Envelope>;

export interface LinkParts {
  readonly settings: LinkSettings;
  readonly car: CarId;
  readonly bootId: BootId;
  readonly now: Now;
  /** 0…1, for the jitter of the reconnects. */
  readonly random: () => number;
  readonly presence: () => Body<Omit<CarPresence, 'status'> & Envelope>;
  readonly state: () => Body<CarState>;
  /** Performs it, and says what the reply carries beside `done`. @throws PitwallError when it is refused. */
  readonly command: (command: CarCommand) => CommandAnswer | Promise<CommandAnswer>;
  /** What the track says of the race, where it lets a car hear it. May come twice. */
  readonly onLap?: (lap: LapMessage) => void;
  readonly onCrossing?: (crossing: Crossing) => void;
  readonly onConnected: () => void;
  readonly onDisconnected: (why: string) => void;
  /** Nothing was heard of the broker for this long, in µs: whatever TCP still believes. */
  readonly patience: number;
  readonly onSilent: () => void;
  /** The broker is heard again. */
  readonly onHeard: () => void;
}

/** Nothing, or what was asked for. */
export type CommandAnswer = (CalibrationAnswer & Pick<CarReply, 'recordings' | 'part'>) | undefined;

const backoff = { first: 250, most: 5000 };
/** How often the broker is asked for a sign of life, in ms. */
const pingMs = 200;
const remembered = 1000;

/**
 * The car's side of MQTT. One owner of the connection, one timer for the next try; each connection is a fresh client
 * with a fresh session id and its own last will, so nothing of an old one is ever sent late.
 */
export class Link {
  readonly #parts: LinkParts;
  readonly #seen = new Set<string>();
  /** Of each session that gave commands, the number of its latest. */
  readonly #latest = new Map<SessionId, number>();
  #client: MqttClient | undefined;
  /** The connection on which a preview is not yet acknowledged. */
  #showing: MqttClient | undefined;
  #sessionId = '' as SessionId;
  #seq = 0;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #online = false;
  #stopped = false;
  #ping: NodeJS.Timeout | undefined;
  #heard = 0 as Micros;
  #silent = false;

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  get online(): boolean {
    return this.#online;
  }

  /** Returns at once; the connection comes and goes by itself. */
  start(): void {
    if (this.#stopped) return;
    this.#heard = this.#parts.now();
    this.#ping = setInterval(() => this.#listen(), pingMs);
    this.#connect();
  }

  /** Says offline, then ends. Idempotent. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#retry);
    clearInterval(this.#ping);
    const client = this.#client;
    if (client === undefined) return;
    if (this.#online) {
      const said = client.publishAsync(
        topics.car(this.#parts.car, 'presence'),
        JSON.stringify({ ...this.#envelope(), ...this.#parts.presence(), status: 'offline' } satisfies CarPresence),
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
    const message = { ...this.#envelope(), ...this.#parts.presence(), status: 'online' } satisfies CarPresence;
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
    const will = { ...this.#envelope(), ...this.#parts.presence(), status: 'lost' } satisfies CarPresence;
    const client = mqtt.connect(settings.url, {
      protocolVersion: 4,
      clientId: `car-${car}`,
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
    client.on('error', (error) => {
      why = error.message === '' ? String((error as NodeJS.ErrnoException).code ?? error.name) : error.message;
    });
    client.on('connect', () => {
      // Small packets must not wait for the acknowledgement of the one before: an e-stop's way has 60 ms.
      (client.stream as Partial<Socket>).setNoDelay?.(true);
      void this.#birth(client);
    });
    client.on('packetreceive', () => {
      if (client === this.#client) this.#hears();
    });
    client.on('message', (topic, payload) => {
      if (topic === topics.car(car, 'command')) this.#hear(payload.toString('utf8'));
      else this.#hearOfRace(topic, payload.toString('utf8'));
    });
    client.once('close', () => this.#lost(client, why));
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

  #lost(client: MqttClient, why: string): void {
    if (client !== this.#client) return;
    client.end(true);
    this.#client = undefined;
    this.#online = false;
    if (this.#stopped) return;
    this.#parts.onDisconnected(why);
    const wait = Math.min(backoff.first * 2 ** this.#failures, backoff.most) * (0.5 + this.#parts.random());
    this.#failures = Math.min(this.#failures + 1, 10);
    this.#retry = setTimeout(() => this.#connect(), wait);
  }

  #listen(): void {
    if (this.#online) this.#client?.sendPing();
    if (this.#silent || this.#parts.now() - this.#heard <= this.#parts.patience) return;
    this.#silent = true;
    this.#parts.onSilent();
  }

  #hears(): void {
    this.#heard = this.#parts.now();
    if (!this.#silent) return;
    this.#silent = false;
    this.#parts.onHeard();
  }

  #hear(text: string): void {
    let command: CarCommand;
    try {
      command = parseJson(CarCommandSchema, text, `A command to the car ${this.#parts.car}`);
    } catch {
      // Nobody can be answered: without an id there is no command.
      return;
    }
    const done = (answer: CommandAnswer) => {
      if (command.action.type !== 'drive') this.#reply(command, { outcome: 'done', ...answer });
    };
    const refused = (error: unknown) => {
      if (!isPitwallError(error)) throw error;
      this.#reply(command, { outcome: 'refused', code: error.code, message: error.message });
    };
    try {
      this.#refuseOld(command);
      const answer = this.#parts.command(command);
      if (answer instanceof Promise) answer.then(done).catch(refused);
      else done(answer);
    } catch (error) {
      refused(error);
    }
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

  /** An e-stop is never too old. */
  #refuseOld({ commandId, expires, action, order }: CarCommand): void {
    if (this.#seen.has(commandId)) {
      throw new PitwallError('command-repeated', 'This command was taken before; a new one wants a new id.');
    }
    this.#seen.add(commandId);
    if (this.#seen.size > remembered) this.#seen.delete(this.#seen.values().next().value!);
    if (action.type === 'e-stop') return;
    if (order !== undefined) this.#refuseOvertaken(order);
    if (expires.bootId !== this.#parts.bootId || expires.at < this.#parts.now()) {
      throw new PitwallError('command-expired', 'The command came after its time; give it again if it is still meant.');
    }
  }

  #refuseOvertaken({ sessionId, seq }: NonNullable<CarCommand['order']>): void {
    if (seq <= (this.#latest.get(sessionId) ?? -1)) {
      throw new PitwallError(
        'command-out-of-order',
        'A later command of this sender was taken; this one came too late.',
      );
    }
    this.#latest.delete(sessionId);
    this.#latest.set(sessionId, seq);
    if (this.#latest.size > remembered) this.#latest.delete(this.#latest.keys().next().value!);
  }

  #reply(command: CarCommand, answer: Omit<CarReply, keyof Envelope | 'commandId' | 'safety'>): void {
    const reply = {
      ...this.#envelope(),
      commandId: command.commandId,
      ...answer,
      safety: this.#parts.state().safety,
    } satisfies CarReply;
    this.#publish('reply', reply, 1, false);
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
