import { Micros } from '@pitwall/protocol';
import { z } from 'zod';

/** What a camera in a hall sees otherwise than the simulator's; what is absent is as there. */
export const DomainChange = z.object({
  /** Light from one side of the hall: what lies towards it is brighter by this share, what lies away from it darker. */
  light: z.number().min(0).max(0.9).optional(),
  /** How long the shutter is open, ms: what moves meanwhile is blurred. */
  blurMs: z.number().min(0).max(67).optional(),
  /** Stops of exposure: 1 is twice the light, −1 half of it. */
  exposureEv: z.number().min(-4).max(4).optional(),
  /** Degrees by which the camera looks further down than it should; negative: further up. */
  tiltDeg: z.number().min(-10).max(10).optional(),
  /** The grey, 0 to 255, that covers all above the horizon. */
  mask: z.number().int().min(0).max(255).optional(),
});
export type DomainChange = z.infer<typeof DomainChange>;

/** What trials under one change come to, from the same starts and with the same seeds as without it. */
export const RobustnessLevel = z.object({
  change: DomainChange,
  laps: z.number().int().nonnegative(),
  completeLaps: z.number().int().nonnegative(),
  meanProgressPct: z.number().min(0).max(100),
  /** Of finished laps; null where none was. */
  meanLapTime: Micros.nullable(),
  offTracks: z.number().int().nonnegative(),
  collisions: z.number().int().nonnegative(),
  /**
   * `breaks`: fewer laps are finished than without it; `worse`: more times off the track or into something, by one in two laps at
   * least; `holds`: neither.
   */
  verdict: z.enum(['holds', 'worse', 'breaks']),
});
export type RobustnessLevel = z.infer<typeof RobustnessLevel>;

export const domainSeries = ['light', 'blur', 'darker', 'brighter', 'tilted-up', 'tilted-down', 'mask'] as const;

/** Where a model breaks when its camera sees what it does not see in the simulator. */
export const Robustness = z.object({
  checkpoint: z.string().min(1).max(200),
  /** Without a change; its verdict is `holds`. */
  plain: RobustnessLevel,
  /** One kind of change each, its levels from small to large. */
  series: z.array(
    z.object({
      name: z.enum(domainSeries),
      levels: z.array(RobustnessLevel).min(1),
      /** The first level that breaks; null: none of these. */
      breaksAt: DomainChange.nullable(),
    }),
  ),
});
export type Robustness = z.infer<typeof Robustness>;
