import { EventEmitter } from 'node:events';
import { computerIn } from '@pitwall/protocol/messages';
import type { MqttLinkOptions } from '@pitwall/runtime/mqtt-link';
import type { Kernel, Program } from './kernel.js';

type Connect = NonNullable<MqttLinkOptions['connect']>;
type ConnectOptions = Parameters<Connect>[1];

interface Message {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
}

/** What a broker of somebody else, or a bridge between two, may do to a message; shares from 0 to 1. */
export interface Trouble {
  readonly lost: number;
  readonly doubled: number;
  /** Comes up to 3 s late, and so after others that were sent later. */
  readonly late: number;
}
const none: Trouble = { lost: 0, doubled: 0, late: 0 };

/**
 * Networks and the broker. A connection is TCP's: in order, late while its way is cut, gone when a side notices. The broker
 * follows MQTT 3.1.1: clean sessions, retained messages, wills after a connection that ended without DISCONNECT (3.1.2.5),
 * keep-alive of one and a half times (3.1.2.10), one connection for a client id (3.1.4); and lets in one computer for each
 * identity, as ours does (controller/src/broker/admission.ts). Keeps nothing over its own end.
 */
export class Network {
  readonly kernel: Kernel;
  readonly broker: Program;
  #trouble: Trouble = none;
  #roughAt = Number.NEGATIVE_INFINITY;
  /** Each message as it reaches a client, and as the broker takes it. */
  delivered: (to: Program, topic: string, payload: string) => void = () => undefined;
  published: (by: Program, topic: string, payload: string) => void = () => undefined;
  /** Anything of the broker reaches a client. */
  heard: (by: Program) => void = () => undefined;
  brokerIsUp = true;
  readonly counts = { messages: 0, lost: 0, doubled: 0, late: 0 };
  readonly #cutUntil = new Map<string, number>();
  readonly #connections = new Set<Connection>();
  readonly #retained = new Map<string, Message>();
  readonly #hearers = new Map<string, Connection[]>();

  constructor(kernel: Kernel, broker: Program) {
    this.kernel = kernel;
    this.broker = broker;
  }

  get trouble(): Trouble {
    return this.#trouble;
  }

  set trouble(trouble: Trouble) {
    this.#trouble = trouble;
    this.#roughAt = this.kernel.now;
  }

  /** For {@link MqttLinkOptions.connect}, as the program whose event it is. */
  readonly connect: Connect = (_url, options) => {
    const program = this.kernel.current as Program;
    return new Connection(this, program, options) as never;
  };

  /** Nothing of a machine gets through for so long, µs. */
  cut(machine: string, micros: number): void {
    this.#cutUntil.set(machine, Math.max(this.#cutUntil.get(machine) ?? 0, this.kernel.now + micros));
  }

  /** Nothing was cut, in trouble or down for so long, µs. */
  isCalm(micros: number): boolean {
    const { now } = this.kernel;
    const inTrouble = this.trouble.lost + this.trouble.late > 0;
    if (inTrouble || !this.brokerIsUp) this.#roughAt = now;
    return now - this.#roughAt > micros && [...this.#cutUntil.values()].every((until) => now - until > micros);
  }

  /** Whether a program has a connection to the broker now. */
  isConnected(program: Program): boolean {
    return [...this.#connections].some((one) => one.program === program && one.connected);
  }

  heal(): void {
    this.#cutUntil.clear();
    this.trouble = none;
  }

  /** When what a machine sends now, or is sent, arrives: after the cut and TCP's patience with it. */
  arrival(machine: string): number {
    const { kernel } = this;
    const until = this.#cutUntil.get(machine) ?? 0;
    const wait = until > kernel.now ? until - kernel.now + kernel.random.between(0, 1_000_000) : 0;
    // Now and then radio is repeated.
    const radio = kernel.chance(0.01) ? kernel.random.between(5_000, 60_000) : kernel.random.between(300, 3_000);
    return kernel.now + wait + radio;
  }

  isCut(machine: string): boolean {
    return (this.#cutUntil.get(machine) ?? 0) > this.kernel.now;
  }

  /** A program was killed: the kernel closes its sockets. With the power gone, nobody tells the other side. */
  killed(program: Program, byPowerCut: boolean): void {
    for (const connection of this.#connections)
      if (connection.program === program && !byPowerCut) connection.breakOff();
  }

  crashBroker(): void {
    this.brokerIsUp = false;
    this.broker.kill();
    this.#retained.clear();
    for (const connection of [...this.#connections]) connection.refusedBy('read ECONNRESET');
    this.#connections.clear();
    this.#hearers.clear();
  }

  startBroker(): void {
    this.brokerIsUp = true;
    this.#roughAt = this.kernel.now;
  }

  /** The broker's side of a connection is there. @returns false: another computer has the identity */
  admit(connection: Connection): boolean {
    const { username = '', clientId = '' } = connection.options;
    for (const other of [...this.#connections]) {
      if (other.options.username !== username || username === 'controller') continue;
      const [mine, its] = [computerIn(clientId, username), computerIn(other.options.clientId ?? '', username)];
      const quiet = this.kernel.now - other.brokerHeardAt > 2_000_000;
      const yields = mine?.instance === its?.instance || (mine?.machine === its?.machine && quiet);
      if (!yields && !other.isClosed) return false;
      other.closedByBroker(true);
    }
    for (const other of [...this.#connections]) if (other.options.clientId === clientId) other.closedByBroker(true);
    this.#connections.add(connection);
    return true;
  }

  left(connection: Connection): void {
    if (this.#connections.delete(connection)) this.#hearers.clear();
  }

  subscribed(connection: Connection, filters: readonly string[]): void {
    this.#hearers.clear();
    for (const message of this.#retained.values())
      if (filters.some((filter) => matches(filter, message.topic))) connection.deliver(message, true);
  }

  /** The broker has a message. */
  take(message: Message, retain: boolean): void {
    if (retain) this.#retained.set(message.topic, message);
    this.counts.messages += 1;
    let hearers = this.#hearers.get(message.topic);
    if (hearers === undefined) {
      hearers = [...this.#connections].filter(({ filters }) => filters.some((one) => matches(one, message.topic)));
      this.#hearers.set(message.topic, hearers);
    }
    for (const hearer of hearers) this.#send(hearer, message);
  }

  #send(to: Connection, message: Message): void {
    const { trouble, kernel, counts } = this;
    if (trouble !== none) {
      const late = () => kernel.random.between(50_000, 3_000_000);
      if (kernel.chance(trouble.lost)) {
        counts.lost += 1;
        return;
      }
      if (message.qos === 1 && kernel.chance(trouble.doubled)) {
        counts.doubled += 1;
        kernel.after(late(), this.broker, () => to.deliver(message, false, true));
      }
      if (kernel.chance(trouble.late)) {
        counts.late += 1;
        kernel.after(late(), this.broker, () => to.deliver(message, false, true));
        return;
      }
    }
    to.deliver(message, false);
  }
}

const patterns = new Map<string, RegExp>();
function matches(filter: string, topic: string): boolean {
  let pattern = patterns.get(filter);
  if (pattern === undefined) {
    pattern = new RegExp(`^${filter.replaceAll('+', '[^/]+').replace(/#$/, '.*')}$`);
    patterns.set(filter, pattern);
  }
  return pattern.test(topic);
}

type Done = (error?: Error, granted?: unknown) => void;

/** A client's connection, with what of mqtt.js a link uses of it. */
class Connection extends EventEmitter {
  readonly program: Program;
  readonly options: ConnectOptions;
  readonly stream = { writableLength: 0, setNoDelay: () => undefined };
  readonly filters: string[] = [];
  connected = false;
  #isOver = false;
  readonly #life: number;
  /** The broker's end is gone. */
  isClosed = false;
  brokerHeardAt = 0;
  readonly #network: Network;
  #heardAt: number;
  #upAt = 0;
  #downAt = 0;

  constructor(network: Network, program: Program, options: ConnectOptions) {
    super();
    this.#network = network;
    this.program = program;
    this.#life = program.life;
    this.options = options;
    const { kernel } = network;
    this.#heardAt = kernel.now;
    const give = kernel.after((options.connectTimeout ?? 30_000) * 1000, program, () => {
      if (!this.connected) this.#end('connack timeout');
    });
    this.#up(() => {
      if (this.isOver) return;
      if (!network.brokerIsUp) return this.refusedBy('connect ECONNREFUSED');
      this.brokerHeardAt = kernel.now;
      if (!network.admit(this)) return this.refusedBy('Connection refused: Identifier rejected', 2);
      this.#watchKeepalive();
      this.#down(() => {
        give.cancel();
        this.connected = true;
        this.#watchBroker();
        this.emit('connect');
      });
    });
  }

  /** The client's end is gone: it was closed, or its program was killed, maybe before the broker had heard of it. */
  get isOver(): boolean {
    return this.#isOver || this.program.life !== this.#life;
  }

  publish(topic: string, payload: string, options: { retain?: boolean; qos?: 0 | 1 }, done?: Done): this {
    const { retain = false, qos = 0 } = options;
    const { program } = this;
    this.#up(() => {
      this.brokerHeardAt = this.#network.kernel.now;
      this.#network.published(program, topic, payload);
      this.#network.take({ topic, payload, qos }, retain);
      // PUBACK (3.4); nothing answers QoS 0.
      if (qos === 1) this.#down(() => done?.());
    });
    if (qos === 0) done?.();
    return this;
  }

  publishAsync(topic: string, payload: string, options: { retain?: boolean; qos?: 0 | 1 }): Promise<void> {
    return new Promise((resolve) => this.publish(topic, payload, options, () => resolve()));
  }

  subscribe(filters: string | string[], _options: object, done?: Done): this {
    const all = [filters].flat();
    this.#up(() => {
      this.filters.push(...all);
      this.#down(() =>
        done?.(
          undefined,
          all.map((topic) => ({ topic, qos: 1 })),
        ),
      );
      this.#network.subscribed(this, all);
    });
    return this;
  }

  subscribeAsync(filters: string[], options: object): Promise<unknown> {
    return new Promise((resolve) => this.subscribe(filters, options, (_error, granted) => resolve(granted)));
  }

  sendPing(): void {
    this.#up(() => {
      this.brokerHeardAt = this.#network.kernel.now;
      this.#down(() => undefined);
    });
  }

  /** By force: the connection is cut, not ended. */
  end(_force = false): this {
    if (this.isOver) return this;
    this.#isOver = true;
    this.connected = false;
    this.breakOff();
    return this;
  }

  endAsync(): Promise<void> {
    return new Promise((resolve) => {
      this.#up(() => {
        this.closedByBroker(false);
        resolve();
      });
    });
  }

  /** The broker sends a message. @param isLoose not in TCP's order: it was elsewhere before */
  deliver({ topic, payload }: Message, retain: boolean, isLoose = false): void {
    if (this.isClosed) return;
    const arrive = () => {
      this.#network.delivered(this.program, topic, payload);
      this.emit('message', topic, Buffer.from(payload), { retain });
    };
    if (isLoose)
      this.#network.kernel.after(1000, this.program, () => {
        if (!this.isOver) arrive();
      });
    else this.#down(arrive);
  }

  /** The broker hears that the client's socket is closed, and tells its will. */
  breakOff(): void {
    const { kernel, broker } = this.#network;
    kernel.at(this.#network.arrival(this.program.machine.name), broker, () => this.closedByBroker(true));
  }

  closedByBroker(withWill: boolean): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#network.left(this);
    const { will } = this.options;
    if (withWill && will !== undefined) {
      const message: Message = { topic: will.topic, payload: String(will.payload), qos: 1 };
      this.#network.published(this.program, message.topic, message.payload);
      this.#network.take(message, will.retain ?? false);
    }
    this.#notice('the broker closed the connection');
  }

  refusedBy(why: string, code?: number): void {
    this.isClosed = true;
    this.#network.left(this);
    this.#notice(why, code);
  }

  #notice(why: string, code?: number): void {
    const { kernel } = this.#network;
    kernel.at(this.#network.arrival(this.program.machine.name), this.program, () => this.#end(why, code));
  }

  #end(why: string, code?: number): void {
    if (this.isOver) return;
    this.#isOver = true;
    this.connected = false;
    if (!this.isClosed) this.breakOff();
    this.emit('error', Object.assign(new Error(why), code === undefined ? {} : { code }));
    this.emit('close');
  }

  #up(arrive: () => void): void {
    if (this.isOver) return;
    const { kernel, broker } = this.#network;
    this.#upAt = Math.max(this.#upAt, this.#network.arrival(this.program.machine.name));
    kernel.at(this.#upAt, broker, () => {
      if (!this.isClosed) arrive();
    });
  }

  #down(arrive: () => void): void {
    this.#downAt = Math.max(this.#downAt, this.#network.arrival(this.program.machine.name));
    this.#network.kernel.at(this.#downAt, this.program, () => {
      if (this.isOver) return;
      this.#heardAt = this.#network.kernel.now;
      this.#network.heard(this.program);
      this.emit('packetreceive');
      arrive();
    });
  }

  get #patience(): number {
    return (this.options.keepalive ?? 60) * 1_500_000;
  }

  /** mqtt.js asks after each keep-alive without a word, and gives up half a one later. */
  #watchBroker(): void {
    const { kernel } = this.#network;
    kernel.after((this.options.keepalive ?? 60) * 1_000_000, this.program, () => {
      if (this.isOver) return;
      if (kernel.now - this.#heardAt > this.#patience) return this.#end('Keepalive timeout');
      this.sendPing();
      this.#watchBroker();
    });
  }

  #watchKeepalive(): void {
    const { kernel, broker } = this.#network;
    kernel.after(this.#patience, broker, () => {
      if (this.isClosed) return;
      if (kernel.now - this.brokerHeardAt > this.#patience) this.closedByBroker(true);
      else this.#watchKeepalive();
    });
  }
}
