import type { Direction, Track } from '@pitwall/protocol/track';
import type { Pose } from './car.js';
import { horizonRow, observationSize } from './rendering/index.js';
import { World } from './world.js';

/** A place on a track from which our camera sees about what a picture shows. */
export interface FoundView {
  readonly track: string;
  readonly direction: Direction;
  /** Metres after the start line, metres left of the centre line, and radians left of the road's direction. */
  readonly along: number;
  readonly offset: number;
  readonly turn: number;
  /** How well the floor agrees, whatever paint and light are: the correlation of its greys, 1 at best. */
  readonly agreement: number;
  /** What our camera sees from there, 160×120 grey. */
  readonly frame: Uint8Array;
}

const { width, height } = observationSize;
/** The floor in half the resolution: grain counts less there, and the comparison is four times as fast. */
const [halfWidth, halfHeight] = [width / 2, height / 2];
const floorFrom = Math.ceil(horizonRow() / 2) + 1;

/** The coarse search: so far apart, and so far out (metres along, metres aside, radians). */
const coarse = { along: 0.2, offset: 0.15, mostOffset: 0.3, turn: 0.15, mostTurn: 0.6 };
/** The directions that the fine search tries, in units of the coarse one; several at once, since they make up for each other. */
const attempts = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [1, 0, 0.7],
  [0, 0.7, 0.7],
  [0, 0.7, -0.7],
  [1, 0.7, 0],
  [1, -0.7, 0],
] as const;

/**
 * Published pictures of the cloud simulator come without poses. Looks on a track, both ways round, for the place from which
 * ours agrees best with each of these pictures (160×120 grey). Takes some seconds.
 */
export function findViews(track: Track, pictures: readonly Uint8Array[]): FoundView[] {
  const frame = new Uint8Array(width * height);
  const wanted = pictures.map((picture) => standardised(floorOf(picture)));
  const worlds = [track, track.reversed()].map((way) => new World({ track: way }));
  const see = (world: World, along: number, offset: number, turn: number): Float32Array => {
    const pose: Pose = world.startPose(along, offset);
    world.place({ ...pose, yaw: pose.yaw + turn });
    world.renderGrey(frame);
    return floorOf(frame);
  };
  const found: Place[][] = wanted.map(() => []);
  for (const world of worlds) {
    for (let along = 0; along < track.lengthM; along += coarse.along) {
      for (let offset = -coarse.mostOffset; offset <= coarse.mostOffset + 1e-9; offset += coarse.offset) {
        for (let turn = -coarse.mostTurn; turn <= coarse.mostTurn + 1e-9; turn += coarse.turn) {
          const floor = see(world, along, offset, turn);
          for (const [at, picture] of wanted.entries())
            keep(found[at] as Place[], { world, along, offset, turn, agreement: correlation(picture, floor) });
        }
      }
    }
  }
  return wanted.map((picture, at) => {
    const near = (place: Place): Place => {
      let best = place;
      for (let step = 0.6; step > 0.02; step *= 0.7) {
        for (const [s, o, t] of attempts) {
          for (const sign of [-step, step]) {
            const along = best.along + s * sign * coarse.along;
            const offset = best.offset + o * sign * coarse.offset;
            const turn = best.turn + t * sign * coarse.turn;
            const agreement = correlation(picture, see(best.world, along, offset, turn));
            if (agreement > best.agreement) best = { ...best, along, offset, turn, agreement };
          }
        }
      }
      return best;
    };
    const { world, along, offset, turn, agreement } = (found[at] as Place[])
      .map(near)
      .reduce((best, one) => (one.agreement > best.agreement ? one : best));
    see(world, along, offset, turn);
    const { direction, id } = world.track;
    return { track: id, direction, along, offset, turn, agreement, frame: frame.slice() };
  });
}

interface Place {
  readonly world: World;
  readonly along: number;
  readonly offset: number;
  readonly turn: number;
  readonly agreement: number;
}

/** So many places of the coarse search are looked at closely, each half a metre from the others. */
const [candidates, apartM] = [6, 0.5];

function keep(best: Place[], place: Place): void {
  if (best.length === candidates && place.agreement <= (best.at(-1) as Place).agreement) return;
  const near = best.findIndex(({ world, along }) => world === place.world && Math.abs(along - place.along) < apartM);
  if (near >= 0) {
    if ((best[near] as Place).agreement >= place.agreement) return;
    best.splice(near, 1);
  }
  best.push(place);
  best.sort((a, b) => b.agreement - a.agreement);
  best.length = Math.min(best.length, candidates);
}

function floorOf(picture: Uint8Array): Float32Array {
  const floor = new Float32Array((halfHeight - floorFrom) * halfWidth);
  const grey = (index: number) => picture[index] as number;
  for (let row = floorFrom; row < halfHeight; row++) {
    for (let column = 0; column < halfWidth; column++) {
      const at = 2 * row * width + 2 * column;
      floor[(row - floorFrom) * halfWidth + column] = grey(at) + grey(at + 1) + grey(at + width) + grey(at + width + 1);
    }
  }
  return floor;
}

/** Mean 0, length 1. */
function standardised(floor: Float32Array): Float32Array {
  const mean = floor.reduce((sum, value) => sum + value, 0) / floor.length;
  const length = Math.sqrt(floor.reduce((sum, value) => sum + (value - mean) ** 2, 0)) || 1;
  return floor.map((value) => (value - mean) / length);
}

/** Pearson's correlation with a picture that is standardised. */
function correlation(picture: Float32Array, floor: Float32Array): number {
  let [both, sum, squares] = [0, 0, 0];
  for (let at = 0; at < floor.length; at++) {
    const grey = floor[at] as number;
    both += (picture[at] as number) * grey;
    sum += grey;
    squares += grey * grey;
  }
  return both / Math.sqrt(squares - (sum * sum) / floor.length || 1);
}
