import { z } from 'zod';
import { Micros } from '../brand.js';
import { Metric } from '../ranking/index.js';

const seconds = (count: number): Micros => (count * 1_000_000) as Micros;
const minutes = (count: number): Micros => seconds(count * 60);

const raceType = z.discriminatedUnion('type', [
  z.object({ type: z.literal('time-trial') }),
  z.object({
    type: z.literal('object-avoidance'),
    boxes: z.number().int().min(1).max(6),
    /** Empty where the boxes are placed at random: lane, and percent of the lap from the start line. */
    placed: z.array(z.object({ lane: z.enum(['inner', 'outer']), percent: z.number().min(0).max(100) })).max(6),
  }),
  z.object({
    type: z.literal('head-to-bot'),
    bots: z.number().int().min(1).max(6),
    speedMps: z.number().min(0.2).max(6),
    /** Seconds between lane changes; null where bots keep their lane. */
    laneChange: z.object({ min: z.number().positive(), max: z.number().positive() }).nullable(),
  }),
]);

/**
 * The rules of a race on a physical track, frozen into its log when it opens. Times in µs; null is "no limit".
 * Ties are no rule: measured milliseconds rank, equal ones by the earlier result.
 */
export const RaceRules = z.object({
  name: z.string().min(1).max(100),
  raceType: raceType.default({ type: 'time-trial' }),
  ranking: Metric.default({ by: 'best-lap' }),
  /** So many consecutive valid laps qualify a racer for the standings. */
  qualifying: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(5), z.literal(10)]).default(1),
  timeLimit: Micros.min(1_000_000).max(1_200_000_000).nullable().default(minutes(3)),
  /** The run is over after so many finished laps. */
  lapLimit: z.number().int().min(1).max(1000).nullable().default(null),
  /** A lap under way when time runs out may finish. */
  graceLap: z.boolean().default(true),
  /** `countdown`: a signal after `countdown`; `key`: the marshal's key; `rolling`: the first crossing. */
  start: z.enum(['countdown', 'key', 'rolling']).default('rolling'),
  countdown: Micros.max(60_000_000).default(seconds(10)),
  /** Where the first lap begins: at the start signal, or when the car first crosses the line. */
  firstLap: z.enum(['signal', 'crossing']).default('crossing'),
  /** Over `perLap`, a lap is invalid. A reset to the start line gives up the lap under way. */
  resets: z
    .object({ perLap: z.number().int().min(0).max(10).nullable(), where: z.enum(['in-place', 'start-line']) })
    .default({ perLap: null, where: 'in-place' }),
  penalties: z
    .object({ offTrack: Micros.max(60_000_000), collision: Micros.max(60_000_000) })
    .default({ offTrack: seconds(0), collision: seconds(0) }),
  attempts: z.number().int().min(1).max(100).nullable().default(null),
  /** So many laps at the beginning of each run do not count. */
  warmUpLaps: z.number().int().min(0).max(20).default(0),
  /**
   * A crossing sooner than `min` after the one that began the lap ends none: no car is that fast. A lap longer than `max` is marked and does
   * not count until somebody says so; the grace lap ends then. Nothing is thrown away. A controller that makes a race and knows the
   * length of its track has another default for `min`.
   */
  plausible: z
    .object({ min: Micros, max: Micros })
    .refine(({ min, max }) => min < max, 'the minimum must be below the maximum')
    .default({ min: seconds(3), max: seconds(120) }),
  /** Crossings of the line so soon after one another are one passage (two sensors, front and rear of a car). */
  holdoff: Micros.max(10_000_000).default(seconds(1)),
  /** A car that is cleared in the middle of its run shows for 1 s that it is about to drive, before it does. */
  warnBeforeGo: z.boolean().default(true),
  direction: z.enum(['clockwise', 'counter-clockwise']).default('counter-clockwise'),
  /**
   * How far the speed of a run may be set meanwhile, in percent of what the car's crew allows. A run begins with `max`. Absent:
   * a car that Pitwall drives on a track keeps its crew's; a simulated one may be set to anything.
   */
  speed: z
    .object({ min: z.number().min(0).max(100), max: z.number().min(1).max(100) })
    .refine(({ min, max }) => min <= max, 'the minimum must not be above the maximum')
    .optional(),
  /** What a virtual car of this race can do at most; actions beyond are cut to it. Absent: a 1/18 DeepRacer, 30° and 4 m/s. */
  car: z.object({ steeringDeg: z.number().min(1).max(90), speedMps: z.number().min(0.1).max(20) }).optional(),
  /** Whether the clock stands during a technical stop (dead battery, car swap, change of model). */
  technicalStop: z.object({ freezesClock: z.boolean() }).default({ freezesClock: true }),
  /** The largest uncertainty, µs, that a lap of an official result may have. */
  largestUncertainty: Micros.nullable().default(null),
  /** How long after the race is closed a protest may be filed. */
  protestTime: Micros.max(86_400_000_000).default(minutes(15)),
  finals: z
    .discriminatedUnion('format', [
      z.object({ format: z.literal('none') }),
      z.object({ format: z.literal('best-of'), racers: z.number().int().min(2).max(64) }),
      z.object({
        format: z.literal('knock-out'),
        racers: z.union([z.literal(2), z.literal(4), z.literal(8), z.literal(16), z.literal(32)]),
      }),
    ])
    .default({ format: 'none' }),
});
export type RaceRules = z.infer<typeof RaceRules>;
export type RaceRulesInput = z.input<typeof RaceRules>;

/** Rules as real races used them; a race starts from one and may change each. */
export const rulePresets = {
  'league-2019': RaceRules.parse({
    name: 'League 2019',
    timeLimit: minutes(4),
    graceLap: false,
    start: 'key',
    resets: { perLap: 3, where: 'in-place' },
  }),
  'league-2023': RaceRules.parse({
    name: 'League 2023',
    ranking: { by: 'average', laps: 3 },
    qualifying: 3,
    timeLimit: minutes(3),
    graceLap: false,
    start: 'key',
    resets: { perLap: null, where: 'start-line' },
  }),
  'drem-default': RaceRules.parse({
    name: 'DREM default',
    timeLimit: minutes(3),
    graceLap: true,
    start: 'rolling',
    resets: { perLap: 3, where: 'in-place' },
  }),
  live: RaceRules.parse({
    name: 'LIVE',
    timeLimit: minutes(3),
    graceLap: true,
    start: 'countdown',
    resets: { perLap: null, where: 'start-line' },
  }),
} as const satisfies Record<string, RaceRules>;
export type RulePreset = keyof typeof rulePresets;
