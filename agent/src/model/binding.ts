import { PitwallError } from '@pitwall/protocol';
import { type ModelMetadata, outputSize } from '@pitwall/protocol/policy';
import { donkeycarHead, type HeadKind } from './head.js';
import type { Network, Port } from './network.js';

/** What the network takes, bound to what the car sees, and what it gives, bound to what the car does. */
export interface Binding {
  readonly camera: Port;
  /** Planes that the camera gives: 1 mono, 2 stereo. */
  readonly planes: number;
  /** The network wants colour: the grey plane is given this many times. */
  readonly copies: number;
  /** What a pixel, 0 to 255, is multiplied by. */
  readonly scale: number;
  readonly lidar?: Port;
  readonly outputs: readonly Port[];
  readonly head: HeadKind;
}

export type Ports = Pick<Network, 'inputs' | 'outputs'>;

/**
 * Finds which input is the camera and which the lidar, and checks that network and metadata speak of the same model.
 * @throws PitwallError `graph-invalid`.
 */
export function bind(ports: Ports, metadata: ModelMetadata): Binding {
  const { inputs } = ports;
  const [camera, ...otherCameras] = inputs.filter((port) => port.shape.length === 4);
  const [lidar, ...otherLidars] = inputs.filter((port) => port.shape.length !== 4);
  const list = inputs.map((port) => `${port.name} [${port.shape}]`).join(', ');
  const sequence = inputs.find((port) => port.shape.length === 5);
  if (sequence !== undefined) {
    throw wrong(`The network takes ${sequence.name} [${sequence.shape}], several frames at once; a policy sees one.`);
  }
  if (camera === undefined || otherCameras.length > 0 || otherLidars.length > 0) {
    throw wrong(`The network takes ${list || 'nothing'}; a policy takes exactly one camera and at most one lidar.`);
  }
  const [, a, b, c] = camera.shape as [number, number, number, number];
  const channels = a === 120 && b === 160 ? c : b === 120 && c === 160 ? a : 0;
  const planes = metadata.camera === 'STEREO_CAMERAS' ? 2 : 1;
  const colour = channels === 3 && planes === 1;
  if (channels !== planes && !colour) {
    throw wrong(
      `The network takes ${camera.name} [${camera.shape}], but the metadata names ${metadata.camera}, which is ${planes} plane(s) of 160×120.`,
    );
  }
  if (channels > 1 && a !== 120)
    throw wrong(`The network takes ${camera.name} [${camera.shape}]; several planes must be interleaved.`);
  if (lidar !== undefined && metadata.lidar === undefined) {
    throw wrong(
      `The network needs ${lidar.name} [${lidar.shape}] beside its camera, but the metadata names no lidar; motion sensors and the like do not drive here.`,
    );
  }
  if (lidar !== undefined && size(lidar) !== lidar.shape.at(-1)) {
    throw wrong(`The lidar input ${lidar.name} is [${lidar.shape}].`);
  }
  const head = headOf(ports, metadata);
  return {
    camera,
    planes,
    copies: colour ? 3 : 1,
    // Donkeycar divides by 255 before the network, DeepRacer inside it.
    scale: head === 'deepracer' ? 1 : 1 / 255,
    ...(lidar === undefined ? {} : { lidar }),
    outputs: ports.outputs,
    head,
  };
}

/** The network knows best how many lidar values it takes; where lidar_config says otherwise, or nothing, the network counts. */
export function withLidarOf({ lidar }: Binding, metadata: ModelMetadata): ModelMetadata {
  if (lidar === undefined || metadata.lidar === undefined) return metadata;
  const { sensor, config } = metadata.lidar;
  const values = size(lidar);
  const sectors = sensor === 'SECTOR_LIDAR' ? values : config.sectors;
  return values === config.values
    ? metadata
    : { ...metadata, lidar: { sensor, config: { ...config, values, sectors } } };
}

function headOf({ outputs }: Ports, metadata: ModelMetadata): HeadKind {
  const donkeycar = donkeycarHead(outputs);
  if (donkeycar !== undefined && metadata.actionSpace.kind === 'continuous') return donkeycar;
  const [output, ...others] = outputs;
  if (output === undefined || others.length > 0) {
    throw wrong(`The network has ${outputs.length} outputs; a policy has one, or Donkeycar's angle and throttle.`);
  }
  const wanted = outputSize(metadata.actionSpace);
  if (size(output) === wanted) return 'deepracer';
  throw wrong(
    `The network's output is [${output.shape}], but the action space of model_metadata.json wants ${wanted} numbers; the two belong to different models.`,
  );
}

export const size = (port: Port): number => port.shape.reduce((product, length) => product * length, 1);
const wrong = (message: string) => new PitwallError('graph-invalid', message);
