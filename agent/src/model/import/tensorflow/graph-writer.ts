import { type AttributeMessage, dataTypes, GraphDef, type NodeMessage } from './schema.js';

/** A kernel or matrix with its bias. Convolutions: height, width, in, out. Dense layers: in, out. Row-major. */
export interface Weights {
  readonly shape: readonly number[];
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}
export type Activation = 'Relu' | 'Tanh' | 'Elu' | 'Sigmoid';
export interface SensorBranch {
  /** FRONT_FACING_CAMERA, STEREO_CAMERAS, LIDAR … */
  readonly sensor: string;
  /** Without the batch: 120, 160, 1 for a camera, 64 for a lidar. */
  readonly shape: readonly number[];
  /** What the graph itself divides by: 255 for pixels, absent for a lidar. */
  readonly divisor?: number;
  readonly convolutions: readonly (Weights & { readonly stride: number; readonly padding?: 'VALID' | 'SAME' })[];
  readonly dense: readonly Weights[];
}
export interface PolicyGraph {
  readonly algorithm: 'clipped_ppo' | 'sac';
  readonly sensors: readonly SensorBranch[];
  /** After all branches are joined. */
  readonly middleware: readonly Weights[];
  /** The head's own hidden layers (SAC: one of 256), then its output. */
  readonly head: { readonly hidden: readonly Weights[]; readonly output: Weights };
  /** A discrete PPO head ends in a softmax. SAC's output gives means and logarithms of deviations; the means are cut out. */
  readonly discrete: boolean;
  readonly activation?: Activation;
  /** The gradient rescaler's r; any value gives the same policy. */
  readonly rescaler?: number;
}

/** Writes single nodes the way a freezing TensorFlow 1 does: constants with an Identity `read` behind them. */
export class GraphWriter {
  readonly nodes: NodeMessage[] = [];

  node(name: string, op: string, input: readonly string[], attr: Record<string, AttributeMessage> = {}): string {
    this.nodes.push({ name, op, input: [...input], attr: { T: { type: dataTypes.float }, ...attr } });
    return name;
  }

  placeholder(name: string, shape: readonly number[]): string {
    const dim = [-1, ...shape].map((size) => ({ size }));
    this.nodes.push({ name, op: 'Placeholder', attr: { dtype: { type: dataTypes.float }, shape: { shape: { dim } } } });
    return name;
  }

  /** A single number is written as a one-element list, everything else as bytes. */
  floats(name: string, values: Float32Array | readonly number[], shape: readonly number[]): string {
    const content = Float32Array.from(values);
    const data =
      content.length === 1 ? { float_val: [...content] } : { tensor_content: new Uint8Array(content.buffer) };
    return this.constant(name, dataTypes.float, shape, data);
  }

  ints(name: string, values: readonly number[], shape: readonly number[] = [values.length]): string {
    const data =
      values.length === 1
        ? { int_val: [...values] }
        : { tensor_content: new Uint8Array(Int32Array.from(values).buffer) };
    return this.constant(name, dataTypes.int32, shape, data);
  }

  variable(name: string, values: Float32Array | readonly number[], shape: readonly number[]): string {
    return this.node(`${name}/read`, 'Identity', [this.floats(name, values, shape)]);
  }

  private constant(name: string, dtype: number, shape: readonly number[], data: object): string {
    const tensor = { dtype, tensor_shape: { dim: shape.map((size) => ({ size })) }, ...data };
    this.nodes.push({ name, op: 'Const', attr: { dtype: { type: dtype }, value: { tensor } } });
    return name;
  }

  /** `producer` 26 is TensorFlow 1.11. */
  finish(producer = 26): Uint8Array {
    return GraphDef.encode({ node: this.nodes, versions: { producer } }).finish();
  }
}

/** A frozen graph of a whole policy, in the node style of the real exporter. */
export function writePolicyGraph(policy: PolicyGraph): Uint8Array {
  return policyGraph(policy).finish();
}

export function policyGraph(policy: PolicyGraph): GraphWriter {
  const graph = new GraphWriter();
  const sac = policy.algorithm === 'sac';
  const online = `main_level/agent/${sac ? 'policy' : 'main'}/online`;
  const scope = `${online}/network_${sac ? 0 : 1}`;
  const branches = policy.sensors.map((branch) =>
    sensorBranch(graph, online, scope, branch, policy.activation ?? 'Relu'),
  );
  const joined = branches.length === 1 ? (branches[0] as string) : concat(graph, scope, branches);
  const middle = `${scope}/middleware_fc_embedder`;
  const features = policy.middleware.reduce(
    (x, weights, at) => dense(graph, `${middle}/Dense_${at}`, x, weights, policy.activation ?? 'Relu'),
    joined,
  );
  const rescaled = rescaler(graph, scope, features, policy.rescaler ?? 1);
  const head = `${scope}/${sac ? 'sac_policy_head_0' : 'ppo_head_0'}`;
  const hidden = policy.head.hidden.reduce(
    (x, weights, at) => dense(graph, `${head}/Dense_${at}`, x, weights, 'Relu'),
    rescaled,
  );
  const last = dense(
    graph,
    `${head}/${policy.discrete ? 'fc' : sac ? 'policy_mu_logsig' : 'policy_mean'}`,
    hidden,
    policy.head.output,
  );
  if (policy.discrete) graph.node(`${head}/policy`, 'Identity', [graph.node(`${head}/Softmax`, 'Softmax', [last])]);
  else
    graph.node(`${head}/policy`, 'Identity', [
      sac ? means(graph, `${head}/strided_slice`, last, (policy.head.output.shape[1] as number) / 2) : last,
    ]);
  return graph;
}

function sensorBranch(
  graph: GraphWriter,
  online: string,
  scope: string,
  branch: SensorBranch,
  activation: Activation,
): string {
  const { sensor, shape, divisor, convolutions } = branch;
  const at = `${scope}/${sensor}`;
  let x = graph.placeholder(`${online}/network_0/${sensor}/${sensor}`, shape);
  if (divisor !== undefined) {
    x = graph.node(`${at}/truediv`, 'RealDiv', [x, graph.floats(`${at}/truediv/y`, [divisor], [])]);
    x = graph.node(`${at}/sub`, 'Sub', [x, graph.floats(`${at}/sub/y`, [0], [])]);
  }
  convolutions.forEach((layer, index) => {
    x = convolution(graph, `${at}/Conv2d_${index}`, x, layer);
    x = graph.node(`${at}/Conv2d_${index}/${activation}`, activation, [x]);
  });
  if (shape.length > 1) x = flatten(graph, `${at}/Flatten/flatten`, x);
  branch.dense.forEach((weights, index) => {
    x = dense(graph, `${at}/Dense_${index}`, x, weights, activation);
  });
  return x;
}

function convolution(graph: GraphWriter, name: string, x: string, layer: SensorBranch['convolutions'][number]): string {
  const kernel = graph.variable(`${name}/kernel`, layer.kernel, layer.shape);
  const convolved = graph.node(`${name}/Conv2D`, 'Conv2D', [x, kernel], {
    strides: { list: { i: [1, layer.stride, layer.stride, 1] } },
    dilations: { list: { i: [1, 1, 1, 1] } },
    padding: { s: Buffer.from(layer.padding ?? 'VALID') },
    data_format: { s: Buffer.from('NHWC') },
    use_cudnn_on_gpu: { b: true },
  });
  return biased(graph, name, convolved, layer.bias);
}

function biased(graph: GraphWriter, name: string, x: string, bias: Float32Array): string {
  return graph.node(`${name}/BiasAdd`, 'BiasAdd', [x, graph.variable(`${name}/bias`, bias, [bias.length])], {
    data_format: { s: Buffer.from('NHWC') },
  });
}

function dense(graph: GraphWriter, name: string, x: string, weights: Weights, activation?: Activation): string {
  const kernel = graph.variable(`${name}/kernel`, weights.kernel, weights.shape);
  const product = graph.node(`${name}/MatMul`, 'MatMul', [x, kernel], {
    transpose_a: { b: false },
    transpose_b: { b: false },
  });
  const sum = biased(graph, name, product, weights.bias);
  return activation === undefined ? sum : graph.node(`${name}/${activation}`, activation, [sum]);
}

const indices = { Index: { type: dataTypes.int32 } };
const stacks = (graph: GraphWriter, name: string, begin: readonly number[], end: readonly number[]) => [
  graph.ints(`${name}/stack`, begin),
  graph.ints(`${name}/stack_1`, end),
  graph.ints(
    `${name}/stack_2`,
    begin.map(() => 1),
  ),
];

/** Shape → StridedSlice → Pack → Reshape: the batch is kept, the rest becomes one axis. */
function flatten(graph: GraphWriter, name: string, x: string): string {
  const shape = graph.node(`${name}/Shape`, 'Shape', [x], { out_type: { type: dataTypes.int32 } });
  const batch = graph.node(
    `${name}/strided_slice`,
    'StridedSlice',
    [shape, ...stacks(graph, `${name}/strided_slice`, [0], [1])],
    {
      ...indices,
      T: { type: dataTypes.int32 },
      shrink_axis_mask: { i: 1 },
    },
  );
  const rest = graph.ints(`${name}/Reshape/shape/1`, [-1], []);
  const wanted = graph.node(`${name}/Reshape/shape`, 'Pack', [batch, rest], {
    T: { type: dataTypes.int32 },
    N: { i: 2 },
    axis: { i: 0 },
  });
  return graph.node(`${name}/Reshape`, 'Reshape', [x, wanted], { Tshape: { type: dataTypes.int32 } });
}

/** `((1 − r) · StopGradient(Pack(x)) + r · Pack(x))[0]`: nothing when driving, in the graph all the same. */
function rescaler(graph: GraphWriter, scope: string, x: string, r: number): string {
  const factor = graph.variable(`${scope}/gradients_from_head_0-0_rescalers`, [r], []);
  const rest = graph.node(`${scope}/sub`, 'Sub', [graph.floats(`${scope}/sub/x`, [1], []), factor]);
  const packed = (name: string) => graph.node(name, 'Pack', [x], { N: { i: 1 }, axis: { i: 0 } });
  const stopped = graph.node(`${scope}/StopGradient`, 'StopGradient', [packed(`${scope}/StopGradient/input`)]);
  const a = graph.node(`${scope}/mul`, 'Mul', [rest, stopped]);
  const b = graph.node(`${scope}/mul_1`, 'Mul', [factor, packed(`${scope}/mul_1/y`)]);
  const sum = graph.node(`${scope}/add`, 'Add', [a, b]);
  return graph.node(
    `${scope}/strided_slice`,
    'StridedSlice',
    [sum, ...stacks(graph, `${scope}/strided_slice`, [0], [1])],
    {
      ...indices,
      shrink_axis_mask: { i: 1 },
    },
  );
}

function concat(graph: GraphWriter, scope: string, branches: readonly string[]): string {
  const axis = graph.ints(`${scope}/concat/axis`, [-1], []);
  return graph.node(`${scope}/concat`, 'ConcatV2', [...branches, axis], {
    N: { i: branches.length },
    Tidx: { type: dataTypes.int32 },
  });
}

/** `x[..., :count]` */
function means(graph: GraphWriter, name: string, x: string, count: number): string {
  return graph.node(name, 'StridedSlice', [x, ...stacks(graph, name, [0, 0], [0, count])], {
    ...indices,
    ellipsis_mask: { i: 1 },
    begin_mask: { i: 2 },
  });
}
