import { z } from 'zod';
import { BootId, Micros, SessionId } from '../brand.js';

/**
 * What every publisher puts on every message: which session of it speaks, the message's number within that session
 * (from 0, a gap or a repetition shows), and its own monotonic clock in that clock's life.
 */
export const Envelope = z.object({
  sessionId: SessionId,
  seq: z.number().int().nonnegative(),
  bootId: BootId,
  at: Micros,
});
export type Envelope = z.infer<typeof Envelope>;
