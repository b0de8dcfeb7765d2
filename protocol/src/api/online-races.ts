import { z } from 'zod';
import { EpochMs, LeaderboardId, RaceId, RacerId, Sha256, TrackId } from '../brand.js';
import { ImportKind } from './imports.js';
import { OnlineRules } from './online-rules.js';
import { TimeZone } from './time-zone.js';

/*
 * Online races over HTTP. What a path names and whoever asks may not see is 404 `not-found`, as if it had never been.
 *
 *   POST   /api/v1/races                                        CreateOnlineRace → 201 OnlineRace          organizer
 *   GET    /api/v1/races                                        → RaceList (`online`)                      anyone
 *   GET    /api/v1/online/{race}                                → OnlineRace                               anyone
 *   PUT    /api/v1/online/{race}                                ChangeOnlineRace → OnlineRace              its organizer
 *   DELETE /api/v1/online/{race}                                → 204: gone for everyone                   its organizer
 *   POST   /api/v1/online/{race}/close                          → OnlineRace: closed now                   its organizer
 *   GET    /api/v1/online/{race}/log                            → {records: OnlineRaceRecord[]}            its organizer
 *   GET    /api/v1/online/{race}/invitation                     → Invitation                               its organizer
 *   POST   /api/v1/online/{race}/invitation/reset               → Invitation                               its organizer
 *   POST   /api/v1/invitations                                  ShowInvitation → OnlineRace                anyone
 *   GET    /api/v1/online/{race}/entries                        → {entries: OnlineEntry[]}                 anyone
 *   POST   /api/v1/online/{race}/entries                        EnterRace → OnlineRace                     racer
 *   POST   /api/v1/online/{race}/entries/{racer}/remove         RemoveEntry → 204                          its organizer
 *   POST   /api/v1/online/{race}/submissions?name=…             the archive (application/gzip,
 *                                                               application/octet-stream), or SubmitModel
 *                                                               → 201 Submission                           racer, entered
 *   GET    /api/v1/online/{race}/submissions?limit=&cursor=     → SubmissionList                           racer; its organizer
 *   GET    /api/v1/online/{race}/submissions/{id}               → Submission                               who sees it
 *   POST   /api/v1/online/{race}/submissions/{id}/cancel        → Submission                               its racer; organizer
 *   GET    /api/v1/online/{race}/submissions/{id}/evaluation    → EvaluationReport                         its racer; organizer
 *   GET    /api/v1/online/{race}/submissions/{id}/files/{kind}  the file (replay: who sees it)             its racer; organizer
 *   GET    /api/v1/online/{race}/submissions/{id}/comparison?with={other} → Comparison                     who sees both
 *   GET    /api/v1/submissions/models                           → {models: SubmittedModel[]}               racer
 *
 * One's own submissions are seen by oneself and the race's organizer; a ranked one, with the replay of its chosen checkpoint
 * and in comparisons, by everyone who sees the race.
 */

/** The header in which whoever has an invitation link, and has not entered yet, shows its key: any GET takes it. */
export const invitationHeader = 'x-pitwall-invitation';
/** The key of an invitation link: 256 random bits. The link is `/invitation#KEY`: no server ever sees it in a URL. */
export const InvitationKey = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be the 43 characters after # in the link');
export type InvitationKey = z.infer<typeof InvitationKey>;

/** How many may do what. Null: no limit. */
const quota = z.object({
  /** Of one racer, in this race; what was cancelled while it waited or failed in the evaluation is not counted. */
  submissions: z.number().int().min(1).max(10_000).nullable(),
});

/** What an organizer says of an online race. Rules, track, seed and access stand from `opensAt` on. */
export const OnlineSetup = z
  .object({
    kind: z.literal('online'),
    name: z.string().trim().min(1).max(100),
    description: z.string().max(2000).default(''),
    /** Wall-clock time of the controller decides; the time zone is the organizer's, for showing dates. */
    opensAt: EpochMs,
    closesAt: EpochMs,
    timeZone: TimeZone.default('UTC'),
    /** One that comes with Pitwall or was uploaded: GET /api/v1/tracks. */
    track: z.object({ id: TrackId, version: z.number().int().positive().default(1) }),
    rules: OnlineRules,
    quota: quota.default({ submissions: 50 }),
    /** `invited`: nobody without the link sees that the race exists. Chosen when it is created, for good. */
    access: z.enum(['open', 'invited']).default('open'),
    /** Of the simulator: start offsets, boxes, bots, light. The same for everyone. */
    seed: z.number().int().min(0).max(0xffffffff).default(0),
  })
  .refine(({ opensAt, closesAt }) => opensAt < closesAt, {
    message: 'must be after opensAt',
    path: ['closesAt'],
  });
export type OnlineSetup = z.infer<typeof OnlineSetup>;
export type OnlineSetupInput = z.input<typeof OnlineSetup>;

/**
 * POST /api/v1/races → 201 OnlineRace. A race that is open to all may be given an id; an invited one gets one that nobody
 * can guess. Idempotent by `commandId`.
 */
export const CreateOnlineRace = z.object({ race: RaceId.optional(), commandId: z.uuid(), setup: OnlineSetup });
export type CreateOnlineRace = z.infer<typeof CreateOnlineRace>;
export type CreateOnlineRaceInput = z.input<typeof CreateOnlineRace>;

/** By the controller's clock: before `opensAt`; between; from `closesAt` on. */
export const OnlinePhase = z.enum(['upcoming', 'open', 'closed']);
export type OnlinePhase = z.infer<typeof OnlinePhase>;

/** What whoever asks is to the race. `guest` only looks: a race open to all, or one whose link was shown. */
export const OnlineRole = z.enum(['organizer', 'entered', 'guest']);
export type OnlineRole = z.infer<typeof OnlineRole>;

/** An online race as whoever asks may see it. */
export const OnlineRace = z.object({
  race: RaceId,
  /** Grows by one with each change; PUT says which it saw. */
  version: z.number().int().positive(),
  setup: OnlineSetup,
  phase: OnlinePhase,
  /** Its results are there; as visible as the race itself. */
  leaderboard: LeaderboardId,
  you: OnlineRole,
  entries: z.number().int().nonnegative(),
  /** What is left of your quota; null: no limit, or you have not entered. */
  submissionsLeft: z.number().int().nonnegative().nullable(),
  /** The controller's clock now, so that a page counts down by it and not by its own. */
  now: EpochMs,
});
export type OnlineRace = z.infer<typeof OnlineRace>;

/** PUT /api/v1/online/{race}. `seen` is the version that was shown; another now is 409 `race-conflict`. */
export const ChangeOnlineRace = z.object({ seen: z.number().int().positive(), setup: OnlineSetup });
export type ChangeOnlineRace = z.infer<typeof ChangeOnlineRace>;

/** GET /api/v1/online/{race}/invitation, and what a reset answers: for its organizer only. */
export const Invitation = z.object({
  key: InvitationKey,
  /** Path and fragment, to be put behind the address of this server. */
  link: z.string(),
  /** How often it was reset. */
  resets: z.number().int().nonnegative(),
});
export type Invitation = z.infer<typeof Invitation>;

/** POST /api/v1/invitations → 200 OnlineRace: what a link is good for; 404 where it is dead or never was. */
export const ShowInvitation = z.object({ key: InvitationKey });
export type ShowInvitation = z.infer<typeof ShowInvitation>;

/** POST /api/v1/online/{race}/entries: the caller enters. Again it changes nothing. */
export const EnterRace = z.object({ invitation: InvitationKey.optional() });
export type EnterRace = z.infer<typeof EnterRace>;

/** POST /api/v1/online/{race}/entries/{racer}/remove: the racer is out, with all results, and sees the race no more. */
export const RemoveEntry = z.object({ reason: z.string().trim().min(1).max(500) });
export type RemoveEntry = z.infer<typeof RemoveEntry>;

export const OnlineEntry = z.object({
  racer: RacerId,
  alias: z.string(),
  country: z.string().optional(),
  enteredAt: EpochMs,
  /** Of them, those that count against the quota. */
  submissions: z.number().int().nonnegative(),
});
export type OnlineEntry = z.infer<typeof OnlineEntry>;

/** What happened to the race, oldest first: for its organizer. Nothing is ever taken out of it. */
export const OnlineRaceEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('created'), setup: OnlineSetup }),
  z.object({ type: z.literal('changed'), setup: OnlineSetup }),
  z.object({ type: z.literal('closed-early'), closesAt: EpochMs }),
  z.object({ type: z.literal('link-reset') }),
  z.object({ type: z.literal('entered'), racer: RacerId }),
  z.object({ type: z.literal('entry-removed'), racer: RacerId, reason: z.string().min(1).max(500) }),
  z.object({ type: z.literal('imported'), from: ImportKind, file: Sha256, results: z.number().int().positive() }),
  z.object({ type: z.literal('deleted') }),
]);
export type OnlineRaceEvent = z.infer<typeof OnlineRaceEvent>;

export const OnlineRaceRecord = z.object({
  seq: z.number().int().positive(),
  at: EpochMs,
  who: z.string(),
  event: OnlineRaceEvent,
});
export type OnlineRaceRecord = z.infer<typeof OnlineRaceRecord>;
