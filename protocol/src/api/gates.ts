import { z } from 'zod';
import { BootId, GateId, Micros } from '../brand.js';
import { Machine, Rival } from './cars.js';

/** A crossing as the controller stamped it. Times in µs; `controllerAt` is null where the two clocks could not be aligned. */
export const RecentCrossing = z.object({
  bootId: BootId,
  seq: z.number().int().nonnegative(),
  /** In the gate's clock. */
  at: Micros,
  /** Of the stamp and the sensor, 95 of 100. */
  uncertainty: Micros,
  /** In the controller's clock, and how far that is from the truth at most. */
  controllerAt: Micros.nullable(),
  controllerBound: Micros.nullable(),
  strength: z.number().optional(),
  transponder: z.string().optional(),
});
export type RecentCrossing = z.infer<typeof RecentCrossing>;

/** How one gate is, as the controller sees it. Counters run since the controller started. */
export const GateHealth = z.object({
  gate: GateId,
  status: z.enum(['online', 'offline', 'lost', 'unknown']),
  profile: z.string().nullable(),
  version: z.string().nullable(),
  sensor: z.enum(['ok', 'gone', 'stuck', 'unknown']),
  /** How long ago it was last heard, and last saw a crossing; null: not yet. */
  lastSeenAgo: Micros.nullable(),
  lastCrossingAgo: Micros.nullable(),
  /** One way, a running mean, µs. */
  linkDelay: Micros.nullable(),
  /** Bound of the clock alignment's error now, µs; 0 where gate and controller share a clock, null before the first probe. */
  clockError: Micros.nullable(),
  /** How much faster than the controller's the gate's clock runs. */
  driftPpm: z.number().nullable(),
  /** Steps of its clock without a restart. */
  clockSteps: z.number().int().nonnegative(),
  crossings: z.number().int().nonnegative(),
  /** Numbers that were skipped and have not come yet. */
  gaps: z.number().int().nonnegative(),
  duplicates: z.number().int().nonnegative(),
  /** As the gate itself says: kept and not yet acknowledged; edges that its sensor could not give; µs in which nothing watched. */
  waiting: z.number().int().nonnegative(),
  lost: z.number().int().nonnegative(),
  blind: Micros,
  batteryVolts: z.number().nonnegative().nullable(),
  /** The computer that is this gate. */
  machine: Machine.nullable(),
  rival: Rival.nullable(),
  /** The latest, oldest first. */
  recent: z.array(RecentCrossing).max(20),
});
export type GateHealth = z.infer<typeof GateHealth>;

export const GateList = z.object({ gates: z.array(GateHealth) });
export type GateList = z.infer<typeof GateList>;

/** What a marshal's key at the line did. */
export const ManualCrossing = z.object({ seq: z.number().int().nonnegative(), at: Micros, uncertainty: Micros });
export type ManualCrossing = z.infer<typeof ManualCrossing>;
