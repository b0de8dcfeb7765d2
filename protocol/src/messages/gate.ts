import { z } from 'zod';
import { BootId, GateId, Micros, SessionId } from '../brand.js';

/**
 * A gate saw something. (gate, bootId, seq) is its identity: `seq` counts within a bootId, the gate keeps it on disk.
 * `at` and `uncertainty` are µs in the gate's own clock. Kept by the gate until acknowledged; may come twice, late, in
 * any order.
 */
export const Crossing = z.object({
  gate: GateId,
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

/** The receiver has these crossings on disk; the gate may forget them. */
export const CrossingAck = z.object({ bootId: BootId, seqs: z.array(z.number().int().nonnegative()).min(1).max(1000) });
export type CrossingAck = z.infer<typeof CrossingAck>;

/** Clock probes, in both directions on one topic: the controller's question, the gate's answer with both of its stamps. */
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
]);
export type GateSync = z.infer<typeof GateSync>;
