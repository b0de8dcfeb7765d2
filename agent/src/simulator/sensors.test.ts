import { beforeAll, describe, expect, it } from 'vitest';
import { type RaceType, Random, readTrack, World } from './index.js';

const track = readTrack('oval');
/** One box in the left lane 2 m after the start line, one in the right lane at 6 m. */
const boxes: RaceType = {
  type: 'object-avoidance',
  boxes: 2,
  placed: [
    { lane: 'inner', percent: (2 / track.lengthM) * 100 },
    { lane: 'outer', percent: (6 / track.lengthM) * 100 },
  ],
};
const placed = (along: number, offset = 0) => {
  world.place(world.startPose(along, offset));
  return world;
};
let world: World;
let empty: World;
beforeAll(() => {
  world = new World({ track, raceType: boxes });
  world.beginTrial(new Random(1));
  empty = new World({ track });
});
const grey = (from: World) => {
  const frame = new Uint8Array(19_200);
  from.renderGrey(frame);
  return frame;
};
/** Columns in which two frames differ. */
function differingColumns(a: Uint8Array, b: Uint8Array): number[] {
  const columns = new Set<number>();
  a.forEach((value, i) => {
    if (Math.abs(value - (b[i] as number)) > 12) columns.add(i % 160);
  });
  return [...columns].sort((x, y) => x - y);
}

describe('a box', () => {
  it('covers what is behind it, and nothing beside it, where a pinhole camera has it', () => {
    const along = 1.2;
    empty.place(empty.startPose(along));
    const seen = differingColumns(grey(placed(along)), grey(empty));
    const lane = track.laneOffset('inner');
    const focal = 80 / Math.tan(1.13 / 2);
    // Its near right edge: 0.24 m wide, 0.39 m long, the lens 0.145 m ahead of the car's middle; about 8° down there.
    const ahead = 2 - along - 0.39 / 2 - 0.145;
    const right = 80 - (focal * (lane - 0.12)) / ahead;
    expect(seen.length).toBeGreaterThan(15);
    expect(Math.abs((seen.at(-1) as number) - right)).toBeLessThan(7);
    expect(seen.at(-1)).toBeLessThan(80);
  });

  it('grows as the car comes nearer, and is gone behind it', () => {
    const widths = [0.2, 0.8, 1.4].map((along) => {
      empty.place(empty.startPose(along));
      return differingColumns(grey(placed(along)), grey(empty)).length;
    });
    expect(widths[1]).toBeGreaterThan(widths[0] as number);
    expect(widths[2]).toBeGreaterThan(widths[1] as number);
    empty.place(empty.startPose(8));
    expect(differingColumns(grey(placed(8)), grey(empty))).toEqual([]);
  });

  it('is touched by a car that overlaps it, and not by one that passes it', () => {
    const lane = track.laneOffset('inner');
    expect(placed(2, lane).hit()?.kind).toBe('box');
    expect(placed(2 - 0.39 / 2 - 0.3235 / 2 - 0.01, lane).hit()).toBeUndefined();
    expect(placed(2 - 0.39 / 2 - 0.3235 / 2 + 0.01, lane).hit()).toBeDefined();
    expect(placed(2, track.laneOffset('outer')).hit()).toBeUndefined();
  });
});

describe('the stereo camera', () => {
  it('sees from two lenses 6 cm apart, interleaved: near things are farther right for the left one', () => {
    const both = new Uint8Array(38_400);
    placed(1.4).renderStereo(both);
    const [left, right] = [0, 1].map((plane) =>
      Uint8Array.from({ length: 19_200 }, (_, i) => both[2 * i + plane] as number),
    );
    // The border on the right side: the last bright column of a low row.
    const edgeOf = (frame: Uint8Array | undefined) => {
      const row = Array.from(frame?.subarray(60 * 160, 61 * 160) ?? []);
      return row.findLastIndex((value) => value > 200);
    };
    const dashOf = (frame: Uint8Array | undefined) => {
      const bottom = Array.from({ length: 160 }, (_, u) => {
        let most = 0;
        for (let v = 90; v < 120; v++) most = Math.max(most, frame?.[v * 160 + u] ?? 0);
        return most;
      });
      const bright = bottom.flatMap((value, u) => (value > 150 && u > 30 && u < 130 ? [u] : []));
      return bright.reduce((sum, u) => sum + u, 0) / bright.length;
    };
    expect(edgeOf(left)).toBeGreaterThan(100);
    // At 0.2 m the floor shifts by 126 px · 0.06 m / 0.25 m.
    expect(dashOf(left) - dashOf(right)).toBeGreaterThan(15);
    expect(dashOf(left) - dashOf(right)).toBeLessThan(45);
  });
});

describe('the lidar', () => {
  const all = Array.from({ length: 360 }, (_, i) => i - 179);
  const at = (from: World, angleDeg: number) =>
    from.scanLidar(all, 1).find((range) => range.angleDeg === angleDeg)?.distance;
  /** Its middle is 2.913 cm ahead of the car's. */
  const ahead = 0.02913;

  it('measures the distance to a box in its direction, and nothing else on the road', () => {
    placed(1.4, track.laneOffset('inner'));
    expect(at(world, 0)).toBeCloseTo(2 - 1.4 - 0.39 / 2 - ahead, 2);
    expect(at(world, 120)).toBe(Number.POSITIVE_INFINITY);
    expect(at(world, -120)).toBe(Number.POSITIVE_INFINITY);
    placed(2.6, track.laneOffset('inner'));
    expect(at(world, 180)).toBeCloseTo(0.6 - 0.39 / 2 + ahead, 2);
  });

  it('sees a wall', () => {
    const wallY = track.outer.bounds.minY - 0.61;
    world.place({ x: world.startPose().x, y: wallY + 0.5, yaw: -Math.PI / 2 });
    expect(at(world, 0)).toBeCloseTo(0.5 - ahead, 3);
    expect(at(world, 180)).toBe(Number.POSITIVE_INFINITY);
  });
});
