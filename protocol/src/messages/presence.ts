import { z } from 'zod';
import { Micros, Sha256 } from '../brand.js';
import { Envelope } from './envelope.js';

/**
 * Retained, QoS 1. `online` is published on every connect, `offline` before a clean end, and the last will says
 * `lost`. A will was written before the connection was lost, so its `at` and `seq` are those of the connect.
 */
const status = z.enum(['online', 'offline', 'lost']);

export const LoadedModel = z.object({ hash: Sha256, name: z.string().min(1).max(200) });
export type LoadedModel = z.infer<typeof LoadedModel>;

export const CarPresence = z.object({
  ...Envelope.shape,
  status,
  version: z.string(),
  profile: z.string(),
  model: LoadedModel.nullable(),
  /** Of a simulated car: the virtual track's version, and the seed of its looks. */
  simulator: z.object({ version: z.string().min(1), seed: z.number().int().nonnegative() }).optional(),
});
export type CarPresence = z.infer<typeof CarPresence>;

export const GatePresence = z.object({
  ...Envelope.shape,
  status,
  version: z.string(),
  profile: z.string(),
  /** Crossings kept by the gate and not yet acknowledged. */
  waiting: z.number().int().nonnegative(),
  /** `gone`: not reachable; `stuck`: it stays at the level of a car that is there, or chatters. */
  sensor: z.enum(['ok', 'gone', 'stuck']),
  /** Edges that the sensor had and could not give since the gate process started. */
  lost: z.number().int().nonnegative(),
  /** µs since then in which nothing watched the sensor: crossings in it are lost. */
  blind: Micros,
  /** False while crossings cannot be written to its disk: they are sent, and lost if the gate ends before they arrive. */
  keeping: z.boolean().optional(),
  /** Where the sensor's stamps come from a clock that people and programs set: how often that was since the process started. */
  wallClock: z.object({ steps: z.number().int().nonnegative() }).optional(),
  battery: z.object({ volts: z.number().nonnegative() }).optional(),
});
export type GatePresence = z.infer<typeof GatePresence>;
