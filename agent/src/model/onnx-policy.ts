import { PitwallError } from '@pitwall/protocol';
import {
  type Compatibility,
  type Decision,
  type ModelMetadata,
  type Observation,
  type Policy,
  toAction,
} from '@pitwall/protocol/policy';
import ort from 'onnxruntime-node';
import { goldenImage } from './golden.js';
import type { Port } from './network.js';

/** What the network takes, bound to what the car sees. */
export interface Binding {
  readonly inputs: readonly Port[];
  readonly output: Port;
  readonly camera: Port;
  /** Planes of the camera: 1 mono, 2 stereo. */
  readonly channels: number;
  readonly lidar?: Port;
}

export const sessionOptions: ort.InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  executionProviders: ['cpu'],
  // Errors come back as exceptions; the runtime's own log would only repeat them on the terminal.
  logSeverityLevel: 4,
};

/** A policy on ONNX Runtime, one thread. Its tensors are made once and filled again for each observation. */
export class OnnxPolicy implements Policy {
  private readonly session: ort.InferenceSession;
  private readonly binding: Binding;
  private readonly metadata: ModelMetadata;
  private readonly compatibility: Compatibility;
  private readonly pixels: Float32Array;
  private readonly ranges: Float32Array | undefined;
  private readonly probabilities: Float32Array;
  private readonly feeds: Record<string, ort.Tensor> = {};
  private readonly fetches: Record<string, ort.Tensor>;
  private running: Promise<unknown> = Promise.resolve();
  private closed: Promise<void> | undefined;

  constructor(session: ort.InferenceSession, binding: Binding, metadata: ModelMetadata, compatibility: Compatibility) {
    this.session = session;
    this.binding = binding;
    this.metadata = metadata;
    this.compatibility = compatibility;
    const { camera, lidar, output } = binding;
    this.pixels = new Float32Array(size(camera));
    this.feeds[camera.name] = new ort.Tensor('float32', this.pixels, camera.shape);
    if (lidar !== undefined) {
      this.ranges = new Float32Array(size(lidar));
      this.feeds[lidar.name] = new ort.Tensor('float32', this.ranges, lidar.shape);
    }
    this.probabilities = new Float32Array(size(output));
    this.fetches = { [output.name]: new ort.Tensor('float32', this.probabilities, output.shape) };
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
    const { pixels, ranges } = this;
    if (camera.length !== pixels.length) {
      throw new PitwallError(
        'observation-invalid',
        `The model takes ${this.binding.channels} plane(s) of 160×120 pixels (${pixels.length} bytes), the camera gave ${camera.length}.`,
      );
    }
    for (let at = 0; at < pixels.length; at += 1) pixels[at] = camera[at] as number;
    if (ranges !== undefined) {
      if (lidar?.length !== ranges.length) {
        throw new PitwallError(
          'observation-invalid',
          `The model takes ${ranges.length} lidar values, not ${lidar?.length ?? 'none'}.`,
        );
      }
      ranges.set(lidar);
    }
    await this.session.run(this.feeds, this.fetches);
    const output = this.probabilities.slice();
    return { action: toAction(output, this.metadata, this.compatibility), output };
  }

  async close(): Promise<void> {
    this.closed ??= this.running.then(() => this.session.release());
    await this.closed;
  }
}

const size = (port: Port) => port.shape.reduce((product, length) => product * length, 1);

/**
 * Runs the model on the golden image and checks what it says: finite numbers, and probabilities that sum to 1.
 * @throws PitwallError `output-invalid`.
 */
export async function warmUp(policy: Policy, binding: Binding, metadata: ModelMetadata): Promise<Decision> {
  const lidar = binding.lidar === undefined ? {} : { lidar: new Float32Array(size(binding.lidar)).fill(0.5) };
  const decision = await policy.decide({ camera: goldenImage(binding.channels), ...lidar });
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
