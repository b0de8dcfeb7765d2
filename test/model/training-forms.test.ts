import { type GraphWriter, policyGraph } from '@pitwall/agent/model';
import { describe, it } from 'vitest';
import { smallPolicy } from './random-policy.js';
import { decided, expectClose, find, scope, truthOf } from './small-graph.js';

const boolType = 10;

/** What `tf.layers` writes around a layer whose training form depends on a variable, frozen as it was: off. */
function condition(graph: GraphWriter, name: string) {
  graph.nodes.push({
    name: `${name}/Variable`,
    op: 'Const',
    attr: { dtype: { type: boolType }, value: { tensor: { dtype: boolType, tensor_shape: {}, bool_val: [false] } } },
  });
  const training = graph.node(`${name}/Variable/read`, 'Identity', [`${name}/Variable`], { T: { type: boolType } });
  graph.node(`${name}/cond/Switch`, 'Switch', [training, training], { T: { type: boolType } });
  graph.node(`${name}/cond/switch_t`, 'Identity', [`${name}/cond/Switch:1`]);
  graph.node(`${name}/cond/switch_f`, 'Identity', [`${name}/cond/Switch`]);
  const taken = graph.node(`${name}/cond/pred_id`, 'Identity', [training]);
  let switches = 0;
  return {
    /** [when driving, in training] */
    switched: (x: string): [string, string] => {
      const made = graph.node(`${name}/cond/Switch_${++switches}`, 'Switch', [x, taken]);
      return [made, `${made}:1`];
    },
    inTraining: `^${name}/cond/switch_t`,
    merged: (driving: string, trained: string) =>
      graph.node(`${name}/cond/Merge`, 'Merge', [driving, trained], { N: { i: 2 } }),
  };
}
/** Puts `made` between a node and all that it feeds. */
function after(graph: GraphWriter, name: string, make: (x: string) => string): void {
  const users = graph.nodes.filter((node) => node.input?.includes(name) === true);
  const made = make(name);
  for (const node of users) node.input = (node.input ?? []).map((one) => (one === name ? made : one));
}
const conv = `${scope}/Conv2d_0/BiasAdd`;
const numbers = { gamma: [1.5, -0.5], beta: [0.25, 0.75], mean: [0.1, -0.2], variance: [0.5, 2] };
const variables = (graph: GraphWriter) =>
  Object.entries(numbers).map(([name, values]) => graph.variable(`${conv}/batchnorm/${name}`, values, [2]));

describe('layers that differ between training and driving', () => {
  const truth = () => {
    const graph = policyGraph(smallPolicy());
    after(graph, conv, (x) =>
      graph.node('plain', 'FusedBatchNorm', [x, ...variables(graph)], { epsilon: { f: 0.001 } }),
    );
    return truthOf(graph.nodes);
  };

  it('a batch normalization in one operation', async () => {
    const graph = policyGraph(smallPolicy());
    after(graph, conv, (x) => {
      const name = `${scope}/batchnorm`;
      const { switched, inTraining, merged } = condition(graph, name);
      const parts = [x, ...variables(graph)].map(switched);
      const empty = ['Const', 'Const_1'].map((one) => {
        const made = graph.floats(`${name}/cond/${one}`, [], [0]);
        find(graph, made).input = [inTraining];
        return made;
      });
      const attributes = { epsilon: { f: 0.001 }, data_format: { s: Buffer.from('NHWC') } };
      const trained = graph.node(
        `${name}/cond/FusedBatchNorm`,
        'FusedBatchNorm',
        [...parts.slice(0, 3).map(([, on]) => on), ...empty],
        { ...attributes, is_training: { b: true } },
      );
      const driving = graph.node(
        `${name}/cond/FusedBatchNorm_1`,
        'FusedBatchNorm',
        parts.map(([off]) => off),
        { ...attributes, is_training: { b: false } },
      );
      return merged(driving, trained);
    });
    expectClose(await decided(graph.finish()), truth());
  });

  it('a batch normalization in single steps', async () => {
    const graph = policyGraph(smallPolicy());
    after(graph, conv, (x) => {
      const name = `${scope}/batchnorm`;
      const [gamma, beta, mean, variance] = variables(graph) as [string, string, string, string];
      const axes = () => graph.ints(`${name}/moments/axes${graph.nodes.length}`, [0, 1, 2]);
      const seen = graph.node(`${name}/moments/mean`, 'Mean', [x, axes()], { keep_dims: { b: true } });
      const stopped = graph.node(`${name}/moments/StopGradient`, 'StopGradient', [seen]);
      const away = graph.node(`${name}/moments/SquaredDifference`, 'SquaredDifference', [x, stopped]);
      const spread = graph.node(`${name}/moments/variance`, 'Mean', [away, axes()], { keep_dims: { b: true } });
      const flat = (from: string) =>
        graph.node(`${from}/Squeeze`, 'Squeeze', [from], { squeeze_dims: { list: { i: [0, 1, 2] } } });
      const chosen = (part: string, moving: string, batch: string) => {
        const { switched, merged } = condition(graph, `${name}/${part}`);
        return merged(switched(moving)[0], switched(batch)[1]);
      };
      const used = chosen('mean', mean, flat(seen));
      const width = chosen('variance', variance, flat(spread));
      const sum = graph.node(`${name}/add`, 'Add', [width, graph.floats(`${name}/add/y`, [0.001], [])]);
      const factor = graph.node(`${name}/mul`, 'Mul', [graph.node(`${name}/Rsqrt`, 'Rsqrt', [sum]), gamma]);
      const shift = graph.node(`${name}/sub`, 'Sub', [beta, graph.node(`${name}/mul_2`, 'Mul', [used, factor])]);
      return graph.node(`${name}/add_1`, 'Add', [graph.node(`${name}/mul_1`, 'Mul', [x, factor]), shift]);
    });
    expectClose(await decided(graph.finish()), truth());
  });

  it.each(['Floor', 'GreaterEqual'])('a dropout, whose other branch keeps pixels by %s', async (op) => {
    const graph = policyGraph(smallPolicy());
    after(graph, conv, (x) => {
      const name = `${scope}/dropout`;
      const { switched, inTraining, merged } = condition(graph, name);
      const [driving, trained] = switched(x);
      const number = (part: string, value: number) => {
        const made = graph.floats(`${name}/cond/dropout/${part}`, [value], []);
        find(graph, made).input = [inTraining];
        return made;
      };
      const at = (part: string, kind: string, inputs: readonly string[]) =>
        graph.node(`${name}/cond/dropout/${part}`, kind, inputs);
      const [keep, low, high] = [number('keep_prob', 0.7), number('min', 0), number('max', 1)];
      const noise = at('random_uniform/RandomUniform', 'RandomUniform', [at('Shape', 'Shape', [trained])]);
      const uniform = at('random_uniform', 'Add', [at('mul', 'Mul', [noise, at('sub', 'Sub', [high, low])]), low]);
      const kept = at(op, op, [at('add', 'Add', [keep, uniform])]);
      return merged(
        graph.node(`${name}/cond/Identity`, 'Identity', [driving]),
        at('mul_1', 'Mul', [at('div', 'RealDiv', [trained, keep]), kept]),
      );
    });
    expectClose(await decided(graph.finish()), truthOf(policyGraph(smallPolicy()).nodes));
  });
});
