import { z } from 'zod';
import { PitwallError } from '../errors.js';
import { parse } from '../parse.js';
import type { ActionSpace } from './action-space.js';
import { JsonMistake, parseLenient } from './lenient-json.js';

/** The sensors a model may be trained with. `observation` is what version 1 called its one camera. */
export const cameraSensors = ['FRONT_FACING_CAMERA', 'LEFT_CAMERA', 'STEREO_CAMERAS', 'observation'] as const;
export const lidarSensors = ['LIDAR', 'SECTOR_LIDAR', 'DISCRETIZED_SECTOR_LIDAR'] as const;
export type CameraSensor = (typeof cameraSensors)[number];
export type LidarSensor = (typeof lidarSensors)[number];

/** How a lidar's scan becomes the network's input. Angles in degrees of the scan, positive left; distances in metres. */
export interface LidarConfig {
  readonly values: number;
  readonly minAngleDeg: number;
  readonly maxAngleDeg: number;
  readonly minDistance: number;
  readonly maxDistance: number;
  /** Nearer than this a sector counts as occupied, and a value is clamped to it. */
  readonly clippingDistance: number;
  readonly sectors: number;
}

/** The lidar that a model was trained with. */
export interface ModelLidar {
  readonly sensor: LidarSensor;
  readonly config: LidarConfig;
  /** Where the scan's 0° points on the car: backwards on a DeepRacer, ahead in this project's simulator up to version 2. */
  readonly zero: 'rear' | 'front';
}

/** `model_metadata.json`, with absent fields filled in as the stock car fills them. */
export interface ModelMetadata {
  readonly version: number;
  readonly algorithm: 'clipped_ppo' | 'sac';
  readonly camera: CameraSensor;
  readonly lidar?: ModelLidar;
  readonly actionSpace: ActionSpace;
  /** The name of the network's size; it describes and decides nothing. */
  readonly network: string;
  /** What a pit crew should know, one sentence each. */
  readonly warnings: readonly string[];
}

const decimal = /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/;
const numeric = z.unknown().transform((value, context): number => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string' && decimal.test(value)) return Number(value);
  const comma = typeof value === 'string' && /^\s*[-+]?\d*,\d+\s*$/.test(value);
  const given = value === undefined ? 'is missing' : `is ${JSON.stringify(value)?.slice(0, 40)}`;
  context.addIssue({
    code: 'custom',
    message: comma
      ? `${given}, with a decimal comma; write ${(value as string).trim().replace(',', '.')}`
      : `${given}, but must be a number`,
  });
  return z.NEVER;
});
const steering = numeric.refine((value) => Math.abs(value) <= 90, 'must be an angle from -90 to 90 degrees');
const speed = numeric.refine((value) => Math.abs(value) <= 20, 'must be a speed from -20 to 20 m/s');
const range = (bound: typeof steering) =>
  z.object({ low: bound, high: bound }).refine(({ low, high }) => low <= high, 'low must not be above high');

const DiscreteSpace = z
  .array(z.looseObject({ steering_angle: steering, speed: speed, index: numeric.optional() }))
  .min(1, 'must list at least one action')
  .max(1024, 'must list at most 1024 actions');
const ContinuousSpace = z.looseObject({ steering_angle: range(steering), speed: range(speed) });

const count = numeric.refine((value) => Number.isInteger(value) && value >= 1 && value <= 4096, 'must be 1 to 4096');
/** Both schemas at once: the simulator's names and the car's. */
const LidarFields = z.looseObject({
  num_sectors: count.optional(),
  num_values_per_sector: count.optional(),
  clipping_dist: numeric.optional(),
  num_values: count.optional(),
  min_angle: numeric.optional(),
  max_angle: numeric.optional(),
  min_distance: numeric.optional(),
  max_distance: numeric.optional(),
  clipping_distance: numeric.optional(),
});

/** As in training, capitals and spaces around a word do not count. */
const word = <T extends string>(...words: readonly [T, ...T[]]) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.trim().toLowerCase() : (value ?? undefined)),
    z.enum(words, `must be ${words.join(' or ')}`).optional(),
  );

const MetadataFile = z.looseObject({
  action_space: z.unknown().refine((value) => typeof value === 'object' && value !== null, 'is required'),
  action_space_type: word('discrete', 'continuous'),
  training_algorithm: word('clipped_ppo', 'sac'),
  sensor: z
    .union(
      [
        z.array(z.string().max(64)).min(1, 'must name at least the camera').max(8),
        z
          .string()
          .max(64)
          .transform((one) => [one]),
      ],
      'must list what the car saw, such as ["FRONT_FACING_CAMERA"]',
    )
    .nullish(),
  neural_network: z.string().max(100).nullish(),
  version: z
    .union([z.string().max(16), z.number()], 'must be a version number such as "5"')
    .transform(Number)
    .refine((version) => version >= 1 && version < 100, 'must be a version number such as "5"')
    .nullish(),
  lidar_config: LidarFields.nullish(),
  preprocess_type: z.string().max(64).nullish(),
});
type MetadataFile = z.infer<typeof MetadataFile>;

const wrong = (message: string): PitwallError => new PitwallError('metadata-invalid', message);

/**
 * Reads the text of a `model_metadata.json`.
 * @throws PitwallError `metadata-invalid`, with a sentence that names the field.
 */
export function readMetadata(text: string): ModelMetadata {
  const warnings: string[] = [];
  const written = readJson(text, warnings);
  const file = parse(MetadataFile, written, 'model_metadata.json', 'metadata-invalid');
  const version = Math.floor(file.version ?? (file.sensor == null ? 1 : 2));
  if (version > 6) warnings.push(`Metadata version ${version} is newer than 6, the newest known here.`);
  const algorithm = file.training_algorithm ?? 'clipped_ppo';
  const actionSpace = readActionSpace(file, warnings);
  warnings.push(...doubts(actionSpace));
  if (algorithm === 'sac' && actionSpace.kind !== 'continuous') {
    throw wrong('model_metadata.json names SAC with a discrete action space; SAC has continuous actions only.');
  }
  if (file.preprocess_type != null && file.preprocess_type !== 'GREY_SCALE') {
    warnings.push(`Trained with preprocess_type ${file.preprocess_type}; grey frames are fed to it all the same.`);
  }
  const { camera, lidar } = readSensors(file, version, warnings);
  return {
    version,
    algorithm,
    camera,
    ...(lidar === undefined ? {} : { lidar: { sensor: lidar, config: readLidarConfig(file, lidar), zero: 'rear' } }),
    actionSpace,
    network: file.neural_network ?? 'DEEP_CONVOLUTIONAL_NETWORK_SHALLOW',
    warnings,
  };
}

function readJson(text: string, warnings: string[]): unknown {
  if (text.trim() === '') throw wrong('model_metadata.json is empty; take the one that the model was trained with.');
  const conflict = text.split('\n').findIndex((line) => /^<{7} /.test(line));
  if (conflict >= 0)
    throw wrong(
      `model_metadata.json holds both sides of a merge that nobody settled, from line ${conflict + 1} on; leave one of them.`,
    );
  try {
    const { value, slips } = parseLenient(text.replace(/^\uFEFF/, ''));
    if (slips.length > 0)
      warnings.push(`model_metadata.json is not quite JSON (${slips.join(', ')}); it was read all the same.`);
    if (isOfLanguageModel(value)) {
      throw wrong(
        'model_metadata.json is that of an agent which asks a large language model (neural_network LLM); there is no network in it that could drive a car.',
      );
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw wrong(
        'model_metadata.json holds no object with an action_space; take the one that the model was trained with.',
      );
    return value;
  } catch (cause) {
    if (!(cause instanceof JsonMistake)) throw cause;
    throw new PitwallError(
      'metadata-invalid',
      `model_metadata.json is not JSON at line ${cause.line}, column ${cause.column}: ${cause.message}.`,
      { cause },
    );
  }
}

/** larsll/deepracer-llm, metadata of its agents: `neural_network: "LLM"` and an `llm_config`. */
function isOfLanguageModel(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { neural_network: network, llm_config: config } = value as Record<string, unknown>;
  return config !== undefined || (typeof network === 'string' && /^llm$/i.test(network.trim()));
}

/** What is valid, and probably not what was meant. */
function doubts(space: ActionSpace): string[] {
  const said: string[] = [];
  const [angles, speeds] =
    space.kind === 'discrete'
      ? [space.actions.map(({ steeringDeg }) => steeringDeg), space.actions.map(({ speedMps }) => speedMps)]
      : [Object.values(space.steeringDeg), Object.values(space.speedMps)];
  const [largest, fastest] = [Math.max(...angles.map(Math.abs)), Math.max(...speeds)];
  // 90° are 1.571 radians; no model is trained to steer by less than a degree and a half.
  if (largest > 0 && largest <= 1.5709)
    said.push(
      `Is the steering of ±${shortNumber(largest)} in radians? It counts as degrees; ${shortNumber(largest)} radians are ${shortNumber((largest * 180) / Math.PI)}°. If so, write degrees.`,
    );
  const [angle] = angles;
  if (largest === 0) said.push('It cannot steer: every action goes straight on.');
  else if (angles.every((one) => one === angle))
    said.push(`It cannot steer: every action has the angle ${shortNumber(angle as number)}°.`);
  if (fastest < 0) said.push('All of its speeds are negative: it drives backwards only.');
  else if (fastest === 0) said.push('None of its speeds is above 0: it never drives forwards.');
  return said;
}

/** Four digits are more than a car can follow. */
export const shortNumber = (value: number): string => String(Number(value.toPrecision(4)));

function readActionSpace(file: MetadataFile, warnings: string[]): ActionSpace {
  const given = file.action_space;
  const looksLike = Array.isArray(given) ? 'discrete' : 'continuous';
  const kind = file.action_space_type ?? looksLike;
  if (kind !== looksLike)
    throw wrong(
      `model_metadata.json says that its actions are ${kind}, but its action_space is ${looksLike === 'discrete' ? 'a list of actions, which is discrete' : 'no list of actions'}; take the one that the model was trained with.`,
    );
  if (kind === 'discrete') {
    const actions = parseSpace(DiscreteSpace, given, 'a list of {steering_angle, speed}');
    if (actions.some((action, position) => action.index !== undefined && action.index !== position)) {
      warnings.push('The index fields of action_space do not count from 0; as on the stock car, the order decides.');
    }
    return {
      kind,
      actions: actions.map((action) => ({ steeringDeg: action.steering_angle, speedMps: action.speed })),
    };
  }
  const space = parseSpace(ContinuousSpace, given, '{steering_angle: {low, high}, speed: {low, high}}');
  return { kind, steeringDeg: space.steering_angle, speedMps: space.speed };
}

function parseSpace<S extends z.ZodType>(schema: S, given: unknown, shape: string): z.infer<S> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = ['action_space', ...(issue?.path.map(String) ?? [])].join('.');
  throw wrong(`model_metadata.json is not valid: ${where}: ${issue?.message}. Expected ${shape}.`);
}

function readSensors(
  file: MetadataFile,
  version: number,
  warnings: string[],
): { camera: CameraSensor; lidar?: LidarSensor } {
  const named = file.sensor ?? ['observation'];
  if (version < 2 && named.some((sensor) => sensor !== 'observation')) {
    warnings.push('Metadata version 1 knows one camera only; its sensor list does not count.');
    return { camera: 'observation' };
  }
  const known: readonly string[] = [...cameraSensors, ...lidarSensors];
  const unknown = named.find((sensor) => !known.includes(sensor));
  if (unknown !== undefined) {
    throw wrong(`model_metadata.json names sensor "${unknown}", which is not known. Known are ${known.join(', ')}.`);
  }
  const cameras = cameraSensors.filter((sensor) => named.includes(sensor));
  const lidars = lidarSensors.filter((sensor) => named.includes(sensor));
  const camera = cameras[0];
  if (camera === undefined || cameras.length > 1 || new Set(named).size !== named.length) {
    throw wrong(`model_metadata.json lists sensors ${named.join(', ')}; a model has exactly one camera.`);
  }
  if (lidars.length > 1)
    throw wrong(`model_metadata.json lists ${lidars.join(' and ')}; a model has at most one lidar.`);
  return lidars[0] === undefined ? { camera } : { camera, lidar: lidars[0] };
}

/** Defaults: ±150°, 64 values between 0.15 and 1.0 m, 8 sectors occupied within 0.5 m, as in training. */
function readLidarConfig(file: MetadataFile, sensor: LidarSensor): LidarConfig {
  const fields = file.lidar_config ?? {};
  const sectors = fields.num_sectors ?? (sensor === 'LIDAR' ? 1 : 8);
  const perSector = sensor === 'SECTOR_LIDAR' ? 1 : (fields.num_values_per_sector ?? (sensor === 'LIDAR' ? 64 : 8));
  const fallback = sensor === 'SECTOR_LIDAR' ? sectors : sensor === 'LIDAR' ? 64 : sectors * perSector;
  const maxDistance = fields.max_distance ?? 1.0;
  const config = {
    values: sensor === 'LIDAR' ? (fields.num_values ?? fallback) : fallback,
    minAngleDeg: fields.min_angle ?? -150,
    maxAngleDeg: fields.max_angle ?? 150,
    minDistance: fields.min_distance ?? 0.15,
    maxDistance,
    clippingDistance:
      fields.clipping_dist ?? fields.clipping_distance ?? (sensor === 'SECTOR_LIDAR' ? 0.5 : maxDistance),
    sectors,
  };
  if (config.minAngleDeg >= config.maxAngleDeg || config.minDistance >= config.maxDistance) {
    throw wrong('lidar_config in model_metadata.json has a minimum that is not below its maximum.');
  }
  return config;
}
