import { type CarLimits, carLimits, type Range, withinCar } from '@pitwall/protocol/policy';
import type { Track } from '@pitwall/protocol/track';
import { type Pose, wheels } from './car.js';
import { scan } from './lidar.js';
import { type Obstacle, overlaps } from './obstacle.js';
import { atRest, type CarState, drive, type Setpoint } from './physics.js';
import { Random } from './random.js';
import { Scene } from './rendering/index.js';
import { type RaceType, Traffic } from './traffic.js';

/** Grows when physics, cameras or rules of the simulator change what a model does in it. */
export const simulatorVersion = '4';
/** The car's middle stays this far from the walls. */
const clearanceM = 0.15;

export interface WorldOptions {
  readonly track: Track;
  /** Light, textures and colours; 0 is the track's own look. */
  readonly seed?: number;
  /** What else is on the track; absent: nothing. */
  readonly raceType?: RaceType;
  /** What the car can do at most; absent: a 1/18 DeepRacer. */
  readonly limits?: CarLimits;
  /** How much further down the camera looks than it is mounted, in radians; absent: as mounted. */
  readonly tiltRad?: number;
}

/** One car on one track: move it, ask where it is, look through its camera. Deterministic; it has no clock of its own. */
export class World {
  readonly track: Track;
  readonly #scene: Scene;
  readonly #traffic: Traffic;
  readonly #limits: CarLimits;
  readonly #options: WorldOptions;
  #state: CarState;

  /** @param scene the place, where it is painted already */
  constructor(options: WorldOptions, scene?: Scene) {
    const { track, seed = 0, raceType = { type: 'time-trial' }, limits = carLimits, tiltRad } = options;
    this.#options = options;
    this.track = track;
    this.#limits = limits;
    this.#scene = scene ?? new Scene(track, (track.lookSeed + seed) >>> 0, tiltRad);
    this.#traffic = new Traffic(track, raceType);
    this.#traffic.begin(new Random(seed));
    this.#state = atRest(this.startPose());
  }

  /** The same place once more, with a car, a camera and traffic of its own: it costs next to nothing. */
  another(tiltRad = this.#options.tiltRad ?? 0): World {
    return new World({ ...this.#options, tiltRad }, this.#scene.tilted(tiltRad));
  }

  /** A pose in driving direction `along` metres after the start line and `offset` metres left of the centre line. */
  startPose(along = 0, offset = 0): Pose {
    const { x, y, heading } = this.track.beside(along, offset);
    return { x, y, yaw: heading };
  }

  /** Sets the car down, standing. */
  place(pose: Pose): void {
    this.#state = atRest(pose);
  }

  /** Puts boxes and bots where a new trial has them. */
  beginTrial(random: Random): void {
    this.#traffic.begin(random);
  }

  /** Time goes on while the car is held. */
  pass(seconds: number): void {
    this.#traffic.advance(seconds, this.#state);
  }

  /** Something stops the car at once. */
  collide(): void {
    this.#state = { ...this.#state, speed: 0, yawRate: 0, sideways: 0 };
  }

  /** What of a setpoint this car does. */
  possible<Wanted extends Setpoint>(wanted: Wanted): Wanted {
    return withinCar(wanted, this.#limits);
  }

  /** Moves time on by any number of seconds under one setpoint, as far as the car can do it. Walls stop the car. */
  step(seconds: number, setpoint: Setpoint): void {
    const next = drive(this.#state, this.possible(setpoint), seconds);
    const { room } = this.#scene;
    const x = Math.min(room.maxX - clearanceM, Math.max(room.minX + clearanceM, next.x));
    const y = Math.min(room.maxY - clearanceM, Math.max(room.minY + clearanceM, next.y));
    const stopped = x !== next.x || y !== next.y;
    this.#state = stopped ? { ...next, x, y, speed: 0, yawRate: 0, sideways: 0 } : next;
    this.#traffic.advance(seconds, this.#state);
  }

  pose(): Pose {
    const { x, y, yaw } = this.#state;
    return { x, y, yaw };
  }

  #poseBefore(seconds: number): Pose {
    if (seconds === 0) return this.#state;
    const { x, y, yaw, speed, sideways, yawRate } = this.#state;
    const [cos, sin] = [Math.cos(yaw), Math.sin(yaw)];
    return {
      x: x - (speed * cos - sideways * sin) * seconds,
      y: y - (speed * sin + sideways * cos) * seconds,
      yaw: yaw - yawRate * seconds,
    };
  }

  /** The whole motion, for those who drive by the truth. */
  state(): CarState {
    return this.#state;
  }

  /** Boxes and bots as they stand now. */
  obstacles(): readonly Obstacle[] {
    return this.#traffic.obstacles;
  }

  /** The obstacle that the car touches. */
  hit(): Obstacle | undefined {
    return this.obstacles().find((obstacle) => overlaps(this.#state, obstacle));
  }

  /** Front left, front right, rear left, rear right: whether each wheel is on the road. */
  wheelsOnRoad(): readonly [boolean, boolean, boolean, boolean] {
    const [a, b, c, d] = wheels(this.#state);
    const on = (p: { x: number; y: number }) => this.track.isOnRoad(p.x, p.y);
    return [on(a), on(b), on(c), on(d)];
  }

  /**
   * What the network sees: 160×120 grey, row by row, into a buffer of 19,200 bytes.
   * @param agoS from where the car was so many seconds ago, as it moves now
   */
  renderGrey(target: Uint8Array, agoS = 0): void {
    this.#scene.renderGrey(this.#poseBefore(agoS), this.obstacles(), target);
  }

  /** What a network with two cameras sees: left and right interleaved, into a buffer of 38,400 bytes; otherwise as above. */
  renderStereo(target: Uint8Array, agoS = 0): void {
    this.#scene.renderStereo(this.#poseBefore(agoS), this.obstacles(), target);
  }

  /** What the lidar sees in these directions, degrees on the car, as far as `reachM`. */
  scanLidar(anglesDeg: readonly number[], reachM: number): Range[] {
    return scan(this.#state, this.#scene.room, this.obstacles(), anglesDeg, reachM);
  }

  /** What people see: 640×480 red, green, blue, into a buffer of 921,600 bytes. */
  renderColour(target: Uint8Array): void {
    this.#scene.renderColour(this.#state, this.obstacles(), target);
  }
}
