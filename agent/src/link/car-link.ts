import type { Micros } from '@pitwall/protocol';
import {
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
import { type LinkStatus, MqttLink, type MqttLinkOptions, type PublishOptions } from '@pitwall/runtime/mqtt-link';
import { BrokerWatch, type BrokerWatchParts } from './broker-watch.js';
import { CommandDesk, type CommandDeskParts } from './command-desk.js';

export interface LinkSettings {
  /** `mqtt://` or `mqtts://` */
  readonly url: string;
  readonly password: string;
  /** PEM of the authority that signed the broker's certificate. */
  readonly ca?: string;
  /** What makes each connection; absent: the network. */
  readonly connect?: NonNullable<MqttLinkOptions['connect']>;
}

type Body<T extends Envelope> = Omit<T, keyof Envelope>;

export interface CarLinkParts extends Omit<CommandDeskParts, 'reply'>, Omit<BrokerWatchParts, 'ping'> {
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

/** Bytes that wait for the network, above which telemetry is lost instead of collected. */
const congested = 65_536;

/** The car's side of MQTT: says what the car does, and has commands performed. */
export class CarLink {
  readonly #parts: CarLinkParts;
  readonly #desk: CommandDesk;
  readonly #broker: BrokerWatch;
  readonly #link: MqttLink;
  /** The connection on which a preview is not yet acknowledged. */
  #showing: string | undefined;

  constructor(parts: CarLinkParts) {
    this.#parts = parts;
    const { settings, car, computer, bootId, now, random } = parts;
    this.#link = new MqttLink({
      ...settings,
      username: `car:${car}`,
      clientId: clientIdOf(`car:${car}`, computer),
      keepaliveS: 2,
      connectTimeoutMs: 3000,
      backOff: { firstMs: 250, mostMs: 5000 },
      clock: { bootId, now: () => now() as Micros },
      random,
      presence: (status, envelope) => ({
        topic: topics.car(car, 'presence'),
        message: this.#presence(status, envelope),
      }),
      // The car stops, and its supervisor starts it anew: carrying on with unknown state is worse.
      onDefect: (error) => {
        throw error;
      },
    });
    this.#desk = new CommandDesk({ ...parts, reply: (reply) => this.#reply(reply) });
    this.#broker = new BrokerWatch({ ...parts, ping: () => this.#link.ping() });
    this.#wire();
  }

  get online(): boolean {
    return this.#link.isUp;
  }

  /** Returns at once; the connection comes and goes by itself. */
  start(): void {
    this.#broker.start();
    this.#link.start();
  }

  /** Says offline, then ends. Idempotent. */
  async stop(): Promise<void> {
    this.#broker.stop();
    await this.#link.stop();
  }

  /** The latest state, kept by the broker. Nothing is sent (or queued) while the link is lost: the next birth says it. */
  publishState(): void {
    this.#publish('state', (envelope) => ({ ...envelope, ...this.#parts.state() }) satisfies CarState, {
      retain: true,
    });
  }

  publishPresence(): void {
    this.#publish('presence', (envelope) => this.#presence('online', envelope), { retain: true });
  }

  publishEvent(happening: CarEvent['happening']): void {
    this.#publish('event', (envelope) => ({ ...envelope, happening }) satisfies CarEvent);
  }

  publishTelemetry(telemetry: Body<Telemetry>): void {
    // A slow link loses telemetry instead of collecting it.
    if (this.#link.unsentBytes > congested) return;
    this.#publish('telemetry', (envelope) => ({ ...envelope, ...telemetry }) satisfies Telemetry, { qos: 0 });
  }

  /**
   * The first to go: one is on its way at a time, so that a slow link delays nothing but the next picture.
   * @returns whether it was sent
   */
  publishPreview(preview: Body<Preview>): boolean {
    const { sessionId, isUp, unsentBytes } = this.#link;
    if (!isUp || sessionId === this.#showing || unsentBytes > 0) return false;
    this.#showing = sessionId;
    this.#publish('preview', (envelope) => ({ ...envelope, ...preview }) satisfies Preview, {
      done: () => {
        if (this.#showing === sessionId) this.#showing = undefined;
      },
    });
    return true;
  }

  #wire(): void {
    const { car, onLap, onCrossing, onConnected, onDisconnected } = this.#parts;
    const link = this.#link;
    link.subscribeRaw(topics.car(car, 'command'), ({ message }) => this.#desk.hear(message.toString('utf8')));
    // A broker that does not let a car hear these loses the black box some marks, and nothing else.
    if (onLap !== undefined) link.subscribe(topics.everyRace('lap'), LapMessage, ({ message }) => onLap(message), true);
    if (onCrossing !== undefined)
      link.subscribe(topics.everyGate('crossing'), Crossing, ({ message }) => onCrossing(message), true);
    link.onHeard(() => this.#broker.heard());
    link.onUp(() => {
      this.publishState();
      onConnected();
    });
    link.onDown(({ why, isTaken }) =>
      onDisconnected(
        isTaken
          ? `another computer, or another agent on this one, is car ${car} already; give each car an id and a token of its own`
          : why,
      ),
    );
  }

  #presence(status: LinkStatus, envelope: Envelope): CarPresence {
    const { presence, computer } = this.#parts;
    return { ...envelope, ...presence(), computer, status };
  }

  #reply(reply: Omit<CarReply, keyof Envelope | 'safety'>): void {
    const { safety } = this.#parts.state();
    this.#publish('reply', (envelope) => ({ ...envelope, ...reply, safety }) satisfies CarReply);
  }

  /** Only what is sent has a number: a gap means a loss. */
  #publish(
    channel: Exclude<CarChannel, 'command'>,
    message: (envelope: Envelope) => object,
    options?: PublishOptions,
  ): void {
    if (this.#link.isUp)
      this.#link.publish(topics.car(this.#parts.car, channel), message(this.#link.envelope()), options);
  }
}
