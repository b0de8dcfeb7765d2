import type { OnnxGraph } from './read.js';

/** What changes the form of an action's number, and not the number. */
const formOnly = new Set(['Identity', 'Cast', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten']);
const mostNodes = 16;

/**
 * An output that is the number of the action that was chosen, as Stable-Baselines3 exports a discrete policy: what it was chosen from,
 * of which the largest is the action.
 * @returns undefined for every other output
 */
export function chosenFrom(graph: OnnxGraph, output: string): string | undefined {
  let wanted = output;
  for (let step = 0; step < mostNodes; step += 1) {
    const node = graph.node.find((one) => one.output.includes(wanted));
    const [from] = node?.input ?? [];
    if (node === undefined || from === undefined) return undefined;
    if (node.op_type === 'ArgMax') return from;
    if (!formOnly.has(node.op_type)) return undefined;
    wanted = from;
  }
  return undefined;
}
