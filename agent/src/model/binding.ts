import { PitwallError } from '@pitwall/protocol';
import { type ModelMetadata, outputSize } from '@pitwall/protocol/policy';
import type { Network, Port } from './network.js';
import type { Binding } from './onnx-policy.js';

/**
 * Finds which input is the camera and which the lidar, and checks that network and metadata speak of the same model.
 * @throws PitwallError `graph-invalid`.
 */
export function bind(network: Pick<Network, 'inputs' | 'outputs'>, metadata: ModelMetadata): Binding {
  const { inputs } = network;
  const [camera, ...otherCameras] = inputs.filter((port) => port.shape.length === 4);
  const [lidar, ...otherLidars] = inputs.filter((port) => port.shape.length !== 4);
  const list = inputs.map((port) => `${port.name} [${port.shape}]`).join(', ');
  if (camera === undefined || otherCameras.length > 0 || otherLidars.length > 0) {
    throw wrong(`The network takes ${list || 'nothing'}; a policy takes exactly one camera and at most one lidar.`);
  }
  const [, a, b, c] = camera.shape as [number, number, number, number];
  const channels = a === 120 && b === 160 ? c : b === 120 && c === 160 ? a : 0;
  const wanted = metadata.camera === 'STEREO_CAMERAS' ? 2 : 1;
  if (channels !== wanted) {
    throw wrong(
      `The network takes ${camera.name} [${camera.shape}], but the metadata names ${metadata.camera}, which is ${wanted} plane(s) of 160×120.`,
    );
  }
  if (lidar !== undefined && metadata.lidar === undefined) {
    throw wrong(`The network needs ${lidar.name}, but model_metadata.json names no lidar.`);
  }
  if (lidar !== undefined && elementsOf(lidar) !== lidar.shape.at(-1))
    throw wrong(`The lidar input ${lidar.name} is [${lidar.shape}].`);
  const [output, ...others] = network.outputs;
  if (output === undefined || others.length > 0)
    throw wrong(`The network has ${network.outputs.length} outputs; a policy has one.`);
  if (elementsOf(output) !== outputSize(metadata.actionSpace)) {
    throw wrong(
      `The network's output is [${output.shape}], but the action space of model_metadata.json wants ${outputSize(metadata.actionSpace)} numbers; the two belong to different models.`,
    );
  }
  return { inputs, output, camera, channels, ...(lidar === undefined ? {} : { lidar }) };
}

const elementsOf = (port: Port) => port.shape.reduce((product, size) => product * size, 1);
const wrong = (message: string) => new PitwallError('graph-invalid', message);
