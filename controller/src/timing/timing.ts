import { type BootId, type GateId, type Micros, PitwallError } from '@pitwall/protocol';
import type { GateHealth, GateTrouble } from '@pitwall/protocol/api';
import { Crossing, GatePresence, GateSync, topics } from '@pitwall/protocol/messages';
import type { Clock } from '@pitwall/runtime';
import type { Incoming, MqttLink } from '@pitwall/runtime/mqtt-link';
import type { Logger } from 'pino';
import { Holder, type Identities } from '../link/index.js';
import type { Bounded } from './alignment.js';
import { lifeOf } from './clock-lives.js';
import { unbounded } from './gate-clock.js';
import { GateRecord } from './gate-record.js';
import { crossingCame, duplicateCame, heard, presenceCame, troubleOf } from './trouble.js';

/** A crossing with the controller's time for it. */
export interface StampedCrossing {
  readonly crossing: Crossing;
  /** When it happened, on the controller's clock. */
  readonly controllerAt: Micros;
  /** How far `controllerAt` is from the truth at most, beside the crossing's own uncertainty. `Number.MAX_SAFE_INTEGER`: unknown. */
  readonly controllerBound: Micros;
  /** Names the undisturbed run of the gate's clock: its bootId, and `+1`, `+2`… after steps without a restart. */
  readonly epoch: BootId;
  /** Controller µs for one of the gate's, as it is known now: about 1. */
  readonly rate: Bounded;
}

/** `known`: it was there already. `reused`: it is new, under a number that another crossing has. */
export type RecordedAs = 'new' | 'known' | 'reused';

export interface GateNews {
  readonly gate: GateId;
  readonly trouble: GateTrouble | null;
}

export interface TimingOptions {
  readonly link: Pick<MqttLink, 'subscribe' | 'publish' | 'sessionId'>;
  readonly clock: Clock;
  readonly identities: Pick<Identities, 'of' | 'held' | 'claimed' | 'rivalGone'>;
  /** Resolves when it is on disk; called again with the same crossing it changes nothing. */
  readonly record: (stamped: StampedCrossing) => Promise<RecordedAs>;
  /** Resolves when whoever else must have what is recorded now has it. */
  readonly alsoKept?: (() => Promise<void>) | undefined;
  /** What this controller says of its term, where it was a standby, and what gates say of others'. */
  readonly terms?: { readonly statement: string | undefined; heard(statement: string): void } | undefined;
  readonly log: Logger;
  /** How long a crossing waits at most for a good alignment of its clock; 10 s. */
  readonly patienceMs?: number;
}

const tickMs = 10;
/** Ten questions a second while an alignment is young or wide, then two. */
const eagerTicks = 10;
const calmTicks = 50;
const eagerProbes = 1500;
const goodEnoughUs = 200;
/** A crossing is stamped once, for good, so it waits for a good alignment. */
const patienceMs = 10_000;
/** A gate that answers for another life of its clock will hardly answer for this one any more. */
const otherLifePatienceMs = 1000;
const probeTimeoutUs = 5_000_000;
/** How often is looked at how gates are, in ticks. */
const troubleTicks = 25;

/**
 * Crossings of all gates: checked, stamped with the controller's time, given to the record, and acknowledged only when
 * the record has them on disk. Whatever else happens, the gate keeps a crossing and sends it again.
 */
export class Timing {
  readonly #options: TimingOptions;
  readonly #gates = new Map<GateId, GateRecord>();
  #timer: NodeJS.Timeout | undefined;
  #tick = 0;
  #probeId = 0;
  #stopped = true;
  #ackScheduled = false;
  /** Recorded, and not acknowledged before it is kept elsewhere, too. */
  readonly #waitsForOthers = new Set<string>();
  readonly #watchers = new Set<(news: GateNews) => void>();
  readonly #told = new Map<GateId, string>();

  constructor(options: TimingOptions) {
    this.#options = options;
  }

  start(): void {
    const { link } = this.#options;
    this.#stopped = false;
    link.subscribe(topics.everyGate('presence'), GatePresence, (incoming) => this.#onPresence(incoming));
    link.subscribe(topics.everyGate('crossing'), Crossing, (incoming) => this.#onCrossing(incoming));
    link.subscribe(topics.everyGate('sync'), GateSync, (incoming) => this.#onSync(incoming));
    this.#timer = setInterval(() => this.#probe(), tickMs);
  }

  /** Waits for the crossings that are being recorded. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#timer);
    const gates = [...this.#gates.values()];
    for (const { waiters } of gates) for (const resolve of waiters) resolve();
    await Promise.allSettled(gates.flatMap(({ pending }) => [...pending.values()]));
    this.#sendAcks();
  }

  /** How every gate is that was ever heard, by its id. */
  health(): GateHealth[] {
    const now = this.#options.clock.now();
    const { identities } = this.#options;
    return [...this.#gates.values()]
      .map((record) => ({ ...record.health(now), ...identities.of(`gate:${record.gate}`) }))
      .sort((a, b) => (a.gate < b.gate ? -1 : 1));
  }

  /** Why a gate cannot be relied on now; null where it can. */
  trouble(gate: GateId): GateTrouble | null {
    const record = this.#gates.get(gate);
    if (record === undefined)
      return { kind: 'not-online', message: `gate ${gate} was not heard since the controller started` };
    return troubleOf(record.signs, this.#options.clock.now());
  }

  /** Hears of every gate now, and of each that gets into trouble or out of it, within a second. @returns what ends it. */
  watch(watcher: (news: GateNews) => void): () => void {
    this.#watchers.add(watcher);
    for (const gate of this.#gates.keys()) watcher({ gate, trouble: this.trouble(gate) });
    return () => this.#watchers.delete(watcher);
  }

  #onPresence({ message, from, receivedAt, retained }: Incoming<GatePresence>): void {
    const record = this.#recordOf(from.id as GateId);
    if (!record.holder.takesPresence(message, retained ? undefined : receivedAt)) return;
    record.presence = message;
    presenceCame(record.signs, message, receivedAt);
    const statement = this.#options.terms?.statement;
    if (statement !== undefined && message.status === 'online')
      this.#options.link.publish(topics.gate(record.gate, 'sync'), { type: 'term', statement });
    record.probes.clear();
    this.#noteTrouble(record);
  }

  async #onCrossing({ message, from, receivedAt }: Incoming<Crossing>): Promise<void> {
    if (message.gate !== from.id)
      throw new PitwallError(
        'message-invalid',
        `A crossing of gate ${message.gate} came on the topic of gate ${from.id}.`,
      );
    const record = this.#recordOf(message.gate);
    heard(record.signs, receivedAt);
    record.holder.heard(receivedAt);
    const life = lifeOf(message);
    const { seq, at } = message;
    const key = `${life}/${seq}/${at}`;
    if (record.pending.has(key)) {
      record.duplicates += 1;
      return;
    }
    if (record.numbersOf(life).timeOf(seq) === at) {
      record.duplicates += 1;
      duplicateCame(record.signs, receivedAt);
      return this.#acknowledge(record, message, life);
    }
    const recorded = this.#record(record, message, life, receivedAt);
    record.pending.set(key, recorded);
    try {
      await recorded;
    } catch (error) {
      this.#options.log.error(
        { gate: message.gate, bootId: message.bootId, seq, error: (error as Error).message },
        'a crossing could not be recorded; the gate keeps it and sends it again',
      );
    } finally {
      record.pending.delete(key);
    }
  }

  async #record(record: GateRecord, crossing: Crossing, life: BootId, receivedAt: Micros): Promise<void> {
    const { clock } = record;
    if (!clock.isSettled(crossing.bootId)) await this.#settled(record, crossing.bootId);
    // It stays with the gate: the next controller has the time to stamp it well.
    if (this.#stopped && !clock.isSettled(crossing.bootId)) return;
    const { gate, seq } = crossing;
    const { at, bound, rate, epoch } = clock.map(crossing.bootId, crossing.at, receivedAt);
    if (bound === unbounded) this.#options.log.warn({ gate, seq }, 'a crossing of a clock that could not be aligned');
    const numbers = record.numbersOf(life);
    const stamped = { crossing: { ...crossing, bootId: life }, controllerAt: at, controllerBound: bound, epoch, rate };
    const as = await this.#options.record(stamped);
    const before = numbers.timeOf(seq);
    numbers.add(seq, crossing.at);
    this.#acknowledge(record, crossing, life);
    if (as === 'known') {
      record.duplicates += 1;
      duplicateCame(record.signs, receivedAt);
      return;
    }
    record.crossings += 1;
    crossingCame(record.signs, crossing, receivedAt);
    record.show(crossing, bound === unbounded ? null : at, bound === unbounded ? null : bound);
    if (as === 'reused' || before !== undefined) {
      record.reused += 1;
      const message = 'a crossing has the number of another one and another time: both count; is its data a copy?';
      this.#options.log.warn({ gate, bootId: crossing.bootId, seq, reused: record.reused }, message);
    }
  }

  /** Resolves when the life's alignment is good, or cannot be waited for any longer. */
  #settled({ clock, waiters, signs, bootId: answering }: GateRecord, bootId: BootId): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    const { patienceMs: patience = patienceMs } = this.#options;
    const isOver = !clock.isKnown(bootId) && signs.answers && answering !== bootId;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        waiters.delete(waiter);
        resolve();
      };
      const waiter = () => {
        if (this.#stopped || clock.isSettled(bootId)) done();
      };
      const timer = setTimeout(done, isOver ? Math.min(patience, otherLifePatienceMs) : patience);
      waiters.add(waiter);
    });
  }

  /** A gate forgets what is acknowledged. */
  #acknowledge(record: GateRecord, crossing: Crossing, life: BootId): void {
    const { alsoKept } = this.#options;
    if (alsoKept === undefined) {
      this.#acknowledgeNow(record, crossing, life);
      return;
    }
    const key = `${record.gate}/${life}/${crossing.seq}/${crossing.at}`;
    if (this.#waitsForOthers.has(key)) return;
    this.#waitsForOthers.add(key);
    void alsoKept().then(() => {
      this.#waitsForOthers.delete(key);
      this.#acknowledgeNow(record, crossing, life);
    });
  }

  #acknowledgeNow(record: GateRecord, { journal, bootId, seq }: Crossing, life: BootId): void {
    const waiting = record.toAck.get(life);
    if (waiting === undefined) record.toAck.set(life, { journal, bootId, seqs: [seq] });
    else waiting.seqs.push(seq);
    if (this.#ackScheduled) return;
    this.#ackScheduled = true;
    setImmediate(() => this.#sendAcks());
  }

  #sendAcks(): void {
    this.#ackScheduled = false;
    for (const { gate, toAck } of this.#gates.values()) {
      for (const { journal, bootId, seqs } of toAck.values())
        for (let i = 0; i < seqs.length; i += 1000) {
          const ack = { journal, bootId, seqs: seqs.slice(i, i + 1000) };
          this.#options.link.publish(topics.gate(gate, 'ack'), ack);
        }
      toAck.clear();
    }
  }

  #probe(): void {
    this.#tick += 1;
    const now = this.#options.clock.now();
    for (const record of this.#gates.values()) {
      const { gate, phase, probes, presence, answers, clockAt, bootId } = record;
      if (this.#tick % troubleTicks === phase % troubleTicks) this.#noteTrouble(record);
      if (presence !== undefined && presence.status !== 'online') continue;
      if (this.#tick % eagerTicks !== phase % eagerTicks) continue;
      const error = bootId === undefined ? undefined : record.clock.latest(bootId, clockAt ?? (0 as Micros))?.errorUs;
      const calm = answers > eagerProbes && error !== undefined && error < goodEnoughUs;
      if (this.#tick % (calm || error === 0 ? calmTicks : eagerTicks) !== phase % eagerTicks) continue;
      for (const [id, sentAt] of probes) if (now - sentAt > probeTimeoutUs) probes.delete(id);
      record.signs.unanswered += 1;
      const probeId = this.#probeId++;
      const sentAt = this.#options.clock.now();
      const message: GateSync = { type: 'probe', probeId, sessionId: this.#options.link.sessionId, sentAt };
      if (this.#options.link.publish(topics.gate(gate, 'sync'), message, { qos: 0 })) probes.set(probeId, sentAt);
    }
  }

  #onSync({ message, from, receivedAt }: Incoming<GateSync>): void {
    if (message.type === 'term') this.#options.terms?.heard(message.statement);
    if (message.type !== 'answer') return;
    const record = this.#recordOf(from.id as GateId);
    const sentAt = record.probes.get(message.probeId);
    if (sentAt === undefined || message.sessionId !== this.#options.link.sessionId) return;
    record.probes.delete(message.probeId);
    heard(record.signs, receivedAt);
    record.holder.heard(receivedAt);
    record.signs.answers = true;
    record.bootId = message.bootId;
    record.clockAt = message.answeredAt;
    record.answers += 1;
    const { receivedAt: gateReceived, answeredAt } = message;
    const delay = (receivedAt - sentAt - (answeredAt - gateReceived)) / 2;
    record.delayUs = record.delayUs === undefined ? delay : record.delayUs + (delay - record.delayUs) / 16;
    record.clock.add(message.bootId, { sentAt, receivedAt: gateReceived, answeredAt, returnedAt: receivedAt });
    for (const waiter of record.waiters) waiter();
  }

  #noteTrouble({ gate, signs }: GateRecord): void {
    const trouble = troubleOf(signs, this.#options.clock.now());
    const told = trouble?.kind ?? '';
    if (this.#told.get(gate) === told) return;
    this.#told.set(gate, told);
    if (trouble === null) this.#options.log.info({ gate }, 'the gate is well');
    else this.#options.log.warn({ gate, trouble: trouble.kind }, trouble.message);
    for (const watcher of this.#watchers) watcher({ gate, trouble });
  }

  #recordOf(gate: GateId): GateRecord {
    const known = this.#gates.get(gate);
    if (known !== undefined) return known;
    const { clock, identities } = this.#options;
    const record = new GateRecord(gate, clock.bootId, new Holder(`gate:${gate}`, identities), this.#gates.size);
    this.#gates.set(gate, record);
    return record;
  }
}
