import { z } from 'zod';

/**
 * An id that may stand in a topic, a URL or a file name: lower-case letters, digits and hyphens, 1 to 63 characters.
 * MQTT wildcards and separators cannot occur in it.
 */
const idPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const id = () =>
  z
    .string()
    .regex(idPattern, 'must be 1 to 63 lower-case letters, digits or hyphens, and start and end with no hyphen');

export const CarId = id().brand<'CarId'>();
export type CarId = z.infer<typeof CarId>;
export const GateId = id().brand<'GateId'>();
export type GateId = z.infer<typeof GateId>;
export const RaceId = id().brand<'RaceId'>();
export type RaceId = z.infer<typeof RaceId>;
export const EventId = id().brand<'EventId'>();
export type EventId = z.infer<typeof EventId>;
export const LeaderboardId = id().brand<'LeaderboardId'>();
export type LeaderboardId = z.infer<typeof LeaderboardId>;
export const TrackId = id().brand<'TrackId'>();
export type TrackId = z.infer<typeof TrackId>;
/** Who races, whatever they are called: made once ({@link newRacerId}), never changed. */
export const RacerId = id().brand<'RacerId'>();
export type RacerId = z.infer<typeof RacerId>;

/** Crockford's base 32: no letter that passes for a digit. */
const digits = '0123456789abcdefghjkmnpqrstvwxyz';

/** A racer's id from ten random bytes: `r-` and ten letters and digits, 50 bits. It says nothing of the alias. */
export const newRacerId = (random: Uint8Array): RacerId =>
  RacerId.parse(`r-${Array.from(random.subarray(0, 10), (byte) => digits[byte % 32]).join('')}`);

/** Names the life of a clock: the kernel's boot id, or a counter that a chip keeps. */
export const BootId = z.string().min(1).max(64).brand<'BootId'>();
export type BootId = z.infer<typeof BootId>;
/** Names one connection or process; fresh on every connect (UUIDv7). */
export const SessionId = z.uuid().brand<'SessionId'>();
export type SessionId = z.infer<typeof SessionId>;
/** sha256 in lower-case hex. */
export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be a sha256 in 64 lower-case hex digits')
  .brand<'Sha256'>();
export type Sha256 = z.infer<typeof Sha256>;

/** A count of microseconds: a time in some monotonic clock, or a duration. Fits a double for 285 years. */
export const Micros = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).brand<'Micros'>();
export type Micros = z.infer<typeof Micros>;
/** Wall-clock time for people to read, in milliseconds since 1970. Never subtracted to get a duration. */
export const EpochMs = z.number().int().nonnegative().max(8.64e15).brand<'EpochMs'>();
export type EpochMs = z.infer<typeof EpochMs>;
