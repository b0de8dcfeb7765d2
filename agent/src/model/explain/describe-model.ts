import type { Sha256 } from '@pitwall/protocol';
import { actionLimits, beyondCar, type ModelMetadata, shortNumber as short } from '@pitwall/protocol/policy';
import type { Checkpoint, CheckpointChoice, Part } from '../archive/index.js';
import { modelFileOf } from '../archive/index.js';
import type { LayerSummary, NetworkTensors, TensorInfo } from '../graph/index.js';
import { importModel, withTemporaryFile } from '../import/index.js';
import type { Head } from '../run/index.js';
import { bindNetwork, modelName } from '../run/index.js';

/** What a model is, for people and programs. */
export interface ModelSummary {
  readonly name: string;
  readonly hash: Sha256;
  readonly parts: readonly Part[];
  readonly checkpoints: readonly Checkpoint[];
  readonly checkpoint: Checkpoint;
  readonly metadata: ModelMetadata;
  readonly head: Head['kind'];
  /** What its network sees and what its numbers mean, one sentence each: what is driven. */
  readonly reading: readonly string[];
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly layers: readonly LayerSummary[];
  readonly macs: number;
  readonly parameters: number;
  readonly warnings: readonly string[];
}

/**
 * Reads a model and says what it is, without running it.
 * @throws PitwallError as `loadModel` does.
 */
export async function describeModel(path: string, choice?: CheckpointChoice): Promise<ModelSummary> {
  const { model, layers } = await withTemporaryFile(async (file) => {
    const imported = await importModel(path, choice, file);
    return { model: { ...modelFileOf(imported.archive, choice), tensors: imported.tensors }, layers: imported.layers };
  });
  const { archive, checkpoints, notes, checkpoint, tensors } = model;
  const { binding, metadata, reading } = bindNetwork(tensors, model);
  return {
    name: modelName(path),
    hash: archive.hash,
    parts: archive.parts,
    checkpoints,
    checkpoint,
    metadata,
    head: binding.head.kind,
    reading,
    inputs: tensors.inputs,
    outputs: tensors.outputs,
    layers,
    macs: layers.reduce((sum, layer) => sum + layer.macs, 0),
    parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
    warnings: [...notes, ...metadata.warnings, ...advice(metadata, tensors, binding.head.kind)],
  };
}

/** What a pit crew should know before the start. */
function advice(metadata: ModelMetadata, { inputs }: NetworkTensors, head: Head['kind']): string[] {
  const { actionSpace: space, algorithm } = metadata;
  const limits = actionLimits(space);
  const slowest =
    space.kind === 'discrete' ? Math.min(...space.actions.map((action) => action.speedMps)) : space.speedMps.low;
  const beyond = beyondCar(space);
  if (head !== 'discrete' && head !== 'continuous') return beyond;
  const lock = limits.steeringDeg === 0 ? [] : [`${short(limits.steeringDeg)}° into full lock`];
  const throttle =
    limits.speedMps > 0
      ? [`${short(limits.speedMps)} m/s into full throttle`]
      : slowest < 0
        ? [`${short(slowest)} m/s into full throttle backwards`]
        : [];
  const full = [...lock, ...throttle].join(' and ') || 'nothing into a movement';
  const said = [
    `Trained at 15 frames/s; a car that decides more often acts on smaller changes than in training.`,
    `Speed range ${short(slowest)} to ${short(limits.speedMps)} m/s at ±${short(limits.steeringDeg)}°; the stock mapping turns ${full}.`,
  ];
  said.push(...beyond);
  if (algorithm === 'sac')
    said.push(
      'SAC: its means go through tanh here; the stock car clips them and so steers harder. --stock repeats that.',
    );
  if (space.kind === 'continuous' && Math.abs(space.steeringDeg.low) > Math.abs(space.steeringDeg.high)) {
    said.push(
      'Its right turns are sharper than its left turns: the stock car refuses those beyond the left limit and holds the last angle. --stock repeats that.',
    );
  }
  if (metadata.lidar !== undefined && inputs.every((tensor) => tensor.shape.length === 4)) {
    said.push(`The metadata names ${metadata.lidar.sensor}, but the network does not use it.`);
  }
  return said;
}
