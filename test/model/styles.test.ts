import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GraphWriter, loadModel, policyGraph } from '@pitwall/agent/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from './donkeycar.js';
import { packArchive } from './pack.js';
import { smallPolicy } from './random-policy.js';
import { decided, expectClose, find, metadata, output, placeholder, scope, truthOf } from './small-graph.js';

type Node = GraphWriter['nodes'][number];
const floatType = 1;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-styles-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The small policy, rewritten without a change of meaning, still gives what the plain one gives. */
async function means(rewrite: (graph: GraphWriter) => GraphWriter | undefined, more = new Uint8Array()): Promise<void> {
  const truth = truthOf(policyGraph(smallPolicy()).nodes);
  const graph = policyGraph(smallPolicy());
  const bytes = (rewrite(graph) ?? graph).finish();
  expectClose(await decided(Buffer.concat([bytes, more])), truth);
}
const floatsOf = (node: Node): number[] => {
  const content = node.attr?.value?.tensor?.tensor_content;
  return content === undefined ? [] : Array.from(new Float32Array(new Uint8Array(content).buffer));
};
/** Of every Const with more than one float. */
function rewriteFloats(graph: GraphWriter, write: (values: number[]) => object): void {
  for (const node of graph.nodes) {
    const tensor = node.attr?.value?.tensor;
    if (node.op !== 'Const' || tensor?.dtype !== floatType || tensor.tensor_content === undefined) continue;
    const values = floatsOf(node);
    delete tensor.tensor_content;
    Object.assign(tensor, write(values));
  }
}

describe('a graph means the same', () => {
  it('with its numbers listed one by one, as float64', async () => {
    await means((graph) => void rewriteFloats(graph, (values) => ({ float_val: values })));
    await means((graph) => void rewriteFloats(graph, (values) => ({ dtype: 2, double_val: values })));
    await means(
      (graph) =>
        void rewriteFloats(graph, (values) => ({
          dtype: 2,
          tensor_content: new Uint8Array(Float64Array.from(values).buffer),
        })),
    );
  });

  it('with its numbers as float16, listed or as bytes', async () => {
    const [wanted, listed, packed] = [1, 2, 3].map(() => policyGraph(smallPolicy())) as [
      GraphWriter,
      GraphWriter,
      GraphWriter,
    ];
    rewriteFloats(wanted, (values) => ({
      tensor_content: new Uint8Array(Float32Array.from(values, (value) => fromHalf(toHalf(value))).buffer),
    }));
    rewriteFloats(listed, (values) => ({ dtype: 19, half_val: values.map(toHalf) }));
    rewriteFloats(packed, (values) => ({
      dtype: 19,
      tensor_content: new Uint8Array(Uint16Array.from(values, toHalf).buffer),
    }));
    const truth = truthOf(wanted.nodes);
    for (const graph of [listed, packed]) expectClose(await decided(graph.finish()), truth);
  });

  it('with shapes and axes in int64, listed or as bytes', async () => {
    const widened = (write: (values: number[]) => object) => (graph: GraphWriter) => {
      for (const { attr } of graph.nodes) {
        const tensor = attr?.value?.tensor;
        if (tensor?.dtype !== 3) continue;
        const values = tensor.int_val ?? Array.from(new Int32Array(new Uint8Array(tensor.tensor_content ?? []).buffer));
        delete tensor.int_val;
        delete tensor.tensor_content;
        Object.assign(tensor, { dtype: 9, ...write(values) });
      }
      return undefined;
    };
    await means(widened((values) => ({ int64_val: values })));
    await means(widened((values) => ({ tensor_content: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) })));
  });

  it('with the last number of a list standing for all that are left, and none for zeros', async () => {
    const bias = 'main_level/agent/main/online/network_1/middleware_fc_embedder/Dense_0/bias';
    for (const [listed, whole] of [
      [
        [0.5, -0.25],
        [0.5, -0.25, -0.25, -0.25],
      ],
      [[], [0, 0, 0, 0]],
    ] as const) {
      const wanted = policyGraph(smallPolicy());
      const given = policyGraph(smallPolicy());
      const set = (graph: GraphWriter, data: object) => {
        const tensor = find(graph, bias).attr?.value?.tensor;
        if (tensor == null) throw new Error('no tensor');
        delete tensor.tensor_content;
        Object.assign(tensor, data);
      };
      set(wanted, { tensor_content: new Uint8Array(Float32Array.from(whole).buffer) });
      set(given, { float_val: [...listed] });
      expectClose(await decided(given.finish()), truthOf(wanted.nodes));
    }
  });

  it('with control inputs and with every port named', async () => {
    await means((graph) => {
      graph.nodes.push({ name: 'init', op: 'NoOp' }, { name: 'lookup', op: 'HashTableV2' });
      for (const node of graph.nodes) {
        if (node.op === 'Const') node.input = ['^init'];
        else if ((node.input ?? []).length > 0) node.input = [...(node.input ?? []), '^lookup', '^init'];
      }
      return undefined;
    });
    await means((graph) => {
      for (const node of graph.nodes) node.input = (node.input ?? []).map((name) => `${name}:0`);
      return undefined;
    });
  });

  it.each([
    ['no shape', undefined],
    ['unknown rank', { unknown_rank: true }],
    ['unknown sizes', { dim: [-1, -1, -1, -1].map((size) => ({ size })) }],
    ['a batch of one', { dim: [1, 120, 160, 1].map((size) => ({ size })) }],
    ['a batch of size 0', { dim: [0, 120, 160, 1].map((size) => ({ size })) }],
  ])('with a placeholder of %s', async (_, shape) => {
    await means((graph) => {
      const attributes = find(graph, placeholder).attr as Record<string, object>;
      if (shape === undefined) delete attributes.shape;
      else attributes.shape = { shape };
      return undefined;
    });
  });

  it('with pixels as bytes, cast in the graph', async () => {
    await means((graph) => {
      const image = find(graph, placeholder);
      image.attr = { ...image.attr, dtype: { type: 4 } };
      graph.nodes.push({
        name: 'floats',
        op: 'Cast',
        input: [placeholder],
        attr: { SrcT: { type: 4 }, DstT: { type: floatType } },
      });
      find(graph, `${scope}/truediv`).input = ['floats', `${scope}/truediv/y`];
      return undefined;
    });
  });

  it('with everything a training leaves behind: losses, value head, target network, functions, marks of the writer', async () => {
    const message = (number: number, ...parts: Uint8Array[]) => {
      const content = Buffer.concat(parts);
      const length = content.length < 128 ? [content.length] : [(content.length & 127) | 128, content.length >> 7];
      return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), content]);
    };
    const text = (number: number, value: string) => message(number, Buffer.from(value));
    // NodeDef: name, op, input, device, attr {_output_shapes: list(shape: [unknown]), f: func}, experimental_debug_info.
    const attribute = (name: string, value: Uint8Array) => message(5, text(1, name), message(2, value));
    const marked = message(
      1,
      text(1, 'save/marked'),
      text(2, 'PyFunc'),
      text(3, output),
      text(4, '/device:GPU:0'),
      attribute('_output_shapes', message(1, message(7, Buffer.from([0x18, 1])))),
      attribute('f', message(10, text(1, 'reward'))),
      attribute('later', text(9, 'N')),
      message(6, text(1, 'save')),
    );
    const library = message(
      2,
      message(1, message(1, text(1, 'reward')), message(3, text(1, 'ret'), text(2, 'Identity'))),
    );
    await means(
      (graph) => {
        const value = 'main_level/agent/main/online/network_0/v_head_0/output';
        const features = 'main_level/agent/main/online/network_1/middleware_fc_embedder/Dense_0/Relu';
        graph.placeholder('main_level/agent/main/online/network_1/ppo_head_0/actions', [3]);
        graph.node(`${value}/MatMul`, 'MatMul', [features, graph.floats(`${value}/kernel`, [1, 2, 3, 4], [4, 1])]);
        graph.node('gradients/policy', 'SoftmaxCrossEntropyWithLogits', [output, `${value}/MatMul`]);
        graph.node('Adam', 'ApplyAdam', ['gradients/policy']);
        const online = [...graph.nodes];
        for (const node of online) {
          const renamed = (name: string) => name.replace('/main/online/', '/main/target/');
          if (renamed(node.name) === node.name) continue;
          const copy = { ...node, name: renamed(node.name), input: (node.input ?? []).map(renamed) };
          if (node.op !== 'Const') graph.nodes.push(copy);
          else graph.nodes.push({ name: copy.name, op: 'VariableV2' });
        }
        return undefined;
      },
      Buffer.concat([marked, library]),
    );
  });

  it('flattened with a product of the shape, as older versions do', async () => {
    const at = `${scope}/Flatten/flatten`;
    await means((graph) => {
      const begin = graph.ints(`${at}/Slice/begin`, [1]);
      const rest = graph.node(`${at}/Slice`, 'Slice', [`${at}/Shape`, begin, graph.ints(`${at}/Slice/size`, [3])]);
      const product = graph.node(`${at}/Prod`, 'Prod', [rest, graph.ints(`${at}/Const`, [0])], {
        keep_dims: { b: false },
      });
      const wide = graph.node(`${at}/ExpandDims`, 'ExpandDims', [product, graph.ints(`${at}/dim`, [0], [])]);
      const first = graph.node(`${at}/Slice_1`, 'Slice', [
        `${at}/Shape`,
        graph.ints(`${at}/Slice_1/begin`, [0]),
        graph.ints(`${at}/Slice_1/size`, [1]),
      ]);
      const shape = graph.node(`${at}/concat`, 'ConcatV2', [first, wide, graph.ints(`${at}/concat/axis`, [0], [])]);
      const reshape = find(graph, `${at}/Reshape`);
      reshape.input = [reshape.input?.[0] as string, shape];
      return undefined;
    });
  });

  it('with its images channels-first between two transposes', async () => {
    await means((graph) => {
      const conv = find(graph, `${scope}/Conv2d_1/Conv2D`);
      const bias = find(graph, `${scope}/Conv2d_1/BiasAdd`);
      const relu = find(graph, `${scope}/Conv2d_1/Relu`);
      const [x, kernel] = conv.input as [string, string];
      const first = graph.node('first', 'Transpose', [x, graph.ints('first/perm', [0, 3, 1, 2])]);
      conv.input = [first, kernel];
      conv.attr = {
        ...conv.attr,
        data_format: { s: Buffer.from('NCHW') },
        strides: { list: { i: [1, 1, 4, 4] } },
      };
      bias.attr = { ...bias.attr, data_format: { s: Buffer.from('NCHW') } };
      const last = graph.node('last', 'Transpose', [relu.name, graph.ints('last/perm', [0, 2, 3, 1])]);
      for (const node of graph.nodes) {
        if (node.name !== last) node.input = (node.input ?? []).map((name) => (name === relu.name ? last : name));
      }
      return undefined;
    });
  });
});

describe('the policy is found', () => {
  it.each([
    ['agent_0', 'main_level/agent_0/main/online/network_1/ppo_head_0/policy'],
    ['no scope at all', 'ppo_head_0/policy'],
    ['only a mean', 'main_level/agent/policy/online/network_0/sac_policy_head_0/policy_mean'],
  ])('with %s in its name, beside other ends', async (_, name) => {
    await means((graph) => {
      find(graph, output).name = name;
      graph.node('main_level/agent/main/online/network_0/v_head_0/output', 'Relu', [`${scope}/Conv2d_0/Relu`]);
      return undefined;
    });
  });
});

describe('a graph that is no whole policy is refused with a sentence', () => {
  const refusal = async (graph: GraphWriter) => {
    const path = join(folder, 'refused.tar.gz');
    await packArchive(path, { 'agent/model.pb': graph.finish(), 'model_metadata.json': metadata });
    return loadModel(path).then(
      () => 'loaded',
      (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
    );
  };
  it('when its weights were cut short', async () => {
    const graph = policyGraph(smallPolicy());
    const tensor = find(graph, `${scope}/Conv2d_1/kernel`).attr?.value?.tensor;
    if (tensor?.tensor_content !== undefined) tensor.tensor_content = tensor.tensor_content.subarray(0, 40);
    expect(await refusal(graph)).toMatch(/^graph-invalid: .*Conv2d_1\/kernel.*40 bytes/);
  });
  it('when it was not frozen', async () => {
    const graph = policyGraph(smallPolicy());
    Object.assign(find(graph, `${scope}/Conv2d_1/kernel`), { op: 'VariableV2' });
    expect(await refusal(graph)).toMatch(/^graph-unsupported: .*Conv2d_1\/kernel.*not frozen/);
  });
});
