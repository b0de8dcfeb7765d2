import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModel, policyGraph } from '@pitwall/agent/model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evaluate, type Tensor } from './evaluate.js';
import { randomFrame } from './frames.js';
import { packCarArchive } from './pack.js';
import {
  cameras,
  heads,
  lidars,
  lidarValues,
  networkSizes,
  type Recipe,
  random,
  randomPolicy,
} from './random-policy.js';

/** Images for each combination; those with a camera only get more. `PITWALL_IMAGES=300` gives that many to all (some minutes). */
const wanted = Number(process.env.PITWALL_IMAGES ?? 0);
const imagesFor = ({ size, camera, lidar }: Recipe): number => {
  if (wanted > 0) return wanted;
  if (camera === 'FRONT_FACING_CAMERA' && lidar === undefined) return size === 'deep' ? 10 : 3;
  return 1;
};

let folder: string;
let worst = { error: 0, where: '' };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-agreement-'));
});
afterAll(async () => {
  console.log(`largest relative error ${worst.error.toExponential(1)}: ${worst.where}`);
  await rm(folder, { recursive: true });
});

const others: Recipe[] = [
  { size: 'deep', head: 'discrete', camera: 'LEFT_CAMERA', seed: 8 },
  { size: 'deep', head: 'continuous', camera: 'observation', lidar: 'LIDAR', seed: 8 },
  { size: 'deep', head: 'sac', camera: 'LEFT_CAMERA', lidar: 'DISCRETIZED_SECTOR_LIDAR', seed: 8 },
];
/** The sizes differ in what follows the sensors only: each pair of sensors with the cheapest of them, some with the others. */
const shown = ({ size, camera, lidar }: Recipe) =>
  wanted > 0 || size === 'deep' || (camera === 'STEREO_CAMERAS') === (lidar === 'SECTOR_LIDAR');
const recipes = networkSizes.flatMap((size) =>
  heads.flatMap((head) =>
    cameras.flatMap((camera) => lidars.map((lidar): Recipe => ({ size, head, camera, lidar, seed: 7 }))),
  ),
);

describe.each([...recipes.filter(shown), ...others])('$size $head $camera $lidar', (recipe) => {
  test('agrees with plain float64 arithmetic', { timeout: 600_000 }, async () => {
    const path = join(folder, 'model.tar.gz');
    const written = policyGraph(randomPolicy(recipe));
    const { nodes } = written;
    await packCarArchive(path, recipe, { graph: written.finish(), level: 0 });
    const model = await loadModel(path);
    const placeholders = nodes.filter((node) => node.op === 'Placeholder').map((node) => node.name);
    const output = nodes.at(-1)?.name as string;
    const next = random(recipe.seed + 1);
    const channels = recipe.camera === 'STEREO_CAMERAS' ? 2 : 1;
    try {
      for (let image = 0; image < imagesFor(recipe); image += 1) {
        const camera = randomFrame(120 * 160 * channels, next);
        const lidar = Float32Array.from(
          { length: recipe.lidar === undefined ? 0 : lidarValues[recipe.lidar] },
          () => 0.15 + 0.85 * next(),
        );
        const feeds: Record<string, Tensor> = {
          [placeholders[0] as string]: { shape: [1, 120, 160, channels], data: Float64Array.from(camera) },
          ...(recipe.lidar === undefined
            ? {}
            : { [placeholders[1] as string]: { shape: [1, lidar.length], data: Float64Array.from(lidar) } }),
        };
        const truth = evaluate(nodes, output, feeds).data;
        const decision = await model.policy.decide(recipe.lidar === undefined ? { camera } : { camera, lidar });
        const scale = Math.max(...truth.map(Math.abs));
        const error = Math.max(...truth.map((value, at) => Math.abs(value - (decision.output[at] as number))));
        expect(error / scale).toBeLessThan(1e-4);
        if (error / scale > worst.error)
          worst = {
            error: error / scale,
            where: `${recipe.size} ${recipe.head} ${recipe.camera} ${recipe.lidar ?? ''}`,
          };
        if (recipe.head === 'discrete') {
          const [first = 0, second = 0] = [...truth].sort((a, b) => b - a);
          if (first - second > 1e-4) expect(decision.action.index).toBe(truth.indexOf(first));
        }
      }
    } finally {
      await model.policy.close();
    }
  });
});
