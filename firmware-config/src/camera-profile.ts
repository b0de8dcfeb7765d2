import { z } from 'zod';

const size = {
  width: z.number().int().min(160).max(1920).default(640).describe('Pixels a row.'),
  height: z.number().int().min(120).max(1080).default(480).describe('Rows.'),
};
const rate = z.number().min(1).max(120).default(30).describe('Frames a second.');
const range = z
  .enum(['limited', 'full'])
  .describe(
    'Brightness of raw formats: `limited` is 16 to 235 and is stretched, since models were trained on 0 to 255.',
  );
const upright = {
  rotation: z
    .union([z.literal(0), z.literal(180)])
    .default(0)
    .describe('Degrees by which the camera is mounted turned.'),
  flip: z.enum(['none', 'horizontal', 'vertical']).default('none').describe('Mirrored, besides.'),
};

const V4l2Camera = z
  .strictObject({
    kind: z.literal('v4l2'),
    device: z
      .string()
      .min(1)
      .describe('`/dev/video0`, or a lasting name under `/dev/v4l/by-path`; of a pair the left one.'),
    right: z.string().min(1).optional().describe('The right camera of a stereo pair.'),
    format: z
      .enum(['yuyv', 'grey', 'yuv420', 'nv12', 'mjpeg'])
      .default('yuyv')
      .describe('What it sends. Raw formats cost the least; `mjpeg` where USB cannot carry them at this rate.'),
    ...size,
    rate,
    range: range.default('limited'),
    ...upright,
    exposure: z
      .union([z.literal('auto'), z.number().positive().max(1_000_000)])
      .default('auto')
      .describe('µs, or `auto`. Short ones blur less and need light.'),
    controls: z
      .record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.number().int())
      .default({})
      .describe('Further controls of the camera, by the names that `v4l2-ctl --list-ctrls` shows.'),
  })
  .describe('A camera of the kernel (USB, DeepRacer), through `v4l2-ctl` (Debian: v4l-utils).');

const LibcameraCamera = z
  .strictObject({
    kind: z.literal('libcamera'),
    camera: z
      .number()
      .int()
      .min(0)
      .max(3)
      .default(0)
      .describe('Which one, as `rpicam-hello --list-cameras` counts; of a pair the left one.'),
    right: z.number().int().min(0).max(3).optional().describe('The right camera of a stereo pair.'),
    format: z.enum(['yuv420', 'mjpeg']).default('yuv420').describe('What it sends. Raw costs the least.'),
    ...size,
    rate,
    range: range.default('full'),
    ...upright,
    exposure: z
      .union([z.literal('auto'), z.number().positive().max(1_000_000)])
      .default('auto')
      .describe('µs, or `auto`.'),
    gain: z.number().min(1).max(64).optional().describe('Analogue gain; absent: automatic.'),
    mode: z
      .string()
      .regex(/^\d+:\d+(:\d+(:[PU])?)?$/)
      .optional()
      .describe(
        'Sensor mode, `width:height`. The full field of view costs 22 to 27 ms of latency, a cropped mode about 10.5 ms.',
      ),
  })
  .refine(({ format, width }) => format !== 'yuv420' || width % 64 === 0, {
    message: 'must be a multiple of 64 with yuv420: libcamera pads other rows',
    path: ['width'],
  })
  .describe('A camera of the Raspberry Pi, through `rpicam-vid` (rpicam-apps).');

const FileCamera = z
  .strictObject({
    kind: z.literal('file'),
    path: z
      .string()
      .min(1)
      .describe('A folder of pictures, shown by name (9 before 10; what is no picture is left out), or an MJPEG file.'),
    rate,
    loop: z.boolean().default(true).describe('From the beginning again at the end.'),
    ...upright,
  })
  .describe('Pictures instead of a camera, to try things at a desk.');

export const CameraProfile = z.discriminatedUnion('kind', [
  V4l2Camera,
  LibcameraCamera,
  FileCamera,
  z
    .strictObject({ kind: z.literal('simulated'), rate: z.number().min(1).max(120).describe('Frames a second.') })
    .describe('The camera of a car on the virtual track.'),
  z.strictObject({ kind: z.literal('none') }).describe('None: the car is driven by hand only.'),
]);
export type CameraProfile = z.infer<typeof CameraProfile>;
