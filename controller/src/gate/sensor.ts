import type { BootId, Micros } from '@pitwall/protocol';

/** One change at a sensor, stamped before anything else is done with it. */
export interface Edge {
  /** The life of the clock that stamped it. */
  readonly bootId: BootId;
  readonly at: Micros;
  /** What the stamp itself may be wrong by, in µs; the sensor's repeatability comes on top. */
  readonly uncertainty: Micros;
  /** Which of a gate's sensors, from 0. */
  readonly sensor?: number;
  readonly level?: 0 | 1;
  readonly strength?: number;
  readonly transponder?: string;
  /** Its number where the device keeps it until it is told that it need not. */
  readonly kept?: number;
}

export type SensorStatus = 'ok' | 'gone' | 'stuck';

export interface SensorEvents {
  edge(edge: Edge): void;
  /**
   * Its health, at each change and at each try that failed, with a sentence for a person; `since` where it began before now,
   * on the host's clock.
   */
  status(status: SensorStatus, message: string, since?: Micros): void;
  /** Something that a person should know and that changes no health. */
  note(message: string): void;
  /** Edges that the device had and could not give (its memory overflowed, or a number is missing): how many. */
  lost(count: number): void;
  /** Its stamps come from a clock that people and programs set: when that is found, and whenever it was set (how often so far). */
  wallClock?(steps: number): void;
  /** In volts, where the device says it. */
  battery?(volts: number): void;
}

export interface DeviceTimes {
  readonly bootId: BootId;
  readonly receivedAt: Micros;
  readonly answeredAt: Micros;
}

/**
 * What sees the car. `start` resolves when it watches or is trying to, and does not reject for a device that is not
 * there yet: that is a status. Once `stop` was called nothing more is said; it is idempotent, and may come before the start.
 */
export interface Sensor {
  start(events: SensorEvents): Promise<void>;
  stop(): Promise<void>;
  /** Asks the device for its clock, where it stamps by one of its own; undefined when no answer came. */
  probe?(): Promise<DeviceTimes | undefined>;
  /** The device may forget this edge and those before it: they are on disk. */
  keep?(bootId: BootId, kept: number): void;
}
