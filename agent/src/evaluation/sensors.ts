import type { ModelMetadata, Observation } from '@pitwall/protocol/policy';
import { type LidarMode, observationSize, type World } from '../simulator/index.js';

/**
 * What a model of this metadata sees of the world. The observation's buffers are the same at every call: use them before
 * the next.
 */
export function observerOf(metadata: Pick<ModelMetadata, 'camera' | 'lidar'>): (world: World) => Observation {
  const pixels = observationSize.width * observationSize.height;
  const stereo = metadata.camera === 'STEREO_CAMERAS';
  const camera = new Uint8Array(stereo ? 2 * pixels : pixels);
  const look = (world: World) => (stereo ? world.renderStereo(camera) : world.renderGrey(camera));
  if (metadata.lidar === undefined) {
    const observation: Observation = { camera };
    return (world) => {
      look(world);
      return observation;
    };
  }
  const { sensor, config } = metadata.lidar;
  const modes = { LIDAR: 'values', SECTOR_LIDAR: 'sectors', DISCRETIZED_SECTOR_LIDAR: 'bins' } as const;
  const mode: LidarMode = modes[sensor];
  const lidar = new Float32Array(config.values);
  const observation: Observation = { camera, lidar };
  return (world) => {
    look(world);
    world.scanLidar(config, mode, lidar);
    return observation;
  };
}
