import type { LidarConfig, ModelLidar } from './metadata.js';

/** One measured distance: degrees on the car (positive left, 0 ahead) and metres; infinite where nothing came back. */
export interface Range {
  readonly angleDeg: number;
  readonly distance: number;
}

/**
 * What a network's lidar input takes, from a scan in any order. LIDAR: `values` distances spread evenly over the angles,
 * interpolated between neighbours and clamped. SECTOR_LIDAR: 1 for each sector with something nearer than the clipping
 * distance. DISCRETIZED_SECTOR_LIDAR: the sectors' distance steps from 0 to the clipping distance, 1 in that of the nearest.
 *
 * A DeepRacer's lidar is mounted backwards (aws-deepracer, deepracer_front_facing_camera_and_lidar_urdf.xacro: `hokuyo_joint`
 * rpy "0 0 3.1416"; sensor_fusion_pkg, lidar_overlay.cpp: "0 degree marker at the rear of the car", sector 0 at the front
 * left): from −150° to 150° it goes from the front left over the left, the rear and the right to the front right.
 */
export function lidarInput(ranges: readonly Range[], { sensor, config, zero }: ModelLidar): Float32Array {
  const scan = ranges
    .filter(({ angleDeg, distance }) => Number.isFinite(angleDeg) && distance >= config.minDistance)
    .map(({ angleDeg, distance }) => ({ angleDeg: zero === 'rear' ? turned(angleDeg) : angleDeg, distance }))
    .sort((a, b) => a.angleDeg - b.angleDeg);
  if (sensor === 'LIDAR') return distances(scan, config);
  return sectors(scan, config, Math.max(1, Math.round(config.values / config.sectors)));
}

/** Between an angle of the car and one of a scan that is mounted backwards, either way: −180 to 180. */
export const turned = (angleDeg: number): number => (angleDeg > 0 ? angleDeg - 180 : angleDeg + 180);

function distances(sorted: readonly Range[], config: LidarConfig): Float32Array {
  const { values, minAngleDeg, maxAngleDeg, minDistance } = config;
  const limit = Math.min(config.maxDistance, config.clippingDistance);
  const clamp = (distance: number) => Math.min(limit, Math.max(minDistance, distance));
  const result = new Float32Array(values).fill(limit);
  let right = 0;
  for (let at = 0; at < values; at += 1) {
    const angle = values === 1 ? 0 : minAngleDeg + ((maxAngleDeg - minAngleDeg) * at) / (values - 1);
    while (right < sorted.length && (sorted[right] as Range).angleDeg < angle) right += 1;
    const [below, above] = [sorted[right - 1], sorted[right]];
    if (below === undefined || above === undefined) {
      const only = below ?? above;
      if (only !== undefined) result[at] = clamp(only.distance);
      continue;
    }
    const share = (angle - below.angleDeg) / (above.angleDeg - below.angleDeg || 1);
    result[at] = clamp(below.distance) + (clamp(above.distance) - clamp(below.distance)) * share;
  }
  return result;
}

/** The nearest of each sector, in the step that it is in: what the cloud's own filter gave its networks in training. */
function sectors(scan: readonly Range[], config: LidarConfig, steps: number): Float32Array {
  const { sectors: count, minAngleDeg, maxAngleDeg, clippingDistance } = config;
  const width = (maxAngleDeg - minAngleDeg) / count;
  const nearest = new Float64Array(count).fill(clippingDistance);
  for (const { angleDeg, distance } of scan) {
    if (angleDeg < minAngleDeg || angleDeg > maxAngleDeg) continue;
    const sector = Math.min(count - 1, Math.floor((angleDeg - minAngleDeg) / width));
    nearest[sector] = Math.min(nearest[sector] as number, distance);
  }
  const result = new Float32Array(count * steps);
  nearest.forEach((distance, sector) => {
    if (distance < clippingDistance) result[sector * steps + Math.floor((distance / clippingDistance) * steps)] = 1;
  });
  return result;
}
