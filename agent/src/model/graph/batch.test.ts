import { describe, expect, it } from 'vitest';
import { forAnyBatch } from './batch.js';
import { constant, ints } from './constant.js';
import type { Layer, Network } from './network.js';

/** A network of one operation on an image of two planes. */
function one(op: string, given: Partial<Layer>, weights: Network['weights'] = new Map()): Network {
  const layer: Layer = {
    op,
    name: op,
    inputs: ['x'],
    output: 'y',
    shape: [1, 2, 4, 4],
    attributes: {},
    macs: 0,
    ...given,
  };
  const inputs = [{ name: 'x', shape: [1, 2, 4, 4], called: 'x' }];
  return { inputs, outputs: [{ name: 'y', shape: layer.shape, called: 'y' }], layers: [layer], weights };
}
const weight = (name: string, shape: readonly number[]) =>
  new Map([[name, constant('float', shape, new Array(shape.reduce((a, b) => a * b, 1)).fill(1))]]);

describe('a network for any number of observations', () => {
  it('flattens each on its own', () => {
    const flat = forAnyBatch(one('Reshape', { inputs: ['x', 'to'], shape: [1, 32] }, new Map([['to', ints([1, 32])]])));
    expect(flat.batch).toBe('any');
    expect([...flat.weights]).toEqual([['y/any-batch', ints([0, 32])]]);
    expect(flat.layers[0]?.inputs).toEqual(['x', 'y/any-batch']);
  });

  it.each([
    ['adds what is the same for each', one('Add', { inputs: ['x', 'b'] }, weight('b', [1, 2, 1, 1]))],
    ['multiplies with what does not reach to the first axis', one('Mul', { inputs: ['b', 'x'] }, weight('b', [4, 4]))],
    ['turns the axes behind the first', one('Transpose', { attributes: { perm: [0, 2, 3, 1] }, shape: [1, 4, 4, 2] })],
    ['softens along the last axis', one('Softmax', { attributes: { axis: 3 } })],
  ])('%s', (_, network) => {
    expect(forAnyBatch(network).batch).toBe('any');
  });

  it.each([
    ['turns the first axis away', one('Transpose', { attributes: { perm: [1, 0, 2, 3] }, shape: [2, 1, 4, 4] })],
    ['softens along the first axis', one('Softmax', { attributes: { axis: 0 } })],
    ['softens along the first axis, counted from the end', one('Softmax', { attributes: { axis: -4 } })],
    [
      'lays observations side by side',
      one('Concat', { inputs: ['x', 'x'], attributes: { axis: 0 }, shape: [2, 2, 4, 4] }),
    ],
    ['makes one axis of all', one('Reshape', { inputs: ['x', 'to'], shape: [32] }, new Map([['to', ints([32])]]))],
    ['sums over all', one('ReduceSum', { inputs: ['x', 'a'] }, new Map([['a', ints([0, 1])]]))],
    ['does what is not known', one('Mystery', {})],
  ])('stays as it is where it %s', (_, network) => {
    expect(forAnyBatch(network)).toBe(network);
  });
});
