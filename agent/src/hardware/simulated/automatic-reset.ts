import type { Pose } from '@pitwall/protocol/messages';
import type { World } from '../../simulator/index.js';

/** With all wheels off the road for this long, in s, someone takes the car and sets it down again. */
const patience = 1.5;

/** The marshal of the simulated world: sets a car that left the road down on the centre line, where it left. */
export class AutomaticReset {
  readonly #world: World;
  #off = 0;
  /** Where it was on the road last: another stretch may be nearer to where it stands now. */
  #left: Pose;

  constructor(world: World) {
    this.#world = world;
    this.#left = world.pose();
  }

  check(seconds: number): void {
    if (this.#world.wheelsOnRoad().includes(true)) {
      this.#left = this.#world.pose();
      this.#off = 0;
      return;
    }
    this.#off += seconds;
    if (this.#off < patience) return;
    const { x, y } = this.#left;
    this.#world.place(this.#world.startPose(this.#world.track.locate(x, y).along));
    this.#off = 0;
  }
}
