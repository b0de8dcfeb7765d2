import { z } from 'zod';
import { TrackId } from '../brand.js';

export const metres = (least: number, most: number) => z.number().min(least).max(most);

/** Of the middle line. */
export const Dash = z.strictObject({ lengthM: metres(0.01, 1), gapM: metres(0.01, 1), widthM: metres(0.005, 0.2) });

export const Straight = z.strictObject({ kind: z.literal('straight'), lengthM: metres(0.01, 100) });
/** `turnDeg` is positive for a left turn; `radiusM` is that of the centre line. */
export const Arc = z.strictObject({
  kind: z.literal('arc'),
  radiusM: metres(0.05, 100),
  turnDeg: z
    .number()
    .min(-360)
    .max(360)
    .refine((angle) => Math.abs(angle) >= 0.01, 'a turn of no angle is no arc'),
});
export const Segment = z.discriminatedUnion('kind', [Straight, Arc]);
export type Segment = z.infer<typeof Segment>;

/**
 * Our own track file: straights and arcs in driving order, as one would lay them out with tape. The road is `widthM` wide
 * from outer edge to outer edge of the white borders.
 */
export const TrackDescription = z.strictObject({
  /** Of the track itself: grows when its shape changes, because results then no longer compare. */
  version: z.number().int().min(1).max(1_000_000),
  id: TrackId,
  name: z.string().min(1).max(60),
  widthM: metres(0.2, 3),
  borderM: metres(0.01, 0.2),
  dash: Dash,
  /** The start line lies this far after the beginning of the first segment. */
  startLineM: metres(0, 100),
  lookSeed: z.number().int().min(0).max(0xffffffff),
  segments: z.array(Segment).min(2).max(200),
});
export type TrackDescription = z.infer<typeof TrackDescription>;

/** "segment 3 (arc, 0.9 m, 120° left)": how messages name a segment; the first one is 1. */
export function segmentName(description: TrackDescription, index: number): string {
  const segment = description.segments[index] as Segment;
  if (segment.kind === 'straight') return `segment ${index + 1} (straight, ${round(segment.lengthM)} m)`;
  const side = segment.turnDeg > 0 ? 'left' : 'right';
  return `segment ${index + 1} (arc, ${round(segment.radiusM)} m, ${round(Math.abs(segment.turnDeg))}° ${side})`;
}

const round = (value: number) => Math.round(value * 1000) / 1000;
