import type { BootId, GateId, Micros } from '@pitwall/protocol';
import type { GateHealth, RecentCrossing } from '@pitwall/protocol/api';
import type { Crossing, GatePresence, JournalId } from '@pitwall/protocol/messages';
import type { Holder } from '../link/index.js';
import { CrossingNumbers } from './crossing-numbers.js';
import { GateClock } from './gate-clock.js';
import { type Signs, troubleOf } from './trouble.js';

const keptLives = 8;
const keptRecent = 20;

/** Acknowledgements that wait to be sent, of one journal in one life of the clock. */
export interface ToAck {
  readonly journal: JournalId | undefined;
  readonly bootId: BootId;
  readonly seqs: number[];
}

/** What is known of one gate, and what is under way. */
export class GateRecord {
  readonly gate: GateId;
  readonly clock: GateClock;
  readonly holder: Holder;
  readonly phase: number;
  /** Crossings that are being recorded, by life, number and time. */
  readonly pending = new Map<string, Promise<void>>();
  readonly toAck = new Map<BootId, ToAck>();
  readonly probes = new Map<number, Micros>();
  /** Crossings that wait for their clock's alignment. */
  readonly waiters = new Set<() => void>();
  readonly signs: Signs;
  presence: GatePresence | undefined;
  bootId: BootId | undefined;
  clockAt: Micros | undefined;
  answers = 0;
  delayUs: number | undefined;
  duplicates = 0;
  reused = 0;
  crossings = 0;
  readonly #numbers = new Map<BootId, CrossingNumbers>();
  readonly #recent: RecentCrossing[] = [];

  constructor(gate: GateId, own: BootId, holder: Holder, phase: number) {
    this.gate = gate;
    this.holder = holder;
    this.clock = new GateClock(own);
    this.phase = phase;
    this.signs = {
      gate,
      presence: undefined,
      heardAt: undefined,
      unanswered: 0,
      answers: false,
      lost: undefined,
      lostAt: undefined,
      lostSince: 0,
      crossingAt: undefined,
      repeats: undefined,
      passage: undefined,
    };
  }

  numbersOf(life: BootId): CrossingNumbers {
    const known = this.#numbers.get(life);
    if (known !== undefined) return known;
    const fresh = new CrossingNumbers();
    this.#numbers.set(life, fresh);
    for (const oldest of this.#numbers.keys()) if (this.#numbers.size > keptLives) this.#numbers.delete(oldest);
    return fresh;
  }

  show(crossing: Crossing, controllerAt: Micros | null, controllerBound: Micros | null): void {
    const { gate: _, journal: __, sessionId: ___, ...shown } = crossing;
    this.#recent.push({ ...shown, controllerAt, controllerBound });
    if (this.#recent.length > keptRecent) this.#recent.shift();
  }

  health(now: Micros): Omit<GateHealth, 'machine' | 'rival'> {
    const { presence, bootId, clockAt, signs } = this;
    const clock = bootId === undefined || clockAt === undefined ? undefined : this.clock.latest(bootId, clockAt);
    const ago = (at: Micros | undefined) => (at === undefined ? null : (Math.max(0, now - at) as Micros));
    return {
      gate: this.gate,
      trouble: troubleOf(signs, now),
      status: presence?.status ?? 'unknown',
      profile: presence?.profile ?? null,
      version: presence?.version ?? null,
      sensor: presence?.sensor ?? 'unknown',
      lastSeenAgo: ago(signs.heardAt),
      lastCrossingAgo: ago(signs.crossingAt),
      linkDelay: this.delayUs === undefined ? null : (Math.max(0, Math.round(this.delayUs)) as Micros),
      clockError: clock === undefined ? null : (clock.errorUs as Micros),
      driftPpm: clock === undefined ? null : Math.round(clock.driftPpm * 100) / 100,
      clockSteps: this.clock.steps,
      crossings: this.crossings,
      gaps: [...this.#numbers.values()].reduce((sum, { missing }) => sum + missing, 0),
      duplicates: this.duplicates,
      reused: this.reused,
      waiting: presence?.waiting ?? 0,
      lost: presence?.lost ?? 0,
      blind: presence?.blind ?? (0 as Micros),
      keeping: presence?.keeping ?? true,
      wallClockSteps: presence?.wallClock?.steps ?? null,
      batteryVolts: presence?.battery?.volts ?? null,
      recent: this.#recent,
    };
  }
}
