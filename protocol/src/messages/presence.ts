import { z } from 'zod';
import { Micros, Sha256 } from '../brand.js';
import { SpokenProtocol } from '../spoken-protocol.js';
import { Envelope } from './envelope.js';
import { Architecture } from './versions.js';

/**
 * Retained, QoS 1. `online` is published on every connect, `offline` before a clean end, and the last will says
 * `lost`. A will was written before the connection was lost, so its `at` and `seq` are those of the connect.
 */
const status = z.enum(['online', 'offline', 'lost']);

/**
 * The computer that speaks, so that two with one identity are told apart: a copied SD card has the same token, and the same
 * name as a rule.
 */
export const Computer = z.object({
  /** Its name, for people. */
  host: z.string().regex(/^[\w.-]{1,63}$/, 'must be 1 to 63 letters, digits, dots, hyphens or underscores'),
  /** Tells it from every other: its serial number where it has one, else this life of its kernel. */
  machine: z.string().regex(/^[0-9a-f]{12}$/, 'must be 12 hex digits'),
  /** One life of the program: made anew at every start. */
  instance: z.string().regex(/^[0-9a-f]{12}$/, 'must be 12 hex digits'),
});
export type Computer = z.infer<typeof Computer>;

export const LoadedModel = z.object({ hash: Sha256, name: z.string().min(1).max(200) });
export type LoadedModel = z.infer<typeof LoadedModel>;

export const CarPresence = z.object({
  ...Envelope.shape,
  status,
  version: z.string(),
  /** Absent: the first. */
  protocol: SpokenProtocol.optional(),
  /** Absent where a program does not say it. */
  architecture: Architecture.optional(),
  profile: z.string(),
  model: LoadedModel.nullable(),
  /** Absent where a program does not say it. */
  computer: Computer.optional(),
  /** Of a simulated car: the virtual track's version, and the seed of its looks. */
  simulator: z.object({ version: z.string().min(1), seed: z.number().int().nonnegative() }).optional(),
});
export type CarPresence = z.infer<typeof CarPresence>;

export const GatePresence = z.object({
  ...Envelope.shape,
  status,
  version: z.string(),
  profile: z.string(),
  computer: Computer.optional(),
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
