import { createRequire } from 'node:module';
import { convertModel } from '@pitwall/agent/model';

interface Ort {
  InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{ run(feeds: object): Promise<unknown>; release(): Promise<void> }>;
  };
  Tensor: new (type: string, data: Float32Array, shape: readonly number[]) => unknown;
}

/** A model's network and the runtime, with nothing of ours around them: what a policy is measured against. */
export interface BareNetwork {
  /** One run on the same picture. */
  run(): Promise<unknown>;
  release(): Promise<void>;
}

/** Of an archive whose network takes one camera's picture, `camera`: 160×120 grey values. */
export async function openBareNetwork(archive: string, camera: Uint8Array): Promise<BareNetwork> {
  const { onnx, inputs } = await convertModel(archive);
  const ofAgent = createRequire(createRequire(import.meta.url).resolve('@pitwall/agent/dist/main.js'));
  const ort = ofAgent('onnxruntime-node') as Ort;
  const session = await ort.InferenceSession.create(onnx, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  });
  const input = inputs[0] as { name: string; shape: readonly number[] };
  const feeds = { [input.name]: new ort.Tensor('float32', Float32Array.from(camera), input.shape) };
  return { run: () => session.run(feeds), release: () => session.release() };
}
