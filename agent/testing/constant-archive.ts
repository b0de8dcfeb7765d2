import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import tar from 'tar-stream';
import { writePolicyGraph } from '../src/model/index.js';

/** For tests: a training archive in the real format whose checkpoints' networks always want one action. */
export async function writeConstantArchive(
  file: string,
  actions: readonly { readonly steeringDeg: number; readonly speedMps: number }[],
  /** Which action each checkpoint wants, by iteration. */
  checkpoints: Readonly<Record<number, number>>,
  sensors: readonly string[] = ['FRONT_FACING_CAMERA'],
  /** In place of a `deepracer_checkpoints.json` that marks the first as the best. */
  list?: string,
): Promise<void> {
  const metadata = {
    action_space: actions.map(({ steeringDeg, speedMps }, index) => ({
      steering_angle: steeringDeg,
      speed: speedMps,
      index,
    })),
    action_space_type: 'discrete',
    sensor: sensors,
    neural_network: 'DEEP_CONVOLUTIONAL_NETWORK_SHALLOW',
    training_algorithm: 'clipped_ppo',
    version: '5',
  };
  const iterations = Object.keys(checkpoints).map(Number);
  const named = (iteration: number) => ({ name: `${iteration}_Step-${iteration * 100}.ckpt` });
  const archive = tar.pack();
  archive.entry({ name: 'model/model_metadata.json' }, JSON.stringify(metadata));
  archive.entry(
    { name: 'model/deepracer_checkpoints.json' },
    list ??
      JSON.stringify({
        best_checkpoint: named(Math.min(...iterations)),
        last_checkpoint: named(Math.max(...iterations)),
      }),
  );
  for (const iteration of iterations) {
    archive.entry(
      { name: `model/model_${iteration}.pb` },
      Buffer.from(constantNetwork(actions.length, checkpoints[iteration] as number, sensors)),
    );
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  writeFileSync(file, gzipSync(Buffer.concat(chunks)));
}

function constantNetwork(actions: number, wanted: number, sensors: readonly string[]): Uint8Array {
  const zeros = (...shape: number[]) => ({
    shape,
    kernel: new Float32Array(shape.reduce((product, size) => product * size, 1)),
    bias: new Float32Array(shape.at(-1) as number),
  });
  const shapes: Readonly<Record<string, readonly number[]>> = {
    STEREO_CAMERAS: [120, 160, 2],
    LIDAR: [64],
    SECTOR_LIDAR: [8],
  };
  const output = zeros(4, actions);
  output.bias[wanted] = 5;
  return writePolicyGraph({
    algorithm: 'clipped_ppo',
    sensors: sensors.map((sensor) => {
      const shape = shapes[sensor] ?? [120, 160, 1];
      const planes = shape[2];
      if (planes === undefined) return { sensor, shape, convolutions: [], dense: [zeros(shape[0] as number, 4)] };
      // 120 × 160 with kernel 8 and stride 8 is 15 × 20.
      return { sensor, shape, divisor: 255, convolutions: [{ ...zeros(8, 8, planes, 2), stride: 8 }], dense: [] };
    }),
    middleware: [
      zeros(
        sensors.reduce((sum, sensor) => sum + ((shapes[sensor]?.length ?? 3) > 1 ? 600 : 4), 0),
        4,
      ),
    ],
    head: { hidden: [], output },
    discrete: true,
  });
}
