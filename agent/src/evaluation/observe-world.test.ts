import type { LidarConfig } from '@pitwall/protocol/policy';
import { beforeAll, describe, expect, it } from 'vitest';
import { type RaceType, Random, readTrack, World } from '../simulator/index.js';
import { observerOf } from './observe-world.js';

const track = readTrack('oval');
const boxes: RaceType = {
  type: 'object-avoidance',
  boxes: 1,
  placed: [{ lane: 'inner', percent: (2 / track.lengthM) * 100 }],
};
const config: LidarConfig = {
  values: 8,
  minAngleDeg: -150,
  maxAngleDeg: 150,
  minDistance: 0.15,
  maxDistance: 1,
  clippingDistance: 0.5,
  sectors: 8,
};
let world: World;
const placed = (along: number) => world.place(world.startPose(along, track.laneOffset('inner')));
beforeAll(() => {
  world = new World({ track, raceType: boxes });
  world.beginTrial(new Random(1));
});

describe('what a model with a lidar sees of a box', () => {
  const sees = (zero: 'rear' | 'front') =>
    observerOf({ camera: 'FRONT_FACING_CAMERA', lidar: { sensor: 'SECTOR_LIDAR', config, zero } });

  it('in sector mode sees what is behind in the middle sectors, and nothing of what is ahead', () => {
    const rear = sees('rear');
    placed(1.4);
    expect([...rear(world).lidar!]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    placed(2.5);
    expect([...rear(world).lidar!]).toEqual([0, 0, 0, 1, 1, 0, 0, 0]);
    // A box on its left is in the first sectors, front left first.
    const { x, y, yaw } = world.pose();
    world.place({ x, y, yaw: yaw + Math.PI / 2 });
    expect(rear(world).lidar!.subarray(0, 3)).toContain(1);
    expect([...rear(world).lidar!.subarray(4)]).toEqual([0, 0, 0, 0]);
  });

  it('shows a model of the first simulators what is ahead in the middle sectors, as they did', () => {
    placed(1.4);
    expect([...sees('front')(world).lidar!]).toEqual([0, 0, 0, 1, 1, 0, 0, 0]);
  });
});
