import { lidarInput, type ModelLidar, type ModelMetadata, type Observation, turned } from '@pitwall/protocol/policy';
import { observationSize, type World } from '../simulator/index.js';
import { changedFrame, changesFrames } from './domain-change.js';
import type { DomainChange } from './robustness-result.js';

/** Rays of the cloud simulator's lidar (deepracer-simapp, LIDAR_360_DEGREE_SAMPLE). */
const cloudRays = 64;

/**
 * What a model of this metadata sees of the world, its frames as `domain` changes them. The picture's buffer is the same at
 * every call: use it before the next.
 */
export function observerOf(
  metadata: Pick<ModelMetadata, 'camera' | 'lidar'>,
  domain: DomainChange = {},
): (world: World) => Observation {
  const pixels = observationSize.width * observationSize.height;
  const stereo = metadata.camera === 'STEREO_CAMERAS';
  const camera = new Uint8Array(stereo ? 2 * pixels : pixels);
  const see = (world: World, target: Uint8Array, agoS: number) =>
    stereo ? world.renderStereo(target, agoS) : world.renderGrey(target, agoS);
  const render = changesFrames(domain)
    ? (world: World) =>
        changedFrame(camera, domain, stereo ? 2 : 1, world.pose().yaw, (target, agoS) => see(world, target, agoS))
    : (world: World) => see(world, camera, 0);
  const { lidar } = metadata;
  if (lidar === undefined) {
    const observation: Observation = { camera };
    return (world) => {
      render(world);
      return observation;
    };
  }
  const angles = raysOf(lidar);
  return (world) => {
    render(world);
    return { camera, lidar: lidarInput(world.scanLidar(angles, lidar.config.maxDistance), lidar) };
  };
}

/** The rays that a model was trained with, as angles on the car. */
function raysOf({ sensor, config, zero }: ModelLidar): number[] {
  const rays = sensor === 'LIDAR' ? config.values : cloudRays;
  const { minAngleDeg, maxAngleDeg } = config;
  const scan = (i: number) => minAngleDeg + ((maxAngleDeg - minAngleDeg) * i) / Math.max(1, rays - 1);
  return Array.from({ length: rays }, (_, i) => (zero === 'rear' ? turned(scan(i)) : scan(i)));
}
