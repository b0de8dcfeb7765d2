import type { Decision, Observation, Policy } from '@pitwall/protocol/policy';

/** How much each part of the frame matters: one number for each cell, 0 to 1, row by row. */
export interface Saliency {
  readonly columns: number;
  readonly rows: number;
  readonly cells: Float32Array;
  readonly decision: Decision;
}

const [width, height, stride, patch] = [160, 120, 8, 16];

/**
 * Occlusion: covers the frame patch by patch with its mean grey and measures how far the output moves, for a discrete
 * policy how much probability the chosen action loses or gains. Needs no gradients, so it works for every network.
 */
export async function saliency(policy: Policy, observation: Observation): Promise<Saliency> {
  const decision = await policy.decide(observation);
  const planes = observation.camera.length / (width * height);
  const mean = Math.round(observation.camera.reduce((sum, pixel) => sum + pixel, 0) / observation.camera.length);
  const [columns, rows] = [width / stride, height / stride];
  const cells = new Float32Array(columns * rows);
  const covers = new Float32Array(columns * rows);
  for (let top = 0; top + patch <= height; top += stride) {
    for (let left = 0; left + patch <= width; left += stride) {
      const camera = observation.camera.slice();
      for (let y = top; y < top + patch; y += 1) {
        camera.fill(mean, (y * width + left) * planes, (y * width + left + patch) * planes);
      }
      const moved = distance(decision, await policy.decide({ ...observation, camera }));
      for (let y = top; y < top + patch; y += stride) {
        for (let x = left; x < left + patch; x += stride) {
          const cell = (y / stride) * columns + x / stride;
          cells[cell] = (cells[cell] as number) + moved;
          covers[cell] = (covers[cell] as number) + 1;
        }
      }
    }
  }
  const means = cells.map((sum, cell) => sum / Math.max(1, covers[cell] as number));
  const most = means.reduce((a, b) => Math.max(a, b), 0);
  return { columns, rows, cells: means.map((value) => (most === 0 ? 0 : value / most)), decision };
}

function distance(before: Decision, after: Decision): number {
  const { index } = before.action;
  if (index !== undefined) return Math.abs((before.output[index] as number) - (after.output[index] as number));
  return Math.hypot(...before.output.map((value, at) => value - (after.output[at] as number)));
}
