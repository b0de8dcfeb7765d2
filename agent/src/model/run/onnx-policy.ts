import { PitwallError } from '@pitwall/protocol';
import type { Compatibility, Decision, ModelMetadata, Observation, Policy } from '@pitwall/protocol/policy';
import { tensorSize } from '../graph/index.js';
import { ort } from '../import/index.js';
import type { Binding } from './bind-network.js';
import { goldenImage } from './golden-image.js';
import { headAction } from './output-head.js';

/** A policy on ONNX Runtime, one thread. Its tensors are made once and filled again for each observation. */
export class OnnxPolicy implements Policy {
  private readonly session: ort.InferenceSession;
  private readonly binding: Binding;
  private readonly metadata: ModelMetadata;
  private readonly compatibility: Compatibility;
  private readonly pixels: Float32Array;
  private readonly ranges: Float32Array | undefined;
  private readonly results: readonly Float32Array[];
  private readonly feeds: Record<string, ort.Tensor> = {};
  private readonly fetches: Record<string, ort.Tensor> = {};
  private running: Promise<unknown> = Promise.resolve();
  private closed: Promise<void> | undefined;

  constructor(session: ort.InferenceSession, binding: Binding, metadata: ModelMetadata, compatibility: Compatibility) {
    this.session = session;
    this.binding = binding;
    this.metadata = metadata;
    this.compatibility = compatibility;
    const { camera, lidar, outputs } = binding;
    this.pixels = new Float32Array(tensorSize(camera));
    this.feeds[camera.name] = new ort.Tensor('float32', this.pixels, camera.shape);
    if (lidar !== undefined) {
      this.ranges = new Float32Array(tensorSize(lidar));
      this.feeds[lidar.name] = new ort.Tensor('float32', this.ranges, lidar.shape);
    }
    // Two outputs of one file may be one value.
    const results = new Map<string, Float32Array>();
    for (const output of outputs) {
      if (results.has(output.name)) continue;
      const result = new Float32Array(tensorSize(output));
      results.set(output.name, result);
      this.fetches[output.name] = new ort.Tensor('float32', result, output.shape);
    }
    this.results = outputs.map((output) => results.get(output.name) as Float32Array);
  }

  /** Observations are taken one at a time; a second call waits for the first. */
  decide(observation: Observation): Promise<Decision> {
    const decision = this.running.then(() => this.run(observation));
    this.running = decision.catch(() => {});
    return decision;
  }

  private async run({ camera, lidar }: Observation): Promise<Decision> {
    if (this.closed !== undefined)
      throw new PitwallError('internal-error', 'The model was closed and cannot decide any more.');
    this.see(camera);
    if (this.ranges !== undefined) {
      if (lidar?.length !== this.ranges.length) {
        throw new PitwallError(
          'observation-invalid',
          `The model takes ${this.ranges.length} lidar values, not ${lidar?.length ?? 'none'}.`,
        );
      }
      this.ranges.set(lidar);
    }
    await this.session.run(this.feeds, this.fetches).catch((cause: unknown) => {
      throw new PitwallError('graph-invalid', 'The runtime cannot run the network.', { cause });
    });
    const output = new Float32Array(this.results.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const result of this.results) {
      output.set(result, at);
      at += result.length;
    }
    return { action: headAction(this.binding.head, this.results, this.metadata, this.compatibility), output };
  }

  private see(camera: Uint8Array): void {
    const { pixels, binding } = this;
    const { copies, planar, planes } = binding;
    if (camera.length * copies !== pixels.length) {
      throw new PitwallError(
        'observation-invalid',
        `The model takes ${planes} plane(s) of 160×120 pixels (${pixels.length / copies} bytes), the camera gave ${camera.length}.`,
      );
    }
    const [black, white] = binding.pixels;
    const step = (white - black) / 255;
    if (copies === 1 && !planar) {
      for (let at = 0; at < pixels.length; at += 1) pixels[at] = (camera[at] as number) * step + black;
      return;
    }
    const area = camera.length / planes;
    if (!planar) {
      for (let at = 0; at < area; at += 1)
        pixels.fill((camera[at] as number) * step + black, at * copies, (at + 1) * copies);
      return;
    }
    // The camera's planes are interleaved; a grey one is each of the network's.
    for (let plane = 0; plane * area < pixels.length; plane += 1)
      for (let at = 0; at < area; at += 1)
        pixels[plane * area + at] = (camera[copies === 1 ? at * planes + plane : at] as number) * step + black;
  }

  async close(): Promise<void> {
    this.closed ??= this.running.then(() => this.session.release());
    await this.closed;
  }
}

/**
 * Runs the model on the golden image and checks what it says: finite numbers, and probabilities that sum to 1.
 * @throws PitwallError `output-invalid`.
 */
export async function warmUp(policy: Policy, binding: Binding): Promise<Decision> {
  const lidar = binding.lidar === undefined ? {} : { lidar: new Float32Array(tensorSize(binding.lidar)).fill(0.5) };
  const decision = await policy.decide({ camera: goldenImage(binding.planes), ...lidar });
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
