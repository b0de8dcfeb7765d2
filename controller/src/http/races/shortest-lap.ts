import { carLimits, shortestLap } from '@pitwall/protocol/policy';
import { RaceRules } from '@pitwall/protocol/race';
import { z } from 'zod';
import type { Tracks } from '../../tracks/index.js';

/** A setup as it was sent, whose rules do not say which laps are plausible. */
const Unsaid = z.looseObject({
  track: z.looseObject({ id: z.string(), version: z.number() }),
  rules: z.looseObject({
    plausible: z.undefined().optional(),
    car: z.looseObject({ speedMps: z.number().positive() }).optional(),
  }),
});

/**
 * The setup of a race as it was sent; where its rules say nothing of plausible laps and its track is known, no lap is shorter than
 * a car can drive it.
 */
export async function withShortestLap(setup: unknown, tracks: Pick<Tracks, 'find'>): Promise<unknown> {
  const unsaid = Unsaid.safeParse(setup);
  if (!unsaid.success) return setup;
  const { track, rules } = unsaid.data;
  const known = await tracks.find(track.id, track.version);
  if (known === undefined) return setup;
  const { max } = RaceRules.shape.plausible.parse(undefined);
  return {
    ...unsaid.data,
    rules: { ...rules, plausible: { min: shortestLap(known.lengthM, rules.car ?? carLimits), max } },
  };
}
