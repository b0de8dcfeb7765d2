import { lidarInput, type ModelMetadata, type Observation } from '@pitwall/protocol/policy';
import { observationSize, type World } from '../simulator/index.js';

/** Rays that a scan in sectors is made of. */
const sectorRays = 64;

/**
 * What a model of this metadata sees of the world. The picture's buffer is the same at every call: use it before the next.
 */
export function observerOf(metadata: Pick<ModelMetadata, 'camera' | 'lidar'>): (world: World) => Observation {
  const pixels = observationSize.width * observationSize.height;
  const stereo = metadata.camera === 'STEREO_CAMERAS';
  const camera = new Uint8Array(stereo ? 2 * pixels : pixels);
  const render = (world: World) => (stereo ? world.renderStereo(camera) : world.renderGrey(camera));
  if (metadata.lidar === undefined) {
    const observation: Observation = { camera };
    return (world) => {
      render(world);
      return observation;
    };
  }
  const { sensor, config } = metadata.lidar;
  const rays = sensor === 'LIDAR' ? config.values : sectorRays;
  return (world) => {
    render(world);
    return { camera, lidar: lidarInput(world.scanLidar(config, rays), sensor, config) };
  };
}
