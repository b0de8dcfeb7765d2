import { CompressedImage, Log } from '@foxglove/schemas/jsonschema.js';
import type { Range } from '@pitwall/protocol/policy';
import { z } from 'zod';

/**
 * What a recording holds, by topic. Pictures and lines of the log are Foxglove's own schemas; the rest are flat objects
 * of numbers, strings and booleans, which its panels plot and list. What is not known is left out, never null: its
 * reader of JSON schemas takes one type for a field.
 */
const Time = z.object({ sec: z.number().int(), nsec: z.number().int() }).meta({ title: 'time' });
const timed = <S extends z.ZodRawShape>(shape: S) => z.object({ timestamp: Time, ...shape });

export const DecisionRecord = timed({
  /** sha256 of the archive that decided. */
  model: z.string(),
  steeringDeg: z.number(),
  speedMps: z.number(),
  index: z.number().int().optional(),
  /** Probabilities of a discrete model, means of a continuous one, every bit of them. */
  output: z.array(z.number()),
});
export type DecisionRecord = z.infer<typeof DecisionRecord>;

/** µs that each stage of the frame took, as far as it was reached. */
const Latency = timed({
  age: z.number().optional(),
  decode: z.number().optional(),
  inference: z.number().optional(),
  act: z.number().optional(),
});
/** Shares of full lock and full throttle, and for how many µs they hold. */
export const SetpointRecord = timed({ steering: z.number(), throttle: z.number(), holds: z.number() });
/** In g, and degrees a second where there is a gyroscope. */
export const MotionRecord = timed({
  x: z.number(),
  y: z.number(),
  z: z.number(),
  turnX: z.number().optional(),
  turnY: z.number().optional(),
  turnZ: z.number().optional(),
});
/**
 * The turn of the lidar that a model saw: degrees on the car (positive left, 0 ahead) and metres, one each, 0 where nothing
 * came back. `values` is what older recordings hold: what the network took of it.
 */
export const LidarRecord = timed({
  angles: z.array(z.number()).optional(),
  distances: z.array(z.number().nonnegative()).optional(),
  values: z.array(z.number()).optional(),
});

export const lidarRecord = (scan: readonly Range[]): Untimed<typeof LidarRecord> => ({
  angles: scan.map(({ angleDeg }) => angleDeg),
  distances: scan.map(({ distance }) => (Number.isFinite(distance) ? distance : 0)),
});

/** A scan, or the network's own numbers. */
export const recordedLidar = ({
  angles,
  distances,
  values,
}: z.infer<typeof LidarRecord>): readonly Range[] | Float32Array =>
  angles?.map((angleDeg, at) => ({ angleDeg, distance: distances?.[at] || Number.POSITIVE_INFINITY })) ??
  Float32Array.from(values ?? []);
const Battery = timed({ unit: z.string(), value: z.number() });
const State = timed({
  safety: z.string(),
  reason: z.string().optional(),
  manual: z.boolean(),
  flag: z.string(),
  model: z.string().optional(),
  throttleScale: z.number(),
  throttleScaleNow: z.number(),
});
const Fault = timed({ reason: z.string(), text: z.string() });
/** A gate saw something: the time is when the car heard of it, `at` is the gate's own clock. */
export const CrossingRecord = timed({
  gate: z.string(),
  bootId: z.string(),
  seq: z.number().int(),
  at: z.number(),
  uncertainty: z.number(),
});
/** `time` and `uncertainty` in µs. */
const Lap = timed({
  race: z.string(),
  runId: z.string(),
  racer: z.string().optional(),
  car: z.string().optional(),
  lap: z.number().int(),
  time: z.number(),
  uncertainty: z.number(),
  valid: z.boolean(),
});

interface Channel {
  readonly topic: string;
  readonly schemaName: string;
  readonly jsonSchema: object;
}
const foxglove = (topic: string, jsonSchema: { title?: string }): Channel => ({
  topic,
  schemaName: jsonSchema.title ?? '',
  jsonSchema,
});
const own = (topic: string, name: string, schema: z.ZodType): Channel => ({
  topic,
  schemaName: `pitwall.${name}`,
  jsonSchema: { title: `pitwall.${name}`, ...z.toJSONSchema(schema, { io: 'input' }) },
});

export const channels = {
  camera: foxglove('/camera', CompressedImage),
  right: foxglove('/camera/right', CompressedImage),
  log: foxglove('/log', Log),
  decision: own('/decision', 'Decision', DecisionRecord),
  latency: own('/latency', 'Latency', Latency),
  setpoint: own('/setpoint', 'Setpoint', SetpointRecord),
  motion: own('/imu', 'Motion', MotionRecord),
  lidar: own('/lidar', 'Lidar', LidarRecord),
  battery: own('/battery', 'Battery', Battery),
  state: own('/state', 'State', State),
  fault: own('/fault', 'Fault', Fault),
  crossing: own('/crossing', 'Crossing', CrossingRecord),
  lap: own('/lap', 'Lap', Lap),
} as const;
export type ChannelName = keyof typeof channels;

/** The message of each channel, without the time that the recorder writes into it. */
export interface Recorded {
  readonly camera: { readonly frame_id: string; readonly format: string; readonly data: string };
  readonly right: Recorded['camera'];
  readonly log: { level: number; message: string; name: string; file: string; line: number };
  readonly decision: Untimed<typeof DecisionRecord>;
  readonly latency: Untimed<typeof Latency>;
  readonly setpoint: Untimed<typeof SetpointRecord>;
  readonly motion: Untimed<typeof MotionRecord>;
  readonly lidar: Untimed<typeof LidarRecord>;
  readonly battery: Untimed<typeof Battery>;
  readonly state: Untimed<typeof State>;
  readonly fault: Untimed<typeof Fault>;
  readonly crossing: Untimed<typeof CrossingRecord>;
  readonly lap: Untimed<typeof Lap>;
}
type Untimed<S extends z.ZodType> = Omit<z.infer<S>, 'timestamp'>;
