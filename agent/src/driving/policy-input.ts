import type { Micros } from '@pitwall/protocol';
import type { ModelMetadata, Observation, Range } from '@pitwall/protocol/policy';
import type { Scan } from '../hardware/index.js';
import { observe } from '../model/index.js';

/** A lidar turns 5 to 10 times a second; one that said nothing for so long is blind, in µs. */
const oldestScan = 500_000;

/** How a car's sensors become what its model takes. */
export interface PolicyInput {
  /** Whether the right picture of a pair is looked at. */
  readonly stereo: boolean;
  /** The lidar's latest turn, for a model that wants one. */
  ranges(): readonly Range[] | undefined;
  observe(left: Uint8Array, right?: Uint8Array, ranges?: readonly Range[]): Observation;
  /** A sensor that this model needs, other than the camera, says nothing. */
  isBlind(at: Micros): boolean;
}

/** One camera and nothing else. */
export const cameraOnly: PolicyInput = {
  stereo: false,
  ranges: () => undefined,
  observe: (camera) => ({ camera }),
  isBlind: () => false,
};

/** @param latest the lidar's last scan; undefined where there is none */
export function policyInputOf(metadata: ModelMetadata, latest: () => Scan | undefined): PolicyInput {
  const { lidar } = metadata;
  return {
    stereo: metadata.camera === 'STEREO_CAMERAS',
    ranges: () => (lidar === undefined ? undefined : latest()?.ranges),
    observe: (left, right, ranges) => observe({ metadata }, left, right, ranges),
    isBlind: (at) => {
      if (lidar === undefined) return false;
      const scan = latest();
      return scan === undefined || at - scan.at > oldestScan;
    },
  };
}
