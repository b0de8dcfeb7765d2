/** What a policy sees at one moment. */
export interface Observation {
  /** 160×120 grey, row-major, 0–255 (mono cameras); two planes interleaved NHWC for stereo */
  readonly camera: Uint8Array;
  /** One value for each input of the model's lidar sensor, in metres (LIDAR) or 0/1 a sector (SECTOR_LIDAR). */
  readonly lidar?: Float32Array;
}

/** What a policy wants: degrees at the front wheels, positive turns left, and metres a second as trained. */
export interface Action {
  readonly steeringDeg: number;
  readonly speedMps: number;
  /** Position in the action list of a discrete model. */
  readonly index?: number;
}

export interface Decision {
  readonly action: Action;
  /** raw network output: probabilities for a discrete head, means for a continuous one */
  readonly output: Float32Array;
}

/** A policy that decides on several observations in one run of its network. */
export interface BatchPolicy extends Policy {
  /** At once. */
  readonly most: number;
  /** The decisions in the order of the observations, each to the bit what it is alone. @throws as `decide` */
  decideAll(observations: readonly Observation[]): Promise<Decision[]>;
}

/** A model's network ready to run. */
export interface Policy {
  /** @throws PitwallError `observation-invalid` when a sensor that the model needs is missing or has the wrong size. */
  decide(observation: Observation): Promise<Decision>;
  /** Idempotent. */
  close(): Promise<void>;
}
