import { z } from 'zod';
import type { Micros } from '../brand.js';
import { RaceRules } from '../race/index.js';

const seconds = (count: number): Micros => (count * 1_000_000) as Micros;
const { raceType, ranking, qualifying, timeLimit, graceLap, resets, penalties, direction } = RaceRules.shape;

/**
 * The rules of an online race: those of any race that a simulator can follow, with how often the car starts and how many
 * laps it drives each time. What is left out is the cloud simulator's own. Times in µs of simulated time.
 */
export const OnlineRules = z.object({
  name: z.string().min(1).max(100),
  raceType,
  ranking,
  qualifying,
  /** Of all trials of one checkpoint together. */
  timeLimit: timeLimit.unwrap().default(seconds(1200)),
  graceLap: graceLap.unwrap().default(false),
  resets: resets.unwrap().default({ perLap: 10, where: 'in-place' }),
  penalties: penalties.unwrap().default({ offTrack: seconds(2), collision: seconds(5) }),
  direction,
  /** Starts. */
  trials: z.number().int().min(1).max(20).default(1),
  /** Laps driven from each start without a stop. */
  laps: z.number().int().min(1).max(50).default(3),
});
export type OnlineRules = z.infer<typeof OnlineRules>;
export type OnlineRulesInput = z.input<typeof OnlineRules>;

/** Rules as online races used them; a race starts from one and may change each. */
export const onlinePresets = {
  'time-trial': OnlineRules.parse({ name: 'Time trial' }),
  'virtual-circuit': OnlineRules.parse({
    name: 'Virtual Circuit',
    ranking: { by: 'average', laps: 3 },
    qualifying: 3,
    laps: 5,
  }),
  'object-avoidance': OnlineRules.parse({
    name: 'Object avoidance',
    raceType: { type: 'object-avoidance', boxes: 4, placed: [] },
    ranking: { by: 'total', laps: 3 },
    laps: 5,
  }),
  'head-to-bot': OnlineRules.parse({
    name: 'Head to bot',
    raceType: { type: 'head-to-bot', bots: 3, speedMps: 0.6, laneChange: { min: 2, max: 5 } },
    ranking: { by: 'total', laps: 3 },
    laps: 5,
  }),
} as const satisfies Record<string, OnlineRules>;
export type OnlinePreset = keyof typeof onlinePresets;
