import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type BootId, CarId, type Micros } from '@pitwall/protocol';
import {
  type CarAction,
  CarCommand,
  CarEvent,
  CarPresence,
  CarReply,
  CarState,
  Preview,
  Telemetry,
  topics,
} from '@pitwall/protocol/messages';
import { Aedes } from 'aedes';
import mqtt, { type MqttClient } from 'mqtt';
import { nextStep } from './next-step.js';

type Heard =
  | { readonly channel: 'presence'; readonly message: CarPresence }
  | { readonly channel: 'state'; readonly message: CarState }
  | { readonly channel: 'telemetry'; readonly message: Telemetry }
  | { readonly channel: 'preview'; readonly message: Preview }
  | { readonly channel: 'event'; readonly message: CarEvent }
  | { readonly channel: 'reply'; readonly message: CarReply };
type MessageOf<C extends Heard['channel']> = Extract<Heard, { channel: C }>['message'];
const schemas = {
  presence: CarPresence,
  state: CarState,
  telemetry: Telemetry,
  preview: Preview,
  event: CarEvent,
  reply: CarReply,
};

/** A broker and someone at the track who gives one car its commands: the other end of the agent's link. */
export class TrackClient {
  readonly car: CarId;
  readonly password = 'a-password-of-the-car';
  port = 0;
  #broker: Aedes | undefined;
  #server: Server | undefined;
  #client: MqttClient | undefined;
  readonly heard: Heard[] = [];
  readonly #waiting = new Set<() => void>();
  #next = 0;

  constructor(car = 'car-1') {
    this.car = CarId.parse(car);
  }

  async start(): Promise<void> {
    const broker = await Aedes.createBroker();
    broker.authenticate = (client, username, password, done) => {
      const own =
        client.id.startsWith('track') || (username === `car:${this.car}` && String(password) === this.password);
      done(null, own);
    };
    this.#broker = broker;
    const server = createServer({ noDelay: true }, broker.handle);
    this.#server = server;
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as { port: number }).port;
    const client = mqtt.connect(`mqtt://127.0.0.1:${this.port}`, {
      protocolVersion: 4,
      clientId: `track-${process.pid}`,
    });
    this.#client = client;
    client.on('message', (topic, payload) => {
      const channel = topic.split('/').at(-1) as Heard['channel'];
      const message = schemas[channel].parse(JSON.parse(payload.toString()));
      this.heard.push({ channel, message } as Heard);
      for (const look of this.#waiting) look();
    });
    await new Promise<void>((resolve) => client.once('connect', () => resolve()));
    // As the car does: a command must not wait for the acknowledgement of what was said before.
    (client.stream as Socket).setNoDelay(true);
    await client.subscribeAsync(
      (['presence', 'state', 'telemetry', 'preview', 'event', 'reply'] as const).map((c) => topics.car(this.car, c)),
      {
        qos: 1,
      },
    );
  }

  /** The broker goes away without a word, as when its computer loses power. */
  async stop(): Promise<void> {
    this.#client?.end(true);
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    await new Promise<void>((resolve) => this.#broker!.close(() => resolve()));
    server.close();
  }

  /** The first message of the channel that fits, of those heard since the last `mark`, or the next one that comes. */
  until<C extends Heard['channel']>(
    channel: C,
    fits: (message: MessageOf<C>) => boolean = () => true,
  ): Promise<Awaited<MessageOf<C>>> {
    return this.#comes(channel, this.#next, fits);
  }

  #comes<C extends Heard['channel']>(
    channel: C,
    first: number,
    fits: (message: MessageOf<C>) => boolean,
    withinMs = 90_000,
  ): Promise<Awaited<MessageOf<C>>> {
    let from = first;
    return new Promise((resolve, reject) => {
      const look = () => {
        for (; from < this.heard.length; from++) {
          const one = this.heard[from]!;
          if (one.channel !== channel || !fits(one.message as MessageOf<C>)) continue;
          this.#waiting.delete(look);
          clearTimeout(late);
          resolve(one.message as Awaited<MessageOf<C>>);
          return;
        }
      };
      const late = setTimeout(() => {
        this.#waiting.delete(look);
        const last = this.heard.slice(-5).map(({ channel: c, message }) => `${c} ${JSON.stringify(message)}`);
        reject(new Error(`no such ${channel} within ${withinMs} ms; the last heard:\n${last.join('\n')}`));
      }, withinMs);
      this.#waiting.add(look);
      look();
    });
  }

  /** The car is in that state already, or comes into it; `insist` is done again and again until then. */
  async reaches(fits: (state: CarState) => boolean, insist?: () => void): Promise<CarState> {
    const latest = this.heard.findLast(({ channel }) => channel === 'state')?.message as CarState | undefined;
    if (latest !== undefined && fits(latest)) return latest;
    const coming = this.#comes('state', this.heard.length, fits);
    insist?.();
    const repeat = insist === undefined ? undefined : setInterval(insist, 500);
    try {
      return await coming;
    } finally {
      clearInterval(repeat);
    }
  }

  /** Until it holds; each look waits for what the car says next. */
  async sees(holds: () => boolean): Promise<void> {
    while (!holds()) {
      this.mark();
      await this.until('telemetry');
    }
  }

  /** Forgets what was heard so far. */
  mark(): void {
    this.#next = this.heard.length;
  }

  /** What was heard since the last `mark`; forgets all but the last message, which tells the car's clock. */
  takeHeard(): readonly Heard[] {
    const since = this.heard.slice(this.#next);
    this.heard.splice(0, this.heard.length - 1);
    this.mark();
    return since;
  }

  /** Forgets that anything was ever heard: another agent plays the car. */
  forget(): void {
    this.heard.length = 0;
    this.#next = 0;
  }

  /** The car's clock, as far as it was heard. */
  clock(): { readonly bootId: BootId; readonly at: Micros } {
    const { bootId, at } = this.heard.at(-1)!.message;
    return { bootId, at };
  }

  /** Gives a command and returns at once with its id. */
  give(action: CarAction, over: Partial<CarCommand> = {}): string {
    const { bootId, at } = this.clock();
    const command = CarCommand.parse({
      commandId: crypto.randomUUID(),
      who: 'marshal',
      expires: { bootId, at: at + 5_000_000 },
      action,
      ...over,
    });
    this.#client!.publish(topics.car(this.car, 'command'), JSON.stringify(command), { qos: 1 });
    return command.commandId;
  }

  /** Gives a command and waits for the car's answer. */
  async command(action: CarAction, over: Partial<CarCommand> = {}): Promise<CarReply> {
    this.mark();
    const id = this.give(action, over);
    return this.until('reply', (reply) => reply.commandId === id);
  }

  /** As `command`, and gives it anew where the link broke before the answer, as a marshal would. */
  async insist(action: CarAction): Promise<CarReply> {
    this.mark();
    const ids = new Set([this.give(action)]);
    const again = setInterval(() => ids.add(this.give(action)), 3000);
    try {
      return await this.until('reply', ({ commandId }) => ids.has(commandId));
    } finally {
      clearInterval(again);
    }
  }

  /** Arms, again where there was no fresh frame at just that moment. */
  async arm(manual = false): Promise<CarReply> {
    let reply = await this.command({ type: 'arm', manual });
    for (const late = Date.now() + 5000; Date.now() < late && reply.code === 'arming-refused'; ) {
      await pause(40);
      reply = await this.command({ type: 'arm', manual });
    }
    return reply;
  }

  /** Until it drives: clears, arms and starts it, again where a busy machine stopped it meanwhile. */
  async drive(): Promise<void> {
    for (;;) {
      const { safety } = await this.insist({ type: 'throttle-scale', percent: 100 });
      if (safety === 'driving') return;
      const { code } = await this.insist({ type: nextStep[safety] });
      // There was no fresh frame at just that moment.
      if (code === 'arming-refused') await pause(40);
    }
  }

  /** Says what the track says: to whoever listens there. */
  tell(topic: string, message: object): void {
    this.#client!.publish(topic, JSON.stringify(message), { qos: 1 });
  }

  send(payload: string): void {
    this.#client!.publish(topics.car(this.car, 'command'), payload, { qos: 1 });
  }
}
