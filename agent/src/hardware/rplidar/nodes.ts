import type { Range } from '@pitwall/protocol/policy';

// Slamtec, "RPLIDAR interface protocol and application notes": a node is 5 bytes: quality and the start flag with its
// inverse, a check bit and the angle in 1/64°, clockwise seen from above, and the distance in 1/4 mm, 0 where nothing came back.
const nodeBytes = 5;

export interface Mount {
  /** Its own angle that points forward on the car, in degrees. */
  readonly forward: number;
  readonly upsideDown: boolean;
  /** Weaker returns are left out. */
  readonly quality: number;
}

/** Turns of a lidar out of its bytes. A byte that was lost costs a node, not the rest. */
export class Nodes {
  readonly #mount: Mount;
  readonly #onTurn: (ranges: readonly Range[]) => void;
  #rest = new Uint8Array(0);
  /** undefined before the first start: half a turn is none. */
  #turn: Range[] | undefined;

  constructor(mount: Mount, onTurn: (ranges: readonly Range[]) => void) {
    this.#mount = mount;
    this.#onTurn = onTurn;
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (at + nodeBytes <= bytes.length) {
      const [first, second] = [bytes[at]!, bytes[at + 1]!];
      const start = (first & 1) === 1;
      if (start === ((first & 2) === 2) || (second & 1) === 0) {
        at += 1;
        continue;
      }
      if (start) this.#begin();
      this.#add(first >> 2, ((second >> 1) | (bytes[at + 2]! << 7)) / 64, bytes.readUInt16LE(at + 3) / 4000);
      at += nodeBytes;
    }
    this.#rest = bytes.subarray(at);
  }

  #begin(): void {
    if (this.#turn !== undefined && this.#turn.length > 0) this.#onTurn(this.#turn);
    this.#turn = [];
  }

  #add(quality: number, clockwise: number, metres: number): void {
    const { forward, upsideDown, quality: least } = this.#mount;
    if (metres > 0 && quality < least) return;
    const turned = upsideDown ? clockwise - forward : forward - clockwise;
    const angleDeg = ((((turned + 180) % 360) + 360) % 360) - 180;
    this.#turn?.push({ angleDeg, distance: metres > 0 ? metres : Number.POSITIVE_INFINITY });
  }
}
