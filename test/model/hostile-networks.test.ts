import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertModel, GraphWriter, loadModel, policyGraph } from '@pitwall/agent/model';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { donkeycar } from './donkeycar.js';
import { packArchive } from './pack.js';
import { smallPolicy as small } from './random-policy.js';

/** How many damaged files of each kind; `PITWALL_RUNS=2000` for a long night. */
const runs = Number(process.env.PITWALL_RUNS ?? 60);

const smallPolicy = () => policyGraph(small());

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-hostile-'));
});
afterAll(() => rm(folder, { recursive: true }));

const actions = [-1, 0, 1].map((side) => ({ steering_angle: side * 20, speed: 1 }));
const metadata = JSON.stringify({ action_space: actions, sensor: ['FRONT_FACING_CAMERA'], version: '5' });

const ended = /^(archive|metadata|graph|output|observation)-/;

/** Loads it: a model or a PitwallError, within 5 s and 512 MB. */
async function endsWell(file: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, file === 'model.pb' ? 'hostile.tar.gz' : file);
  if (file === 'model.pb') await packArchive(path, { 'model.pb': bytes, 'model_metadata.json': metadata }, 0);
  else await writeFile(path, bytes);
  const started = performance.now();
  const before = process.memoryUsage().rss;
  const code = await loadModel(path).then(
    async ({ policy }) => {
      await policy.close();
      return 'loaded';
    },
    (error: { code?: string }) => error.code ?? String(error),
  );
  if (code !== 'loaded') expect(code).toMatch(ended);
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(process.memoryUsage().rss - before).toBeLessThan(512 * 2 ** 20);
  return code;
}

/** Bytes changed, cut out, doubled, or cut off. */
const damage = fc.record({
  changes: fc.array(fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(255)), {
    minLength: 1,
    maxLength: 16,
  }),
  splice: fc.option(
    fc.tuple(
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.nat(64),
      fc.uint8Array({ maxLength: 64 }),
    ),
  ),
  length: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
});
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;
function damaged(bytes: Uint8Array, { changes, splice, length }: Damage, upTo = bytes.length): Uint8Array {
  const result = Array.from(bytes);
  for (const [at, value] of changes) result[Math.floor(at * upTo)] = value;
  if (splice !== null) result.splice(Math.floor(splice[0] * upTo), splice[1], ...splice[2]);
  return Uint8Array.from(length === null ? result : result.slice(0, Math.floor(length * result.length)));
}

describe('a damaged network ends in a PitwallError, never in a crash, a hang or without memory', () => {
  it('as GraphDef', { timeout: 300_000 }, async () => {
    const graph = smallPolicy().finish();
    expect(await endsWell('model.pb', graph)).toBe('loaded');
    await fc.assert(
      fc.asyncProperty(damage, (how) => endsWell('model.pb', damaged(graph, how)).then(() => {})),
      { numRuns: runs * 2 },
    );
  });

  it('as GraphDef whose nodes are rearranged', { timeout: 300_000 }, async () => {
    const { nodes } = smallPolicy();
    const names = nodes.map((node) => node.name);
    const ops = [
      ...new Set(nodes.map((node) => node.op)),
      'MaxPool',
      'Tile',
      'Fill',
      'Range',
      'Transpose',
      'Pad',
      'Mean',
      'Split',
      'Switch',
      'Merge',
      'Cast',
    ];
    const change = fc.record({
      at: fc.nat(nodes.length - 1),
      op: fc.option(fc.constantFrom(...ops)),
      input: fc.option(fc.tuple(fc.nat(3), fc.constantFrom(...names))),
      shape: fc.option(
        fc.array(fc.oneof(fc.integer(), fc.constantFrom(-1, 0, 1, 2, 65_536, 2 ** 31 - 1)), { maxLength: 5 }),
      ),
      ints: fc.option(fc.array(fc.constantFrom(-1, 0, 1, 2, 4, 100_000, 2 ** 31 - 1), { minLength: 1, maxLength: 4 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const writer = new GraphWriter();
        writer.nodes.push(...structuredClone(nodes));
        for (const { at, op, input, shape, ints } of changes) {
          const node = writer.nodes[at] as (typeof nodes)[number];
          if (op !== null) node.op = op;
          if (input !== null) {
            node.input ??= [];
            node.input[input[0] % (node.input.length + 1)] = input[1];
          }
          const attributes = node.attr ?? {};
          const tensor = attributes.value?.tensor;
          if (shape !== null && tensor) tensor.tensor_shape = { dim: shape.map((size) => ({ size })) };
          if (shape !== null && attributes.shape) attributes.shape.shape = { dim: shape.map((size) => ({ size })) };
          if (ints !== null && tensor) {
            tensor.dtype = 3;
            tensor.int_val = ints;
            delete tensor.tensor_content;
          }
          if (ints !== null && attributes.strides) attributes.strides.list = { i: ints };
        }
        await endsWell('model.pb', writer.finish());
      }),
      { numRuns: runs * 2 },
    );
  });

  it('as .onnx', { timeout: 300_000 }, async () => {
    const path = join(folder, 'small.tar.gz');
    await packArchive(path, { 'model.pb': smallPolicy().finish(), 'model_metadata.json': metadata });
    const { onnx } = await convertModel(path);
    await writeFile(join(folder, 'model_metadata.json'), metadata);
    expect(await endsWell('model.onnx', onnx)).toBe('loaded');
    await fc.assert(
      fc.asyncProperty(damage, (how) => endsWell('model.onnx', damaged(onnx, how)).then(() => {})),
      { numRuns: runs * 2 },
    );
    await rm(join(folder, 'model_metadata.json'));
  });

  it('as .tflite', { timeout: 300_000 }, async () => {
    const { tflite } = donkeycar('linear', 2);
    // Its tables lie behind the weights, where damage hurts most.
    const tables = Math.min(tflite.length, 12_000);
    await fc.assert(
      fc.asyncProperty(damage, fc.boolean(), async (how, front) => {
        const head = damaged(tflite.subarray(0, tables), { ...how, splice: null, length: null });
        const bytes = Uint8Array.from(tflite);
        bytes.set(
          front ? head : damaged(tflite.subarray(-tables), { ...how, splice: null, length: null }),
          front ? 0 : tflite.length - tables,
        );
        await endsWell(
          'model.tflite',
          how.length === null ? bytes : bytes.subarray(0, Math.floor(how.length * bytes.length)),
        );
      }),
      { numRuns: Math.ceil(runs / 2) },
    );
  });
});

describe('a hostile network', () => {
  const constantBomb = (count: number) => {
    const graph = new GraphWriter();
    const image = graph.placeholder('FRONT_FACING_CAMERA', [120, 160, 1]);
    let last = image;
    for (let at = 0; at < count; at += 1) {
      const dim = [{ size: 2 ** 12 }, { size: 2 ** 12 }];
      graph.nodes.push({
        name: `c${at}`,
        op: 'Const',
        attr: { value: { tensor: { dtype: 1, tensor_shape: { dim }, float_val: [1] } } },
      });
      last = graph.node(`s${at}`, 'Add', [last, `c${at}`]);
    }
    graph.node('main/ppo_head_0/policy', 'Softmax', [last]);
    return graph.finish();
  };
  it('of many huge constants from few bytes', async () => {
    expect(await endsWell('model.pb', constantBomb(1000))).toMatch(/^graph-/);
  });

  it('that takes too long to compute', async () => {
    const graph = new GraphWriter();
    const image = graph.placeholder('FRONT_FACING_CAMERA', [120, 160, 1]);
    const dim = [256, 256, 1, 64].map((size) => ({ size }));
    graph.nodes.push({
      name: 'k',
      op: 'Const',
      attr: { value: { tensor: { dtype: 1, tensor_shape: { dim }, float_val: [1] } } },
    });
    graph.node('c', 'Conv2D', [image, 'k'], {
      strides: { list: { i: [1, 1, 1, 1] } },
      padding: { s: Buffer.from('SAME') },
    });
    graph.node('main/ppo_head_0/policy', 'Softmax', ['c']);
    expect(await endsWell('model.pb', graph.finish())).toBe('graph-too-large');
  });

  it('that runs in a circle', async () => {
    const graph = new GraphWriter();
    graph.node('a', 'Relu', ['b']);
    graph.node('b', 'Relu', ['a']);
    graph.node('main/ppo_head_0/policy', 'Softmax', ['a']);
    expect(await endsWell('model.pb', graph.finish())).toBe('graph-unsupported');
  });

  it('with an operation that no policy has is refused by name, node and version', async () => {
    const graph = smallPolicy();
    const node = graph.nodes.find(({ op }) => op === 'Softmax');
    if (node !== undefined) node.op = 'PyFunc';
    const path = join(folder, 'unknown.tar.gz');
    await packArchive(path, { 'model.pb': graph.finish(1087), 'model_metadata.json': metadata });
    await expect(loadModel(path)).rejects.toMatchObject({
      code: 'graph-unsupported',
      message: expect.stringMatching(/PyFunc.*ppo_head_0\/Softmax.*1087/),
      details: { op: 'PyFunc' },
    });
  });

  it('that keeps its weights in another file', async () => {
    // A ModelProto with one node and one initializer whose data_location is EXTERNAL (1).
    const field = (number: number, ...bytes: number[]) => [(number << 3) | 2, bytes.length, ...bytes];
    const text = (value: string) => Array.from(Buffer.from(value));
    const tensor = [
      ...field(8, ...text('w')),
      0x10,
      1,
      ...field(13, ...field(1, ...text('location')), ...field(2, ...text('/etc/passwd'))),
      0x70,
      1,
    ];
    const graph = [
      ...field(1, ...field(1, ...text('w')), ...field(2, ...text('y')), ...field(4, ...text('Relu'))),
      ...field(5, ...tensor),
      ...field(12, ...field(1, ...text('y'))),
    ];
    const bytes = Uint8Array.from([0x08, 8, ...field(8, 0x10, 17), ...field(7, ...graph)]);
    await writeFile(join(folder, 'external.onnx'), bytes);
    await expect(loadModel(join(folder, 'external.onnx'))).rejects.toMatchObject({
      code: 'graph-unsupported',
      message: expect.stringMatching(/another file/),
    });
  });
});
