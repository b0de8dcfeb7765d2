import type { CarId, EpochMs, GateId, LeaderboardId, Micros } from '@pitwall/protocol';
import type { ResultInput, Rival } from '@pitwall/protocol/api';
import type { Armable, CarPresence, LoadedModel } from '@pitwall/protocol/messages';
import type { LogRecord, RunState, SeenCrossing, Stamp } from '@pitwall/protocol/race';
import type { Kysely } from 'kysely';

/** What the desk needs of others; the composition root says who they are. */

export interface DeskClock {
  readonly bootId: Stamp['bootId'];
  now(): Micros;
}

export interface Timers {
  set(action: () => void, ms: number): unknown;
  clear(timer: unknown): void;
}

export type CarOrder = 'start' | 'stop' | 'e-stop' | 'clear';

/** What a car said to an order; `silent` when it said nothing in time. */
export interface CarAnswer {
  readonly outcome: 'done' | 'refused' | 'silent';
  readonly safety: string | null;
  readonly message: string | null;
}

/** What a car answered when it was asked whether it could be armed now. */
export interface CarCheck extends CarAnswer {
  readonly armable?: Armable | undefined;
}

/** Whether a car drives, as it says itself; null where it is not online. */
export interface CarMotion {
  readonly driving: boolean | null;
  readonly safety: string | null;
  readonly reason: string | null;
  /** What its run leaves of the throttle that its crew set, percent; null where it is not online, or does not say. */
  readonly runSpeed: number | null;
  /** What its crew leaves of its throttle, percent; null where it is not online. */
  readonly scale: number | null;
  /** In the controller's clock. */
  readonly at: Stamp;
}

export interface Cars {
  /** `warn`: for so long, in µs, a car that is told to start shows that it is about to, before it moves. */
  order(car: CarId, order: CarOrder, who: string, warn?: Micros): Promise<CarAnswer>;
  /** An e-stop that is taken back as soon as it was answered; refused while one is kept, and left where one was pressed meanwhile. */
  testEStop(car: CarId, who: string): Promise<CarAnswer>;
  /** What its run leaves of the throttle that its crew set, percent. */
  setRunSpeed(car: CarId, percent: number, who: string): Promise<CarAnswer>;
  /** Whether it could be armed and started now; nothing changes. */
  check(car: CarId, who: string): Promise<CarCheck>;
  /** What is known of a car; undefined where nothing was heard of it. */
  about(car: CarId):
    | {
        readonly online: boolean;
        readonly model: LoadedModel | null;
        readonly simulator?: CarPresence['simulator'];
        /** Another computer says that it is this car. */
        readonly rival?: Rival | null;
      }
    | undefined;
}

/** Whether a gate can be relied on now, and why not. */
export interface Gates {
  health(gate: GateId): { readonly ok: boolean; readonly detail: string };
}

/** What a run gives a leaderboard. */
export interface RunResult {
  readonly leaderboard: LeaderboardId;
  readonly result: ResultInput;
}

export interface Outbox {
  enqueue(transaction: Kysely<never>, leaderboard: LeaderboardId, result: ResultInput): Promise<void>;
}

/** Tells the track what happened, after it is on disk. */
export interface RacePublisher {
  publish(record: LogRecord, before: RunState | undefined, after: RunState | undefined): void;
}

/** A crossing with the controller's time for it, as timing stamps it. */
export interface StampedCrossing {
  readonly crossing: SeenCrossing;
  readonly controllerAt: Micros;
  readonly controllerBound: Micros;
  readonly epoch: string;
  readonly rate: { readonly value: number; readonly bound: number };
}

export interface DeskLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export type Epoch = () => EpochMs;
