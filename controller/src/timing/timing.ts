import { type BootId, type GateId, type Micros, PitwallError } from '@pitwall/protocol';
import type { GateHealth, RecentCrossing } from '@pitwall/protocol/api';
import { Crossing, GatePresence, GateSync, topics } from '@pitwall/protocol/messages';
import type { Logger } from 'pino';
import { type Clock, Holder, type Identities, type Incoming, type Link } from '../link/index.js';
import type { Bounded } from './alignment.js';
import { GateClock, unbounded } from './gate-clock.js';
import { SeqSet } from './seq-set.js';

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

export interface TimingOptions {
  readonly link: Pick<Link, 'subscribe' | 'publish' | 'sessionId'>;
  readonly clock: Clock;
  readonly identities: Pick<Identities, 'of' | 'held' | 'claimed' | 'rivalGone'>;
  /** Resolves when it is on disk; called again with the same crossing it changes nothing. */
  readonly record: (stamped: StampedCrossing) => Promise<void>;
  readonly log: Logger;
}

const tickMs = 10;
/** Ten questions a second while an alignment is young or wide, then two. */
const eagerTicks = 10;
const calmTicks = 50;
const eagerProbes = 1500;
const goodEnoughUs = 200;
/** A crossing that comes before the first answered probe waits this long for it: it is stamped once, for good. */
const patienceMs = 1000;
const probeTimeoutUs = 5_000_000;
const keptRecent = 20;

interface GateRecord {
  readonly gate: GateId;
  readonly holder: Holder;
  readonly clock: GateClock;
  readonly seen: Map<BootId, SeqSet>;
  readonly pending: Map<string, Promise<void>>;
  readonly toAck: Map<BootId, number[]>;
  readonly probes: Map<number, Micros>;
  readonly phase: number;
  presence: GatePresence | undefined;
  lastSeenAt: Micros;
  bootId: BootId | undefined;
  clockAt: Micros | undefined;
  answers: number;
  delayUs: number | undefined;
  duplicates: number;
  crossings: number;
  lastCrossingAt: Micros | undefined;
  readonly recent: RecentCrossing[];
  /** Crossings that wait for their clock's first probe. */
  readonly waiters: Set<{ readonly bootId: BootId; readonly resolve: () => void }>;
}

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
    for (const { waiters } of gates) for (const { resolve } of waiters) resolve();
    await Promise.allSettled(gates.flatMap(({ pending }) => [...pending.values()]));
    this.#sendAcks();
  }

  /** How every gate is that was ever heard, by its id. */
  health(): GateHealth[] {
    const now = this.#options.clock.now();
    const { identities } = this.#options;
    return [...this.#gates.values()]
      .map((record) => ({ ...healthOf(record, now), ...identities.of(`gate:${record.gate}`) }))
      .sort((a, b) => (a.gate < b.gate ? -1 : 1));
  }

  #onPresence({ message, from, receivedAt, retained }: Incoming<GatePresence>): void {
    const record = this.#recordOf(from.id as GateId);
    if (!record.holder.takesPresence(message, retained ? undefined : receivedAt)) return;
    record.presence = message;
    // A retained presence is old news; only the living are seen.
    if (message.status === 'online') record.lastSeenAt = receivedAt;
    record.probes.clear();
  }

  async #onCrossing({ message, from, receivedAt }: Incoming<Crossing>): Promise<void> {
    if (message.gate !== from.id)
      throw new PitwallError(
        'message-invalid',
        `A crossing of gate ${message.gate} came on the topic of gate ${from.id}.`,
      );
    const record = this.#recordOf(message.gate);
    record.lastSeenAt = receivedAt;
    record.holder.heard(receivedAt);
    const key = `${message.bootId}/${message.seq}`;
    const seen = seenOf(record, message.bootId);
    const underWay = record.pending.get(key);
    if (underWay !== undefined) {
      record.duplicates += 1;
      return;
    }
    if (seen.has(message.seq)) {
      record.duplicates += 1;
      return this.#acknowledge(record, message);
    }
    const recorded = this.#record(record, message, receivedAt).then(() => {
      seen.add(message.seq);
      record.crossings += 1;
      record.lastCrossingAt = receivedAt;
      this.#acknowledge(record, message);
    });
    record.pending.set(key, recorded);
    try {
      await recorded;
    } catch (error) {
      this.#options.log.error(
        { gate: message.gate, bootId: message.bootId, seq: message.seq, error: (error as Error).message },
        'a crossing could not be recorded; the gate keeps it and sends it again',
      );
    } finally {
      record.pending.delete(key);
    }
  }

  async #record(record: GateRecord, crossing: Crossing, receivedAt: Micros): Promise<void> {
    if (!record.clock.isAligned(crossing.bootId) && !this.#stopped) await aligned(record, crossing.bootId);
    const { at, bound, rate, epoch } = record.clock.map(crossing.bootId, crossing.at, receivedAt);
    if (bound === unbounded)
      this.#options.log.warn(
        { gate: crossing.gate, seq: crossing.seq },
        'a crossing of a clock that could not be aligned',
      );
    await this.#options.record({ crossing, controllerAt: at, controllerBound: bound, epoch, rate });
    const { gate: _, sessionId: __, ...shown } = crossing;
    const known = bound !== unbounded;
    record.recent.push({ ...shown, controllerAt: known ? at : null, controllerBound: known ? bound : null });
    if (record.recent.length > keptRecent) record.recent.shift();
  }

  #acknowledge(record: GateRecord, { bootId, seq }: Crossing): void {
    const seqs = record.toAck.get(bootId);
    if (seqs === undefined) record.toAck.set(bootId, [seq]);
    else seqs.push(seq);
    if (this.#ackScheduled) return;
    this.#ackScheduled = true;
    setImmediate(() => this.#sendAcks());
  }

  #sendAcks(): void {
    this.#ackScheduled = false;
    for (const { gate, toAck } of this.#gates.values()) {
      for (const [bootId, seqs] of toAck)
        for (let i = 0; i < seqs.length; i += 1000)
          this.#options.link.publish(topics.gate(gate, 'ack'), { bootId, seqs: seqs.slice(i, i + 1000) });
      toAck.clear();
    }
  }

  #probe(): void {
    this.#tick += 1;
    const now = this.#options.clock.now();
    for (const record of this.#gates.values()) {
      const { gate, phase, probes, presence, answers, clockAt, bootId } = record;
      if (presence !== undefined && presence.status !== 'online') continue;
      const error = bootId === undefined ? undefined : record.clock.latest(bootId, clockAt ?? (0 as Micros))?.errorUs;
      const calm = answers > eagerProbes && error !== undefined && error < goodEnoughUs;
      if (this.#tick % (calm || error === 0 ? calmTicks : eagerTicks) !== phase % eagerTicks) continue;
      for (const [id, sentAt] of probes) if (now - sentAt > probeTimeoutUs) probes.delete(id);
      const probeId = this.#probeId++;
      const sentAt = this.#options.clock.now();
      const message: GateSync = { type: 'probe', probeId, sessionId: this.#options.link.sessionId, sentAt };
      if (this.#options.link.publish(topics.gate(gate, 'sync'), message, { qos: 0 })) probes.set(probeId, sentAt);
    }
  }

  #onSync({ message, from, receivedAt }: Incoming<GateSync>): void {
    if (message.type !== 'answer') return;
    const record = this.#recordOf(from.id as GateId);
    const sentAt = record.probes.get(message.probeId);
    if (sentAt === undefined || message.sessionId !== this.#options.link.sessionId) return;
    record.probes.delete(message.probeId);
    record.lastSeenAt = receivedAt;
    record.holder.heard(receivedAt);
    record.bootId = message.bootId;
    record.clockAt = message.answeredAt;
    record.answers += 1;
    const { receivedAt: gateReceived, answeredAt } = message;
    const delay = (receivedAt - sentAt - (answeredAt - gateReceived)) / 2;
    record.delayUs = record.delayUs === undefined ? delay : record.delayUs + (delay - record.delayUs) / 16;
    record.clock.add(message.bootId, { sentAt, receivedAt: gateReceived, answeredAt, returnedAt: receivedAt });
    for (const { bootId, resolve } of record.waiters) if (bootId === message.bootId) resolve();
  }

  #recordOf(gate: GateId): GateRecord {
    const known = this.#gates.get(gate);
    if (known !== undefined) return known;
    const record: GateRecord = {
      gate,
      holder: new Holder(`gate:${gate}`, this.#options.identities),
      clock: new GateClock(this.#options.clock.bootId),
      seen: new Map(),
      pending: new Map(),
      toAck: new Map(),
      probes: new Map(),
      phase: this.#gates.size,
      presence: undefined,
      lastSeenAt: 0 as Micros,
      bootId: undefined,
      clockAt: undefined,
      answers: 0,
      delayUs: undefined,
      duplicates: 0,
      crossings: 0,
      lastCrossingAt: undefined,
      recent: [],
      waiters: new Set(),
    };
    this.#gates.set(gate, record);
    return record;
  }
}

const keptBoots = 8;

function healthOf(record: GateRecord, now: Micros): Omit<GateHealth, 'machine' | 'rival'> {
  const { presence, bootId, clockAt, seen } = record;
  const clock = bootId === undefined || clockAt === undefined ? undefined : record.clock.latest(bootId, clockAt);
  const ago = (at: Micros | undefined) => (at === undefined || at === 0 ? null : (Math.max(0, now - at) as Micros));
  return {
    gate: record.gate,
    status: presence?.status ?? 'unknown',
    profile: presence?.profile ?? null,
    version: presence?.version ?? null,
    sensor: presence?.sensor ?? 'unknown',
    lastSeenAgo: ago(record.lastSeenAt),
    lastCrossingAgo: ago(record.lastCrossingAt),
    linkDelay: record.delayUs === undefined ? null : (Math.max(0, Math.round(record.delayUs)) as Micros),
    clockError: clock === undefined ? null : (clock.errorUs as Micros),
    driftPpm: clock === undefined ? null : Math.round(clock.driftPpm * 100) / 100,
    clockSteps: record.clock.steps,
    crossings: record.crossings,
    gaps: [...seen.values()].reduce((sum, set) => sum + set.missing, 0),
    duplicates: record.duplicates,
    waiting: presence?.waiting ?? 0,
    lost: presence?.lost ?? 0,
    blind: presence?.blind ?? (0 as Micros),
    batteryVolts: presence?.battery?.volts ?? null,
    recent: record.recent,
  };
}

function seenOf(record: GateRecord, bootId: BootId): SeqSet {
  const known = record.seen.get(bootId);
  if (known !== undefined) return known;
  const fresh = new SeqSet();
  record.seen.set(bootId, fresh);
  for (const oldest of record.seen.keys()) if (record.seen.size > keptBoots) record.seen.delete(oldest);
  return fresh;
}

function aligned({ waiters }: GateRecord, bootId: BootId): Promise<void> {
  return new Promise((done) => {
    const resolve = () => {
      clearTimeout(timer);
      waiters.delete(waiter);
      done();
    };
    const timer = setTimeout(resolve, patienceMs);
    const waiter = { bootId, resolve };
    waiters.add(waiter);
  });
}
