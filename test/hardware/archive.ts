import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Weights, writePolicyGraph } from '@pitwall/agent/model';

const networks = {
  /** The standard SHALLOW network. */
  shallow: {
    convolutions: [
      { shape: [8, 8, 1, 32], stride: 4 },
      { shape: [4, 4, 32, 64], stride: 2 },
      { shape: [3, 3, 64, 64], stride: 1 },
    ],
    flat: 11_264,
    dense: 512,
  },
  /** The same kinds of layers, loaded in no time. */
  tiny: { convolutions: [{ shape: [8, 8, 1, 4], stride: 8 }], flat: 1200, dense: 8 },
} as const;

/**
 * A model archive with random weights: it drives nowhere, but takes as long as a trained one. Every action goes
 * straight on at `speed` m/s. One with a lidar wants it, too; a stereo one wants two cameras.
 */
export function writeArchive(
  path: string,
  network: keyof typeof networks,
  speed = 1,
  { lidar = false, stereo = false } = {},
): void {
  const { convolutions, flat, dense } = networks[network];
  const sensor = stereo ? 'STEREO_CAMERAS' : 'FRONT_FACING_CAMERA';
  const planes = stereo ? 2 : 1;
  const actions = Array.from({ length: 5 }, (_, index) => ({ steering_angle: 0, speed, index }));
  const graph = writePolicyGraph({
    algorithm: 'clipped_ppo',
    discrete: true,
    sensors: [
      {
        sensor,
        shape: [120, 160, planes],
        divisor: 255,
        convolutions: convolutions.map(({ shape: [width, height, from, filters], stride }) => ({
          ...weights(width, height, from === 1 ? planes : from, filters),
          stride,
        })),
        dense: [],
      },
      ...(lidar ? [{ sensor: 'SECTOR_LIDAR', shape: [8], convolutions: [], dense: [] }] : []),
    ],
    middleware: [weights(lidar ? flat + 8 : flat, dense)],
    head: { hidden: [], output: weights(dense, actions.length) },
  });
  const folder = join(dirname(path), 'archive');
  mkdirSync(join(folder, 'agent'), { recursive: true });
  writeFileSync(join(folder, 'agent', 'model.pb'), graph);
  const metadata = {
    action_space: actions,
    action_space_type: 'discrete',
    sensor: lidar ? [sensor, 'SECTOR_LIDAR'] : [sensor],
    neural_network: 'DEEP_CONVOLUTIONAL_NETWORK_SHALLOW',
    training_algorithm: 'clipped_ppo',
    version: '4',
  };
  writeFileSync(join(folder, 'model_metadata.json'), JSON.stringify(metadata));
  execFileSync('tar', ['-czf', path, '-C', folder, 'agent', 'model_metadata.json']);
}

/** Small and repeatable: a linear congruential generator (Numerical Recipes). */
function weights(...shape: number[]): Weights {
  let state = 1;
  const kernel = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let i = 0; i < kernel.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    kernel[i] = (state / 2 ** 32 - 0.5) * 0.05;
  }
  return { shape, kernel, bias: new Float32Array(shape.at(-1)!) };
}
