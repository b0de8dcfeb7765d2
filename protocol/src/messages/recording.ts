import { z } from 'zod';
import { Micros } from '../brand.js';
import { Envelope } from './envelope.js';

/** A file's name in the car's folder of recordings, never a path. */
export const RecordingName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.mcap$/, 'must be the name of a recording');
export type RecordingName = z.infer<typeof RecordingName>;

/** The most that one reply carries of a recording, in bytes. */
export const recordingPartBytes = 65_536;
/** The most pictures a second that a car sends. */
export const previewRate = 15;

/** What is asked of the car's recorder and camera; none of it touches the wheels. */
export const RecorderAction = z.discriminatedUnion('type', [
  /** Pictures while somebody watches: as many a second for as long, then none; 0 ends them at once. Repeat it to go on. */
  z.object({
    type: z.literal('preview'),
    rate: z.number().min(0).max(previewRate),
    seconds: z.number().min(1).max(60).default(10),
  }),
  /** On: from now on, armed or not. Off: now, until the car is armed again. */
  z.object({ type: z.literal('record'), on: z.boolean() }),
  z.object({ type: z.literal('list-recordings') }),
  /** A part of a file. Ask for the next one from where it ended, until `from` is the size. */
  z.object({
    type: z.literal('fetch-recording'),
    name: RecordingName,
    from: z.number().int().nonnegative(),
    bytes: z.number().int().min(1).max(recordingPartBytes).default(recordingPartBytes),
  }),
]);
export type RecorderAction = z.infer<typeof RecorderAction>;

const recorderTypes: readonly string[] = RecorderAction.options.map(({ shape }) => shape.type.value);
export const isOfRecorder = (action: { readonly type: string }): action is RecorderAction =>
  recorderTypes.includes(action.type);

export const RecordingInfo = z.object({
  name: RecordingName,
  bytes: z.number().int().nonnegative(),
  /** When it began, ms since 1970 by the car's wall clock. */
  began: z.number().int(),
  /** It is being written. */
  open: z.boolean(),
});
export type RecordingInfo = z.infer<typeof RecordingInfo>;

export const RecordingPart = z.object({
  name: RecordingName,
  from: z.number().int().nonnegative(),
  /** Of the whole file, now. */
  size: z.number().int().nonnegative(),
  /** Base64. */
  data: z.string().max(100_000),
});
export type RecordingPart = z.infer<typeof RecordingPart>;

/** `failed`: it cannot write, and tries again; the car drives without it. */
export const RecorderState = z.object({
  state: z.enum(['off', 'recording', 'failed']),
  /** What is being written. */
  name: RecordingName.nullable(),
  /** Pictures and events left out since the agent started, because the disk was behind. */
  dropped: z.number().int().nonnegative(),
});
export type RecorderState = z.infer<typeof RecorderState>;

/** Never retained; dropped first under load: a car sends the next when the one before was acknowledged (QoS 1). */
export const Preview = z.object({
  ...Envelope.shape,
  /** When the picture was taken, in the car's clock. */
  taken: Micros,
  /** 160×120 grey as JPEG (or PNG, on a car that has no fast JPEG), base64. */
  picture: z.string().max(100_000),
  format: z.enum(['jpeg', 'png']),
  action: z.object({ steeringDeg: z.number(), speedMps: z.number(), index: z.number().int().optional() }).nullable(),
  /** The network's output: probabilities of a discrete model, means of a continuous one; null without a model. */
  output: z.array(z.number()).max(1000).nullable(),
});
export type Preview = z.infer<typeof Preview>;
