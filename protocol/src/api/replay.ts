import { z } from 'zod';
import { Micros } from '../brand.js';

/** Names of the columns of a replay's steps. `yawDeg` counts from the x axis to the left; `x`, `y` are of the car's front. */
export const replayColumns = [
  'timeS',
  'episode',
  'x',
  'y',
  'yawDeg',
  'steeringDeg',
  'speedMps',
  'progressPct',
  'status',
] as const;

const line = z.array(z.number());

/** What a player needs to show a checkpoint's evaluation again. Lengths in metres, times in simulated seconds. */
export const Replay = z.object({
  version: z.literal(1),
  track: z.object({
    id: z.string(),
    name: z.string(),
    lengthM: z.number().positive(),
    direction: z.enum(['clockwise', 'counter-clockwise']),
    /** x, y of each point. */
    centre: line,
    inner: line,
    outer: line,
  }),
  columns: z.array(z.enum(replayColumns)).length(replayColumns.length),
  /** The car step by step, 15 a second. An episode is a lap. */
  steps: z.array(
    z.tuple([
      z.number(),
      z.number().int(),
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.string(),
    ]),
  ),
  /** How long each episode's lap took, µs, as the results have it; null: not finished. Older replays have none. */
  laps: z.array(Micros.nullable()).optional(),
  /** What a discrete model chooses from; null: its actions are continuous. */
  actions: z.array(z.object({ steeringDeg: z.number(), speedMps: z.number() })).nullable(),
  /** The network's answer that held at each step: one probability an action; means where they are continuous. */
  outputs: z.array(z.array(z.number())),
  /** What the policy's camera saw, coarsely: of the chosen checkpoint only. */
  pictures: z
    .object({
      width: z.number().int().positive(),
      height: z.number().int().positive(),
      /** One picture for so many steps, from the first on; there may be fewer than steps ask for. */
      everySteps: z.number().int().positive(),
      /**
       * Pictures one after another, each row by row. A byte is a run of equal points: its high half their shade, 0 (black)
       * to 15, its low half how many there are, less one.
       */
      base64: z.string(),
    })
    .nullable(),
});
export type Replay = z.infer<typeof Replay>;
