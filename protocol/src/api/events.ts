import { z } from 'zod';
import { CarId, EpochMs, EventId, GateId, LeaderboardId, RaceId, RacerId } from '../brand.js';
import { OnlineRole } from './online-races.js';
import { TimeZone } from './time-zone.js';

/*
 * Events over HTTP: races that belong together. What a path names and whoever asks may not see is 404 `not-found`.
 *
 *   GET    /api/v1/events?when=on|coming|past&limit=&after=   → EventList                          anyone
 *   POST   /api/v1/events                                     CreateEvent → 201 RaceEventView      organizer
 *   GET    /api/v1/events/{event}                             → RaceEventView                      anyone
 *   PUT    /api/v1/events/{event}                             ChangeEvent → RaceEventView          its organizer
 *   DELETE /api/v1/events/{event}                             → 204; races and boards stay         its organizer
 *   POST   /api/v1/events/{event}/shift                       ShiftEvent → RaceEventView           its organizer
 *   POST   /api/v1/events/{event}/clone                       CloneEvent → 201 RaceEventView       its organizer
 *   GET    /api/v1/events/{event}/standings                   → SeasonStandings                    anyone
 *   GET    /api/v1/events/{event}/calendar.ics                → iCalendar                          anyone
 */

/** `league`: anyone may race, in person (a Summit Circuit) or online (a Virtual Circuit). `community`: those whom its organizer invites. */
export const EventKind = z.enum(['league', 'community']);
export type EventKind = z.infer<typeof EventKind>;

/** Who looks after an event beside its organizer. A commentator says what screens show, and shares notes with the others. */
export const EventRole = z.enum(['marshal', 'crew', 'commentator']);
export type EventRole = z.infer<typeof EventRole>;

/** What happens when: a race, or anything else that visitors want to know of. */
const ProgramItem = z
  .object({
    /** Empty: as its race is called. */
    name: z.string().trim().max(100).default(''),
    startsAt: EpochMs,
    endsAt: EpochMs,
    race: RaceId.nullable().default(null),
  })
  .refine(({ startsAt, endsAt }) => startsAt <= endsAt, { message: 'must not be before startsAt', path: ['endsAt'] })
  .refine(({ name, race }) => name !== '' || race !== null, { message: 'must name what is no race', path: ['name'] });
export type ProgramItem = z.infer<typeof ProgramItem>;

/** What an organizer says of an event. */
export const EventSetup = z
  .object({
    name: z.string().trim().min(1).max(100),
    description: z.string().max(2000).default(''),
    /** Where it is, in words; empty for one that is online alone. */
    place: z.string().trim().max(200).default(''),
    kind: EventKind.default('community'),
    /** `link`: in no list; whoever has its address sees it, and nobody guesses that. Chosen when it is created, for good. */
    access: z.enum(['public', 'link']).default('public'),
    /** Whether people join by themselves: `closed`, `open`, or `pin`: over the hall's plain HTTP with a PIN as well. */
    joining: z.enum(['closed', 'open', 'pin']).default('closed'),
    startsAt: EpochMs,
    endsAt: EpochMs,
    /** The hall's. Pages show times in the viewer's. */
    timeZone: TimeZone.default('UTC'),
    program: z.array(ProgramItem).max(200).default([]),
    /** Boards of the event, which its organizer alone changes. */
    boards: z.array(LeaderboardId).max(50).default([]),
    /** What the first, the second … of each of its boards gets on the combined board; empty: there is none. */
    points: z.array(z.number().int().nonnegative()).max(500).default([]),
    /** By the racer's id of a person, or by the name on a token. */
    staff: z
      .array(z.object({ name: z.string().min(1).max(100), role: EventRole }))
      .max(200)
      .default([]),
    cars: z.array(CarId).max(100).default([]),
    gates: z.array(GateId).max(100).default([]),
  })
  .refine(({ startsAt, endsAt }) => startsAt < endsAt, { message: 'must be after startsAt', path: ['endsAt'] })
  .refine(({ program }) => unique(program.flatMap(({ race }) => race ?? [])), {
    message: 'must name each race once',
    path: ['program'],
  })
  .refine(({ boards }) => unique(boards), { message: 'must name each board once', path: ['boards'] });
export type EventSetup = z.infer<typeof EventSetup>;
export type EventSetupInput = z.input<typeof EventSetup>;

const unique = (names: readonly string[]): boolean => new Set(names).size === names.length;

/** POST /api/v1/events. One that has only a link gets an id that nobody can guess. Idempotent by `commandId`. */
export const CreateEvent = z.object({ event: EventId.optional(), commandId: z.uuid(), setup: EventSetup });
export type CreateEvent = z.infer<typeof CreateEvent>;

/** PUT /api/v1/events/{event}. `seen` is the version that was shown; another now is 409 `event-conflict`. */
export const ChangeEvent = z.object({ seen: z.number().int().positive(), setup: EventSetup });
export type ChangeEvent = z.infer<typeof ChangeEvent>;

/** POST /api/v1/events/{event}/shift: what begins at or after `from` comes later (or earlier). Online races keep their own dates. */
export const ShiftEvent = z.object({
  seen: z.number().int().positive(),
  from: EpochMs,
  byMinutes: z.number().int().min(-100_000).max(100_000),
});
export type ShiftEvent = z.infer<typeof ShiftEvent>;

/**
 * POST /api/v1/events/{event}/clone: the same again, beginning at `startsAt`. Its races are made anew, without entries and with
 * boards of their own; staff, cars and gates are taken over. Idempotent by `commandId`.
 */
export const CloneEvent = z.object({
  event: EventId.optional(),
  commandId: z.uuid(),
  name: z.string().trim().min(1).max(100),
  startsAt: EpochMs,
});
export type CloneEvent = z.infer<typeof CloneEvent>;

/** By the controller's clock. */
export const EventPhase = z.enum(['upcoming', 'on', 'over']);
export type EventPhase = z.infer<typeof EventPhase>;

/** Who is ahead, or won. */
const EventWinner = z.object({
  racer: RacerId,
  alias: z.string(),
  /** As the race ranks: µs, or a count of laps in a time. */
  score: z.number(),
});

/** A race of an event, as whoever asks may see it. */
export const EventRace = z.object({
  race: RaceId,
  name: z.string(),
  /** `track`: in person. `live`: in real time with a simulated car. `online`: models are sent. */
  kind: z.enum(['track', 'live', 'online']),
  /** Of races in person and LIVE: draft, open, closed, official; of online ones: upcoming, open, closed. */
  phase: z.enum(['draft', 'upcoming', 'open', 'closed', 'official']),
  /** Only online races have dates of their own. */
  opensAt: EpochMs.nullable(),
  closesAt: EpochMs.nullable(),
  leaderboard: LeaderboardId.nullable(),
  entries: z.number().int().nonnegative(),
  /** Of races that are closed or official. */
  winner: EventWinner.nullable(),
  /** What whoever asks is to an online race; null: it is none. */
  you: OnlineRole.nullable(),
});
export type EventRace = z.infer<typeof EventRace>;

/** An event in a list. */
export const EventSummary = z.object({
  event: EventId,
  name: z.string(),
  kind: EventKind,
  place: z.string(),
  startsAt: EpochMs,
  endsAt: EpochMs,
  timeZone: z.string(),
  phase: EventPhase,
});
export type EventSummary = z.infer<typeof EventSummary>;
export const EventList = z.object({ events: z.array(EventSummary), next: z.string().nullable() });
export type EventList = z.infer<typeof EventList>;

/** An event as whoever asks may see it: of hidden races and boards there is nothing in it. */
export const RaceEventView = z.object({
  event: EventId,
  version: z.number().int().positive(),
  setup: EventSetup,
  phase: EventPhase,
  /** What its organizer is called. */
  organizer: z.string(),
  /** Whether whoever asks may change it. */
  yours: z.boolean(),
  races: z.array(EventRace),
  boards: z.array(z.object({ id: LeaderboardId, name: z.string() })),
  /** As they are called; `name` is in `setup`. */
  staff: z.array(z.object({ alias: z.string(), role: EventRole })),
  /** Where phones in the hall join; null: at the address at which the event is looked at. */
  hallUrl: z.string().nullable(),
  now: EpochMs,
});
export type RaceEventView = z.infer<typeof RaceEventView>;
