import type { ModelMetadata, Observation } from '@pitwall/protocol/policy';
import { interleave } from '../picture/index.js';

/** An observation for a model from pictures: a stereo model without a right one sees the left twice; a lidar sees nothing near. */
export function observe(
  { metadata }: { readonly metadata: ModelMetadata },
  left: Uint8Array,
  right?: Uint8Array,
  lidar?: Float32Array,
): Observation {
  const camera = metadata.camera === 'STEREO_CAMERAS' ? interleave(left, right ?? left) : left;
  if (metadata.lidar === undefined) return { camera };
  const { sensor, config } = metadata.lidar;
  const empty = sensor === 'LIDAR' ? Math.min(config.maxDistance, config.clippingDistance) : 0;
  return { camera, lidar: lidar ?? new Float32Array(config.values).fill(empty) };
}
