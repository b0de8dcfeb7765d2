import { z } from 'zod';
import { BootId, GateId, Micros, SessionId } from '../brand.js';

/** Names the file in which a gate counts and keeps its crossings: random characters, made with the file. */
export const JournalId = z
  .string()
  .regex(/^[a-z0-9]{1,16}$/, 'must be 1 to 16 lower-case letters or digits')
  .brand<'JournalId'>();
export type JournalId = z.infer<typeof JournalId>;

/**
 * A gate saw something. (gate, journal, bootId, seq) names it: `seq` counts within a bootId in one journal, on the gate's disk.
 * The same name with another `at` is another crossing all the same. `at` and `uncertainty` are µs in the gate's own clock;
 * an uncertainty of `Number.MAX_SAFE_INTEGER` bounds nothing. Kept by the gate until acknowledged; may come twice, late,
 * in any order.
 */
export const Crossing = z.object({
  gate: GateId,
  /** Left out by gates that count for as long as their clock lives. */
  journal: JournalId.optional(),
  bootId: BootId,
  seq: z.number().int().nonnegative(),
  at: Micros,
  uncertainty: Micros,
  /** Raw level or signal strength, as the sensor gives it. */
  strength: z.number().optional(),
  transponder: z.string().min(1).max(64).optional(),
  /** The session that sends it, not the one that saw it. */
  sessionId: SessionId,
});
export type Crossing = z.infer<typeof Crossing>;

/** The receiver has these crossings on disk; the gate may forget them. `journal` as in the crossings. */
export const CrossingAck = z.object({
  journal: JournalId.optional(),
  bootId: BootId,
  seqs: z.array(z.number().int().nonnegative()).min(1).max(1000),
});
export type CrossingAck = z.infer<typeof CrossingAck>;

/**
 * Clock probes, in both directions on one topic: the controller's question, the gate's answer with both of its stamps. `term`: a controller that was
 * a standby says so, signed; a gate keeps the latest that it heard and says it to each controller that comes, so that one that was replaced hears of it.
 */
export const GateSync = z.discriminatedUnion('type', [
  z.object({ type: z.literal('probe'), probeId: z.number().int().nonnegative(), sessionId: SessionId, sentAt: Micros }),
  z.object({
    type: z.literal('answer'),
    probeId: z.number().int().nonnegative(),
    /** The session that asked. */
    sessionId: SessionId,
    bootId: BootId,
    receivedAt: Micros,
    answeredAt: Micros,
  }),
  z.object({ type: z.literal('term'), statement: z.string().min(1).max(2000) }),
]);
export type GateSync = z.infer<typeof GateSync>;
