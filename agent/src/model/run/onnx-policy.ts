import { PitwallError } from '@pitwall/protocol';
import type {
  BatchPolicy,
  Compatibility,
  Decision,
  ModelMetadata,
  Observation,
  Policy,
} from '@pitwall/protocol/policy';
import { type TensorInfo, tensorSize } from '../graph/index.js';
import { ort } from '../import/index.js';
import type { Binding } from './bind-network.js';
import { goldenImage } from './golden-image.js';
import { headAction } from './output-head.js';

/** As many observations in one run: twice as many are hardly cheaper each, and cost memory. */
const mostAtOnce = 16;

/** A policy on ONNX Runtime, one thread. Its tensors are made once for each number of observations, and filled again. */
export class OnnxPolicy implements BatchPolicy {
  readonly most: number;
  private readonly session: ort.InferenceSession;
  private readonly binding: Binding;
  private readonly metadata: ModelMetadata;
  private readonly compatibility: Compatibility;
  private readonly batches = new Map<number, Batch>();
  /** Every run has so many observations, where the processor's kernels do not give the same for each number; 0: it has its own. */
  private padding = 0;
  private running: Promise<unknown> = Promise.resolve();
  private closed: Promise<void> | undefined;

  constructor(session: ort.InferenceSession, binding: Binding, metadata: ModelMetadata, compatibility: Compatibility) {
    this.session = session;
    this.binding = binding;
    this.metadata = metadata;
    this.compatibility = compatibility;
    this.most = takesAnyBatch(session) ? mostAtOnce : 1;
  }

  /** Observations are taken one after the other; a second call waits for the first. */
  async decide(observation: Observation): Promise<Decision> {
    return (await this.decideAll([observation]))[0] as Decision;
  }

  async decideAll(observations: readonly Observation[]): Promise<Decision[]> {
    const decisions: Decision[] = [];
    for (let at = 0; at < observations.length; at += this.most) {
      const some = observations.slice(at, at + this.most);
      const run = this.running.then(() => this.run(some));
      this.running = run.catch(() => {});
      decisions.push(...(await run));
    }
    return decisions;
  }

  /**
   * Makes sure that an observation's output does not depend on how many others are in its run: where a run of any number of
   * them gives other bits than one of each, all runs are filled up to the same number from then on.
   */
  async alignBatches(): Promise<void> {
    if (this.most === 1 || this.padding > 0) return;
    const alone = (await this.decide(probe(this.binding))).output;
    for (let count = 2; count <= this.most; count += 1) {
      const same = Array.from({ length: count }, () => probe(this.binding));
      const equal = (await this.decideAll(same)).every(({ output }) => output.every((value, i) => value === alone[i]));
      if (equal) continue;
      this.padding = this.most;
      return;
    }
  }

  private async run(observations: readonly Observation[]): Promise<Decision[]> {
    if (this.closed !== undefined)
      throw new PitwallError('internal-error', 'The model was closed and cannot decide any more.');
    const count = Math.max(observations.length, this.padding);
    const batch = this.batch(count);
    observations.forEach((observation, at) => {
      this.see(observation, batch, at);
    });
    await this.session.run(batch.feeds, batch.fetches).catch((cause: unknown) => {
      throw new PitwallError('graph-invalid', 'The runtime cannot run the network.', { cause });
    });
    return observations.map((_, at) => {
      const results = batch.results.map((result) => {
        const length = result.length / count;
        return result.subarray(at * length, (at + 1) * length);
      });
      const output = new Float32Array(results.reduce((sum, { length }) => sum + length, 0));
      let from = 0;
      for (const result of results) {
        output.set(result, from);
        from += result.length;
      }
      return { action: headAction(this.binding.head, results, this.metadata, this.compatibility), output };
    });
  }

  private batch(count: number): Batch {
    const before = this.batches.get(count);
    if (before !== undefined) return before;
    const made = makeBatch(this.binding, count);
    this.batches.set(count, made);
    return made;
  }

  private see({ camera, lidar }: Observation, batch: Batch, at: number): void {
    const { copies, planes, lidar: input } = this.binding;
    const size = tensorSize(this.binding.camera);
    if (camera.length * copies !== size) {
      throw new PitwallError(
        'observation-invalid',
        `The model takes ${planes} plane(s) of 160×120 pixels (${size / copies} bytes), the camera gave ${camera.length}.`,
      );
    }
    fillPixels(this.binding, camera, batch.pixels.subarray(at * size, (at + 1) * size));
    if (input === undefined || batch.ranges === undefined) return;
    const wanted = tensorSize(input);
    if (lidar?.length !== wanted) {
      throw new PitwallError(
        'observation-invalid',
        `The model takes ${wanted} lidar values, not ${lidar?.length ?? 'none'}.`,
      );
    }
    batch.ranges.set(lidar, at * wanted);
  }

  async close(): Promise<void> {
    this.closed ??= this.running.then(() => this.session.release());
    await this.closed;
  }
}

/** The tensors of runs of so many observations. */
interface Batch {
  readonly pixels: Float32Array;
  readonly ranges: Float32Array | undefined;
  /** As the outputs of the binding. */
  readonly results: readonly Float32Array[];
  readonly feeds: Record<string, ort.Tensor>;
  readonly fetches: Record<string, ort.Tensor>;
}

function makeBatch({ camera, lidar, outputs }: Binding, count: number): Batch {
  const feeds: Record<string, ort.Tensor> = {};
  const fetches: Record<string, ort.Tensor> = {};
  const tensor = ({ shape }: TensorInfo, data: Float32Array) => {
    return new ort.Tensor('float32', data, [count * (shape[0] ?? 1), ...shape.slice(1)]);
  };
  const pixels = new Float32Array(count * tensorSize(camera));
  feeds[camera.name] = tensor(camera, pixels);
  const ranges = lidar === undefined ? undefined : new Float32Array(count * tensorSize(lidar));
  if (lidar !== undefined && ranges !== undefined) feeds[lidar.name] = tensor(lidar, ranges);
  // Two outputs of one file may be one value.
  const results = new Map<string, Float32Array>();
  for (const output of outputs) {
    if (results.has(output.name)) continue;
    const result = new Float32Array(count * tensorSize(output));
    results.set(output.name, result);
    fetches[output.name] = output.shape.length === 0 ? new ort.Tensor('float32', result, []) : tensor(output, result);
  }
  return { pixels, ranges, feeds, fetches, results: outputs.map(({ name }) => results.get(name) as Float32Array) };
}

/** The importer gives such a network's first axis a name in place of a size. */
const takesAnyBatch = ({ inputMetadata, outputMetadata }: ort.InferenceSession): boolean =>
  [...inputMetadata, ...outputMetadata].every((tensor) => tensor.isTensor && typeof tensor.shape[0] === 'string');

function fillPixels(
  { copies, planar, planes, pixels: [black, white] }: Binding,
  camera: Uint8Array,
  target: Float32Array,
) {
  const step = (white - black) / 255;
  if (copies === 1 && !planar) {
    for (let at = 0; at < target.length; at += 1) target[at] = (camera[at] as number) * step + black;
    return;
  }
  const area = camera.length / planes;
  if (!planar) {
    for (let at = 0; at < area; at += 1)
      target.fill((camera[at] as number) * step + black, at * copies, (at + 1) * copies);
    return;
  }
  // The camera's planes are interleaved; a grey one is each of the network's.
  for (let plane = 0; plane * area < target.length; plane += 1)
    for (let at = 0; at < area; at += 1)
      target[plane * area + at] = (camera[copies === 1 ? at * planes + plane : at] as number) * step + black;
}

/** The golden image, and nothing near. */
const probe = ({ planes, lidar }: Binding): Observation => ({
  camera: goldenImage(planes),
  ...(lidar === undefined ? {} : { lidar: new Float32Array(tensorSize(lidar)).fill(0.5) }),
});

/**
 * Runs the model on the golden image and checks what it says: finite numbers, and probabilities that sum to 1.
 * @throws PitwallError `output-invalid`.
 */
export async function warmUp(policy: Policy, binding: Binding): Promise<Decision> {
  const decision = await policy.decide(probe(binding));
  const { output } = decision;
  if (!output.every(Number.isFinite)) {
    throw new PitwallError(
      'output-invalid',
      'The network gives numbers that are not finite; its weights are damaged. Export the model again.',
    );
  }
  const { head } = binding;
  const sum = output.reduce((total, value) => total + value, 0);
  if (head.kind === 'discrete' && head.probabilities && (Math.abs(sum - 1) > 1e-3 || Math.min(...output) < -1e-6)) {
    throw new PitwallError(
      'output-invalid',
      `The numbers of ${binding.outputs[0]?.called} are no probabilities: they sum to ${sum.toFixed(3)}, not 1. Where they are scores of the actions (logits, Q values), say so in a pitwall.yaml (docs/models.md).`,
    );
  }
  return decision;
}
