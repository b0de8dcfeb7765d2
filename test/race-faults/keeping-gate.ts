import { readFileSync } from 'node:fs';
import { type Crossing, CrossingAck, GateSync, topics } from '@pitwall/protocol/messages';
import mqtt, { type MqttClient } from 'mqtt';

const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
export const now = (): number => Number(process.hrtime.bigint() / 1000n);

const resendMs = 150;

/** A gate without a sensor: it crosses when told, and keeps each crossing until the controller says that it has it. */
export class KeepingGate {
  readonly id: string;
  /** Every crossing that there ever was, in µs of this host's clock. */
  readonly stamps: number[] = [];
  readonly #token: string;
  readonly #kept = new Map<number, Omit<Crossing, 'sessionId'>>();
  #client: MqttClient | undefined;
  #resend: NodeJS.Timeout | undefined;
  #sessionId = crypto.randomUUID();
  #messages = 0;
  #idle: (() => void)[] = [];

  constructor(id: string, token: string) {
    this.id = id;
    this.#token = token;
  }

  get waiting(): number {
    return this.#kept.size;
  }

  connect(url: string): void {
    const username = `gate:${this.id}`;
    const client = mqtt.connect(url, {
      protocolVersion: 4,
      clientId: username,
      username,
      password: this.#token,
      reconnectPeriod: 50,
      connectTimeout: 2000,
      clean: true,
    });
    this.#client = client;
    // A broker that is down is what this is about.
    client.on('error', () => undefined);
    client.on('connect', () => {
      this.#sessionId = crypto.randomUUID();
      this.#messages = 0;
      client.subscribe(
        [topics.gate(this.id as never, 'ack'), topics.gate(this.id as never, 'sync')],
        { qos: 1 },
        () => {
          this.#publish('presence', this.#presence(), { retain: true });
          this.#sendAll();
        },
      );
    });
    client.on('message', (topic, payload) => this.#hear(topic, JSON.parse(payload.toString('utf8'))));
    this.#resend = setInterval(() => this.#sendAll(), resendMs);
  }

  /** Pulls the plug: what is kept stays kept. */
  async disconnect(): Promise<void> {
    clearInterval(this.#resend);
    const client = this.#client;
    this.#client = undefined;
    await client?.endAsync(true);
  }

  /** @param at µs of this host's clock; @param uncertainty µs */
  cross(at = now(), uncertainty = 10): void {
    const seq = this.stamps.length;
    this.stamps.push(at);
    const crossing = { gate: this.id, bootId, seq, at, uncertainty } as Omit<Crossing, 'sessionId'>;
    this.#kept.set(seq, crossing);
    this.#send(crossing);
  }

  /** Resolves when the controller has everything. */
  async empty(): Promise<void> {
    if (this.#kept.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #sendAll(): void {
    for (const crossing of this.#kept.values()) this.#send(crossing);
  }

  #send(crossing: Omit<Crossing, 'sessionId'>): void {
    this.#publish('crossing', { ...crossing, sessionId: this.#sessionId });
  }

  #publish(channel: 'crossing' | 'presence' | 'sync', message: object, options: { retain?: boolean } = {}): void {
    if (this.#client?.connected !== true) return;
    this.#client.publish(topics.gate(this.id as never, channel), JSON.stringify(message), { qos: 1, ...options });
  }

  #presence(): object {
    return {
      sessionId: this.#sessionId,
      seq: this.#messages++,
      bootId,
      at: now(),
      status: 'online',
      version: 'test',
      profile: 'keeping',
      waiting: this.#kept.size,
      sensor: 'ok',
      blind: 0,
      lost: 0,
    };
  }

  #hear(topic: string, message: unknown): void {
    if (topic.endsWith('/ack')) {
      for (const seq of CrossingAck.parse(message).seqs) this.#kept.delete(seq);
      if (this.#kept.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    const sync = GateSync.parse(message);
    if (sync.type !== 'probe') return;
    const at = now();
    const { probeId, sessionId } = sync;
    this.#publish('sync', { type: 'answer', probeId, sessionId, bootId, receivedAt: at, answeredAt: at });
  }
}
