import type { PolicyGraph, SensorBranch, Weights } from '@pitwall/agent/model';

/** The three sizes of network that the console offered. */
export const networkSizes = ['shallow', 'normal', 'deep'] as const;
export type NetworkSize = (typeof networkSizes)[number];
export const heads = ['discrete', 'continuous', 'sac'] as const;
export type Head = (typeof heads)[number];
export const cameras = ['FRONT_FACING_CAMERA', 'STEREO_CAMERAS'] as const;
export const lidars = [undefined, 'LIDAR', 'SECTOR_LIDAR'] as const;

/** How many values each lidar gives. */
export const lidarValues = { LIDAR: 64, SECTOR_LIDAR: 8, DISCRETIZED_SECTOR_LIDAR: 24 } as const;
export type LidarName = keyof typeof lidarValues;

export interface Recipe {
  readonly size: NetworkSize;
  readonly head: Head;
  readonly camera: 'FRONT_FACING_CAMERA' | 'STEREO_CAMERAS' | 'LEFT_CAMERA' | 'observation';
  readonly lidar?: LidarName | undefined;
  readonly seed: number;
  /** Of a discrete head. */
  readonly actions?: number;
}

interface Size {
  readonly convolutions: readonly (readonly [filters: number, kernel: number, stride: number])[];
  readonly dense: readonly number[];
  readonly middleware: readonly number[];
}
const sizes: Readonly<Record<NetworkSize, Size>> = {
  shallow: {
    convolutions: [
      [32, 8, 4],
      [64, 4, 2],
      [64, 3, 1],
    ],
    dense: [],
    middleware: [512],
  },
  normal: {
    convolutions: [
      [32, 5, 2],
      [32, 3, 1],
      [64, 3, 2],
      [64, 3, 1],
    ],
    dense: [64],
    middleware: [512],
  },
  deep: {
    convolutions: [
      [32, 8, 4],
      [32, 4, 2],
      [64, 4, 2],
      [64, 3, 1],
    ],
    dense: [512, 512],
    middleware: [256, 128],
  },
};

/** Deterministic numbers, 0 to 1 (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Weights whose outputs neither die nor explode: uniform with He's variance. */
function weights(shape: readonly number[], next: () => number, gain = 1): Weights {
  const fanIn = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const limit = gain * Math.sqrt(6 / fanIn);
  const kernel = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let at = 0; at < kernel.length; at += 1) kernel[at] = (2 * next() - 1) * limit;
  return { shape, kernel, bias: Float32Array.from({ length: shape.at(-1) as number }, () => (2 * next() - 1) * 0.1) };
}

/** Weights that `number` draws one after the other, and the same for the biases. */
export function drawn(shape: readonly number[], number: () => number): Weights {
  const kernel = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let at = 0; at < kernel.length; at += 1) kernel[at] = number();
  return { shape, kernel, bias: Float32Array.from({ length: shape.at(-1) as number }, number) };
}

/** A policy with random weights and exactly the layers of the real ones. */
export function randomPolicy({ size, head, camera, lidar, seed, actions = 14 }: Recipe): PolicyGraph {
  const next = random(seed);
  const plan = sizes[size];
  const channels = camera === 'STEREO_CAMERAS' ? 2 : 1;
  let [height, width, depth] = [120, 160, channels];
  const convolutions = plan.convolutions.map(([filters, kernel, stride]) => {
    const layer = { ...weights([kernel, kernel, depth, filters], next), stride };
    [height, width, depth] = [
      Math.floor((height - kernel) / stride) + 1,
      Math.floor((width - kernel) / stride) + 1,
      filters,
    ];
    return layer;
  });
  const chain = (from: number, widths: readonly number[]) =>
    widths.map((to, at) => weights([at === 0 ? from : (widths[at - 1] as number), to], next));
  const flat = height * width * depth;
  const sensors: SensorBranch[] = [
    { sensor: camera, shape: [120, 160, channels], divisor: 255, convolutions, dense: chain(flat, plan.dense) },
  ];
  let joined = plan.dense.at(-1) ?? flat;
  if (lidar !== undefined) {
    const values = lidarValues[lidar];
    sensors.push({ sensor: lidar, shape: [values], convolutions: [], dense: chain(values, [64, 32]) });
    joined += 32;
  }
  const hidden = head === 'sac' ? chain(plan.middleware.at(-1) as number, [256]) : [];
  const features = head === 'sac' ? 256 : (plan.middleware.at(-1) as number);
  return {
    algorithm: head === 'sac' ? 'sac' : 'clipped_ppo',
    sensors,
    middleware: chain(joined, plan.middleware),
    head: { hidden, output: weights([features, head === 'discrete' ? actions : head === 'sac' ? 4 : 2], next, 0.5) },
    discrete: head === 'discrete',
    rescaler: 0.5 + next() / 2,
  };
}

/** A policy of a few kilobytes with every part of a real one: a front camera, three actions. */
export function smallPolicy(): PolicyGraph {
  const next = random(3);
  const layer = (shape: readonly number[]) => drawn(shape, () => next() - 0.5);
  return {
    algorithm: 'clipped_ppo',
    sensors: [
      {
        sensor: 'FRONT_FACING_CAMERA',
        shape: [120, 160, 1],
        divisor: 255,
        convolutions: [
          { ...layer([8, 8, 1, 2]), stride: 8 },
          { ...layer([3, 3, 2, 2]), stride: 4 },
        ],
        dense: [],
      },
    ],
    middleware: [layer([4 * 5 * 2, 4])],
    head: { hidden: [], output: layer([4, 3]) },
    discrete: true,
  };
}

/** The metadata that belongs to it. */
export function metadataFor({ size, head, camera, lidar, actions = 14 }: Recipe): Record<string, unknown> {
  const columns = Math.ceil(actions / 2);
  const discrete = Array.from({ length: actions }, (_, index) => ({
    steering_angle: columns === 1 ? 0 : -30 + (60 * Math.floor(index / 2)) / (columns - 1),
    speed: 1 + (index % 2),
    index,
  }));
  return {
    action_space:
      head === 'discrete' ? discrete : { steering_angle: { high: 27, low: -25 }, speed: { high: 3.3, low: 1 } },
    action_space_type: head === 'discrete' ? 'discrete' : 'continuous',
    training_algorithm: head === 'sac' ? 'sac' : 'clipped_ppo',
    sensor: lidar === undefined ? [camera] : [camera, lidar],
    neural_network: `DEEP_CONVOLUTIONAL_NETWORK${size === 'normal' ? '' : `_${size.toUpperCase()}`}`,
    ...(lidar === 'DISCRETIZED_SECTOR_LIDAR'
      ? { lidar_config: { num_sectors: 6, num_values_per_sector: 4, clipping_dist: 0.5 } }
      : {}),
    version: '5',
  };
}
