import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GraphWriter, loadModel } from '@pitwall/agent/model';
import { expect } from 'vitest';
import { evaluate } from './evaluate.js';
import { randomFrame } from './frames.js';
import { packArchive } from './pack.js';
import { random } from './random-policy.js';

type Nodes = GraphWriter['nodes'];
type Node = Nodes[number];

export const metadata = JSON.stringify({
  action_space: [-1, 0, 1].map((side) => ({ steering_angle: side * 20, speed: 1 })),
  sensor: ['FRONT_FACING_CAMERA'],
  version: '5',
});
/** Names in the graph of the small policy. */
export const output = 'main_level/agent/main/online/network_1/ppo_head_0/policy';
export const scope = 'main_level/agent/main/online/network_1/FRONT_FACING_CAMERA';
export const placeholder = 'main_level/agent/main/online/network_0/FRONT_FACING_CAMERA/FRONT_FACING_CAMERA';

const frame = randomFrame(19_200, random(5));
/** What the network, in an archive of its own, gives for one frame. */
export async function decided(bytes: Uint8Array): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pitwall-small-'));
  const path = join(folder, 'model.tar.gz');
  await packArchive(path, { 'agent/model.pb': bytes, 'model_metadata.json': metadata });
  const { policy } = await loadModel(path);
  const { output: given } = await policy.decide({ camera: frame });
  await policy.close();
  await rm(folder, { recursive: true });
  return Array.from(given);
}
/** What plain arithmetic gives for it. */
export const truthOf = (nodes: Nodes) =>
  evaluate(nodes, output, { [placeholder]: { shape: [1, 120, 160, 1], data: Float64Array.from(frame) } }).data;

export function expectClose(given: readonly number[], truth: ArrayLike<number>): void {
  expect(given).toHaveLength(truth.length);
  // Where one action is as good as certain, nothing that comes before would show.
  expect(Math.max(...given)).toBeLessThan(0.95);
  given.forEach((value, at) => {
    expect(value).toBeCloseTo(truth[at] as number, 5);
  });
}

export const find = (graph: GraphWriter, name: string): Node => {
  const node = graph.nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return node;
};
