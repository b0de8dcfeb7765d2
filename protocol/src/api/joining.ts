import { z } from 'zod';
import { EpochMs, EventId, RaceId, RacerId } from '../brand.js';
import { LinkKey } from './account.js';
import { NewRacer } from './racers.js';

/*
 * Joining an event from a phone, and walk-ins, over HTTP:
 *
 *   POST   /api/v1/events/{event}/join      JoinEvent → 201 JoinedEvent, signed in    anyone, where the event is open for it
 *   POST   /api/v1/events/{event}/walk-ins  WalkIn → 201 WalkedIn                     the event's people
 *   POST   /api/v1/people/claim             ClaimEntry → 204, signed in               whoever has the card
 *   GET    /api/v1/events/{event}/door      → EventDoor                               the event's people
 *   POST   /api/v1/events/{event}/door/pin  → EventDoor with a new PIN                the event's people
 *   GET    /api/v1/events/{event}/minors    → MinorList                               the event's people
 */

/** Six digits, for joining over plain HTTP in the hall. */
export const JoinPin = z.string().regex(/^\d{6}$/, 'must be the six digits that stand beside the QR');

const guardian = z.string().trim().min(1).max(100).describe('who consents, for somebody under age');

const joiner = z.object({
  ...NewRacer.omit({ division: true }).shape,
  /** The event's first race that can be entered where none is named. */
  race: RaceId.optional(),
  guardian: guardian.optional(),
  /** Of somebody under age: shows the alias all the same; without, a neutral name stands on screens and in logs. */
  showAlias: z.boolean().default(false),
});

/** POST /api/v1/events/{event}/join. Who has signed in joins as they are: only `race` is read then. */
export const JoinEvent = joiner.partial({ alias: true }).extend({ pin: JoinPin.optional() });
export type JoinEvent = z.infer<typeof JoinEvent>;

/** Who is in, as the crowd sees them. */
export const JoinedEvent = z.object({
  racer: RacerId,
  alias: z.string(),
  /** Into which race; null: the event has none that can be entered now. */
  race: z.object({ race: RaceId, name: z.string(), kind: z.enum(['track', 'online']) }).nullable(),
});
export type JoinedEvent = z.infer<typeof JoinedEvent>;

/** POST /api/v1/events/{event}/walk-ins: somebody without a phone, entered by staff. */
export const WalkIn = joiner;
export type WalkIn = z.infer<typeof WalkIn>;
/** `key` makes the entry the racer's own account, once: the card carries it as QR, `/claim#KEY`. */
export const WalkedIn = JoinedEvent.extend({ key: LinkKey, expiresAt: EpochMs });
export type WalkedIn = z.infer<typeof WalkedIn>;

/** POST /api/v1/people/claim. */
export const ClaimEntry = z.object({ key: LinkKey });

/** Where phones join, for the event's people to show. */
export const EventDoor = z.object({
  event: EventId,
  /** Null: the event lets nobody in by PIN. */
  pin: JoinPin.nullable(),
  /** Where the hall's plain HTTP is; null: there is none. */
  url: z.string().nullable(),
});
export type EventDoor = z.infer<typeof EventDoor>;

/** Who is under age, what they are called, and who consented: for the event's people alone. */
export const MinorList = z.object({
  minors: z.array(
    z.object({
      racer: RacerId,
      called: z.string(),
      guardian: z.string(),
      /** Whether screens and logs have the alias. */
      shown: z.boolean(),
      recordedBy: z.string(),
      at: EpochMs,
    }),
  ),
});
export type MinorList = z.infer<typeof MinorList>;
