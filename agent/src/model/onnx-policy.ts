import { PitwallError } from '@pitwall/protocol';
import type { Compatibility, Decision, ModelMetadata, Observation, Policy } from '@pitwall/protocol/policy';
import ort from 'onnxruntime-node';
import { type Binding, size } from './binding.js';
import { goldenImage } from './golden.js';
import { headAction } from './head.js';

/** A policy on ONNX Runtime, one thread. Its tensors are made once and filled again for each observation. */
export class OnnxPolicy implements Policy {
  private readonly session: ort.InferenceSession;
  private readonly binding: Binding;
  private readonly metadata: ModelMetadata;
  private readonly compatibility: Compatibility;
  private readonly pixels: Float32Array;
  private readonly ranges: Float32Array | undefined;
  private readonly results: readonly Float32Array[];
  private readonly sizes: readonly number[];
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
    this.pixels = new Float32Array(size(camera));
    this.feeds[camera.name] = new ort.Tensor('float32', this.pixels, camera.shape);
    if (lidar !== undefined) {
      this.ranges = new Float32Array(size(lidar));
      this.feeds[lidar.name] = new ort.Tensor('float32', this.ranges, lidar.shape);
    }
    this.results = outputs.map((output) => {
      const result = new Float32Array(size(output));
      this.fetches[output.name] = new ort.Tensor('float32', result, output.shape);
      return result;
    });
    this.sizes = this.results.map((result) => result.length);
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
    const output = new Float32Array(this.sizes.reduce((sum, length) => sum + length, 0));
    let at = 0;
    for (const result of this.results) {
      output.set(result, at);
      at += result.length;
    }
    return { action: headAction(this.binding.head, output, this.sizes, this.metadata, this.compatibility), output };
  }

  private see(camera: Uint8Array): void {
    const { pixels, binding } = this;
    const { copies, scale, planes } = binding;
    if (camera.length * copies !== pixels.length) {
      throw new PitwallError(
        'observation-invalid',
        `The model takes ${planes} plane(s) of 160×120 pixels (${pixels.length / copies} bytes), the camera gave ${camera.length}.`,
      );
    }
    if (copies === 1) {
      for (let at = 0; at < pixels.length; at += 1) pixels[at] = (camera[at] as number) * scale;
      return;
    }
    for (let at = 0; at < camera.length; at += 1)
      pixels.fill((camera[at] as number) * scale, at * copies, (at + 1) * copies);
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
export async function warmUp(policy: Policy, binding: Binding, metadata: ModelMetadata): Promise<Decision> {
  const lidar = binding.lidar === undefined ? {} : { lidar: new Float32Array(size(binding.lidar)).fill(0.5) };
  const decision = await policy.decide({ camera: goldenImage(binding.planes), ...lidar });
  const { output } = decision;
  if (!output.every(Number.isFinite)) {
    throw new PitwallError(
      'output-invalid',
      'The network gives numbers that are not finite; its weights are damaged. Export the model again.',
    );
  }
  const sum = output.reduce((total, value) => total + value, 0);
  if (metadata.actionSpace.kind === 'discrete' && Math.abs(sum - 1) > 1e-3) {
    throw new PitwallError(
      'output-invalid',
      `The network's probabilities sum to ${sum.toFixed(3)}, not 1; it is not a discrete policy.`,
    );
  }
  return decision;
}
