import { z } from 'zod';

/** What a racer says of a network whose own file does not: `pitwall.yaml` in its archive or beside it. */
const name = z.string().min(1).max(200);
const pair = (what: string) =>
  z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low < high, `must be [lowest, highest] ${what}, the lower one first`);
const place = {
  /** Of the network's outputs; absent: the only one. */
  output: name.optional(),
  /** Which of its numbers, counted from 0; absent: the output is a single number. */
  index: z.number().int().nonnegative().max(4096).optional(),
  /** With unit `share`: the numbers that stand for the two ends of `range`. */
  numbers: pair('of what the network gives').optional(),
};
const degrees = pair('in degrees, positive to the left').refine(
  (range) => range.every((value) => Math.abs(value) <= 90),
  'must be angles from -90 to 90 degrees',
);
const speeds = pair('in m/s').refine(
  (range) => range.every((value) => Math.abs(value) <= 20),
  'must be speeds from -20 to 20 m/s',
);

export const NetworkDescription = z.strictObject({
  input: z
    .strictObject({
      name: name.optional(),
      colour: z.enum(['grey', 'rgb', 'bgr']).optional(),
      /** What black and white are for the network. */
      range: pair('of a pixel').optional(),
    })
    .optional(),
  lidar: z
    .strictObject({
      /** Of Pitwall, in which it was trained; absent: in the cloud's. Up to version 2, 0° of its scan was ahead. */
      simulator: z.number().int().min(1).max(1000),
    })
    .optional(),
  outputs: z
    .strictObject({
      steering: z.strictObject({
        ...place,
        unit: z.enum(['share', 'degrees', 'radians']),
        positive: z.enum(['left', 'right']),
        range: degrees.optional(),
      }),
      speed: z.strictObject({ ...place, unit: z.enum(['share', 'm/s']), range: speeds.optional() }),
    })
    .or(z.strictObject({ actions: z.strictObject({ output: name, as: z.enum(['probabilities', 'scores']) }) }))
    .optional(),
});
export type NetworkDescription = z.infer<typeof NetworkDescription>;

/** What a network could be, where nothing in its file tells: asked of whoever hands it in. */
export const NetworkQuestion = z.object({
  camera: z.object({ name, colour: z.boolean() }),
  outputs: z.array(z.object({ name, numbers: z.number().int().positive() })).max(1000),
  /** Those that fit; what they do not say, its racer must. */
  readings: z.array(NetworkDescription).max(20),
});
export type NetworkQuestion = z.infer<typeof NetworkQuestion>;
