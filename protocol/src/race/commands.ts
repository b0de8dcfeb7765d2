import { z } from 'zod';
import { Alias } from '../alias.js';
import { CarId, EpochMs, Micros, RacerId, Sha256 } from '../brand.js';
import { CountryCode } from '../country.js';
import { Entry, RaceSetup, SpeedPercent, Stamp, Timing } from './events.js';

const runId = z.uuid();
const reason = z.string().min(1).max(500);
const simple = <T extends string>(type: T) => z.object({ type: z.literal(type), runId });

/** An entry as it is asked for. Logs of before may have aliases and countries that no longer come in. */
export const AskedEntry = Entry.extend({
  /** As on the racer's card; without it the desk makes one. */
  racer: RacerId.optional(),
  alias: Alias,
  country: CountryCode.optional(),
});
export type AskedEntry = z.infer<typeof AskedEntry>;

/** What a marshal may ask of the desk. Each becomes one event or more, or is refused. */
export const RaceCommand = z.discriminatedUnion('type', [
  z.object({ type: z.literal('change'), setup: RaceSetup }),
  z.object({ type: z.literal('open') }),
  /** Gates, hold-off and plausible laps of runs to come, also in an open race. */
  z.object({ type: z.literal('change-timing'), timing: Timing, reason }),
  z.object({ type: z.literal('close') }),
  z.object({ type: z.literal('declare-official'), overrule: reason.optional() }),

  /** A racer who has not entered yet: as on a card, or, without `racer`, under an id that the desk makes. */
  z.object({ type: z.literal('enter'), entry: AskedEntry }),
  /** Replaces the entry of a racer who has entered. */
  z.object({ type: z.literal('change-entry'), entry: AskedEntry.extend({ racer: RacerId }) }),
  z.object({ type: z.literal('withdraw-entry'), racer: RacerId, reason }),
  z.object({ type: z.literal('queue'), racer: RacerId }),
  z.object({ type: z.literal('skip'), racer: RacerId }),
  z.object({ type: z.literal('unqueue'), racer: RacerId }),
  /** To a place of the queue, from 1. */
  z.object({ type: z.literal('move'), racer: RacerId, place: z.number().int().min(1).max(10_000) }),
  z.object({ type: z.literal('close-entries') }),
  /** Before a LIVE race or a final: nobody is here until they, or staff, say so. */
  z.object({ type: z.literal('roll-call') }),
  /** After a roll call; racers say of themselves that they are here. */
  z.object({ type: z.literal('presence'), racer: RacerId, isHere: z.boolean() }),

  /** Without a racer: the next in the queue who is here. */
  z.object({ type: z.literal('call'), runId, racer: RacerId.optional() }),
  /** Without a car or model: those of the entry, where it has exactly one. */
  z.object({ type: z.literal('stage'), runId, car: CarId.optional(), model: Sha256.optional() }),
  /** `accept` has the details of the warnings that somebody has seen and takes; `overrule` goes over refusals and warnings. */
  z.object({
    type: z.literal('ready'),
    runId,
    overrule: reason.optional(),
    accept: z.array(z.string().min(1).max(300)).max(20).optional(),
  }),
  simple('start'),
  simple('pause'),
  simple('resume'),
  simple('red-flag'),
  z.object({ type: z.literal('e-stop'), car: CarId }),
  z.object({ type: z.literal('test-e-stop'), car: CarId }),
  /** Staff looked at a car that had stopped itself: its fault is cleared, and it goes on where its run is running. */
  z.object({ type: z.literal('clear-car'), car: CarId }),
  z.object({ type: z.literal('incident'), runId, kind: z.enum(['reset', 'off-track', 'collision']) }),
  simple('did-not-finish'),
  z.object({
    type: z.literal('technical-stop'),
    runId,
    reason,
    car: CarId.optional(),
    model: Sha256.optional(),
  }),
  z.object({ type: z.literal('add-time'), runId, time: Micros.max(1_200_000_000), reason }),
  /** The car's speed in this run, as far as the rules let it be set; its racer may give it, too. */
  z.object({ type: z.literal('speed'), runId, percent: SpeedPercent }),
  /** The run is discarded and costs no attempt; its racer is called again, with the same car and model, as `next`. */
  z.object({ type: z.literal('relaunch'), runId, next: z.uuid(), reason }),
  simple('finish'),
  /** Where laps are in doubt that change the result: refused with them, unless it is confirmed without them. */
  z.object({ type: z.literal('confirm'), runId, withoutDoubtful: z.boolean().optional() }),
  /** Laps as a stopwatch showed them, in their order, instead of what was timed. */
  z.object({
    type: z.literal('type-laps'),
    runId,
    laps: z
      .array(z.object({ time: Micros.min(1).max(3_600_000_000), uncertainty: Micros.min(1).max(60_000_000) }))
      .min(1)
      .max(1000),
    reason,
  }),
  z.object({ type: z.literal('discard'), runId, reason }),
  z.object({ type: z.literal('reopen'), runId, reason }),
  z.object({ type: z.literal('grant-rerun'), runId, reason }),
  /** `several`: more cars than one are on the track; their crossings are shown, and no laps timed. */
  z.object({ type: z.literal('practice'), runId, car: CarId.optional(), several: z.boolean().optional() }),

  z.object({ type: z.literal('ignore-crossing'), crossing: z.number().int().positive(), reason }),
  z.object({ type: z.literal('add-crossing'), runId, at: Stamp, uncertainty: Micros.min(1), reason }),
  z.object({
    type: z.literal('edit-lap'),
    runId,
    crossing: z.number().int().positive(),
    valid: z.boolean().optional(),
    resets: z.number().int().nonnegative().max(1000).optional(),
    penalty: Micros.max(3_600_000_000).optional(),
    car: CarId.optional(),
    model: Sha256.optional(),
    reason,
  }),
  /** The other reading of the crossings of a lap in doubt, or of one crossing that was taken for no boundary. */
  z.object({ type: z.literal('other-reading'), crossing: z.number().int().positive(), reason }),
  /** The lap that the crossing closes is so many, between which the gate missed the car. */
  z.object({
    type: z.literal('split-lap'),
    runId,
    crossing: z.number().int().positive(),
    parts: z.number().int().min(2).max(10),
    reason,
  }),
  /** An incident that was noted right after a lap ended belongs to that lap. */
  z.object({ type: z.literal('move-incident'), runId, incident: z.number().int().positive() }),
  z.object({ type: z.literal('undo'), target: z.number().int().positive(), reason: reason.optional() }),

  z.object({
    type: z.literal('file-protest'),
    protestId: z.uuid(),
    runId,
    by: z.string().min(1).max(100),
    text: reason,
    decideBy: EpochMs,
  }),
  z.object({ type: z.literal('decide-protest'), protestId: z.uuid(), upheld: z.boolean(), reason }),
  z.object({ type: z.literal('draw-finals') }),
]);
export type RaceCommand = z.infer<typeof RaceCommand>;
export type RaceCommandType = RaceCommand['type'];
