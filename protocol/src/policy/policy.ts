export interface Observation {
  /** 160×120 grey, row-major, 0–255 (mono cameras); two planes interleaved NHWC for stereo */
  readonly camera: Uint8Array;
  readonly lidar?: Float32Array;
}

export interface Action {
  readonly steeringDeg: number;
  readonly speedMps: number;
  readonly index?: number;
}

export interface Decision {
  readonly action: Action;
  /** raw network output: probabilities for a discrete head, means for a continuous one */
  readonly output: Float32Array;
}

export interface Policy {
  decide(observation: Observation): Promise<Decision>;
  close(): Promise<void>;
}
