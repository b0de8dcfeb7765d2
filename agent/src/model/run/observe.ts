import { lidarInput, type ModelMetadata, type Observation, type Range } from '@pitwall/protocol/policy';
import { interleave } from '../picture/index.js';

/**
 * An observation for a model from pictures and a lidar's scan, or the numbers that the network takes of one. A stereo model
 * without a right picture sees the left twice, a lidar without a scan sees nothing near.
 */
export function observe(
  { metadata }: { readonly metadata: ModelMetadata },
  left: Uint8Array,
  right?: Uint8Array,
  lidar: readonly Range[] | Float32Array = [],
): Observation {
  const camera = metadata.camera === 'STEREO_CAMERAS' ? interleave(left, right ?? left) : left;
  if (metadata.lidar === undefined) return { camera };
  return { camera, lidar: lidar instanceof Float32Array ? lidar : lidarInput(lidar, metadata.lidar) };
}
