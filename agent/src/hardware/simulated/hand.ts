import type { World } from '../../simulator/index.js';

/** With all wheels off the road for this long, in s, someone takes the car and sets it down again. */
const patience = 1.5;

/** The marshal's hand of the simulated world: sets a car that left the road down on the centre line, where it left. */
export class Hand {
  readonly #world: World;
  #off = 0;

  constructor(world: World) {
    this.#world = world;
  }

  look(seconds: number): void {
    this.#off = this.#world.wheelsOnRoad().includes(true) ? 0 : this.#off + seconds;
    if (this.#off < patience) return;
    const { x, y } = this.#world.pose();
    this.#world.place(this.#world.startPose(this.#world.track.locate(x, y).along));
    this.#off = 0;
  }
}
