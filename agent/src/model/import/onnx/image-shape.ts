import { type NodeMessage, type OnnxGraph, toNumber } from './read.js';

/** What the car's camera gives. */
const [height, width] = [120, 160];
/** Operations that leave an image's axes where they are. */
const inPlace = new Set(['Identity', 'Cast', 'Div', 'Mul', 'Sub', 'Add', 'Clip', 'Pad', 'BatchNormalization', 'Relu']);
const mostNodes = 64;

/**
 * The shape of an image input of which the exporter left sizes open, or said nothing: height and width are the camera's, and where they
 * are and how many planes there are tells the first convolution that it goes into.
 * @param dims a size, or 0 where it is open; undefined: nothing is known
 * @returns undefined where the input goes into no convolution, or the known sizes are others
 */
export function imageShape(graph: OnnxGraph, name: string, dims: readonly number[] | undefined): number[] | undefined {
  if (dims !== undefined && dims.length !== 4) return undefined;
  const found = firstConvolution(graph, name);
  if (found === undefined) return undefined;
  const { channels, last } = found;
  const shape = last ? [1, height, width, channels] : [1, channels, height, width];
  const fits = dims === undefined || dims.every((size, axis) => size <= 0 || size === shape[axis]);
  return fits ? shape : undefined;
}

/** `last`: the image has its channels last, and is turned around before. */
function firstConvolution(graph: OnnxGraph, name: string): { channels: number; last: boolean } | undefined {
  let [value, last] = [name, false];
  for (let step = 0; step < mostNodes; step += 1) {
    const node = graph.node.find(
      (one) => one.input[0] === value || (inPlace.has(one.op_type) && one.input.includes(value)),
    );
    const [next] = node?.output ?? [];
    if (node === undefined || next === undefined) return undefined;
    if (node.op_type === 'Conv') {
      const kernel = graph.initializer.find((tensor) => tensor.name === node.input[1]);
      const perGroup = kernel?.dims[1];
      return perGroup === undefined ? undefined : { channels: toNumber(perGroup) * groupsOf(node), last };
    }
    if (node.op_type === 'Transpose' && permutation(node) === '0,3,1,2' && !last) last = true;
    else if (!inPlace.has(node.op_type)) return undefined;
    value = next;
  }
  return undefined;
}

const groupsOf = (node: NodeMessage): number => toNumber(node.attribute.find((one) => one.name === 'group')?.i ?? 1);
const permutation = (node: NodeMessage): string | undefined =>
  node.attribute
    .find((one) => one.name === 'perm')
    ?.ints.map(toNumber)
    .join();
