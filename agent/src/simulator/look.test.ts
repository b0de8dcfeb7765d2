import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findViews, pictureDifference, readTrack, World } from './index.js';

const data = new URL('../../../../shared/data/', import.meta.url);
const haveData = existsSync(data);
if (!haveData) {
  if (process.env.CI === 'true') throw new Error('The real frames are missing: ../shared/data must be there in CI.');
  console.log('skipped: the real frames in ../shared/data are not here');
}
const observation = (name: string) =>
  new Uint8Array(readFileSync(new URL(`frames/observation-${name}.pgm`, data)).subarray(-19_200));
const flat = (grey: number) => new Uint8Array(160 * 120).fill(grey);
/** Dark left of a column, bright from it on. */
const step = (column: number) => Uint8Array.from({ length: 160 * 120 }, (_, at) => (at % 160 < column ? 40 : 120));

describe('how two pictures differ', () => {
  it('is nothing for the same picture, the shift of the greys for a brighter one', () => {
    expect(pictureDifference(step(70), step(70))).toEqual({ edges: 0, histogram: 0 });
    expect(pictureDifference(flat(90), flat(107))).toEqual({ edges: 0, histogram: 17 });
  });

  it('sees an edge at another place, which the histogram does not', () => {
    // Sobel's gradient of a step of 80 is 40 in two columns of 158; both pictures have one where the other has none.
    const { edges, histogram } = pictureDifference(step(40), step(120));
    expect(edges).toBeCloseTo((4 * 40) / 158, 9);
    // Half the picture changes between greys that lie 80 apart.
    expect(histogram).toBeCloseTo(40, 9);
    const mirrored = pictureDifference(
      step(80),
      step(80).map((_, at) => (at % 160 < 80 ? 120 : 40)),
    );
    expect(mirrored).toEqual({ edges: 0, histogram: 0 });
  });
});

it('a place is found from which nearly the same is seen, under other light and paint', () => {
  const track = readTrack('harbour');
  const world = new World({ track, seed: 5 });
  const pose = world.startPose(6.13, -0.08);
  world.place({ ...pose, yaw: pose.yaw + 0.21 });
  const frame = flat(0);
  world.renderGrey(frame);
  // A track has places that look alike: which one it is, is not told by one picture.
  const [found] = findViews(track, [frame]);
  expect(found?.agreement).toBeGreaterThan(0.94);
  const elsewhere = flat(0);
  world.place(world.startPose(track.lengthM / 3, 0.3));
  world.renderGrey(elsewhere);
  const far = pictureDifference(frame, elsewhere);
  expect(pictureDifference(frame, found?.frame ?? flat(0)).edges).toBeLessThan(0.7 * far.edges);
}, 120_000);

it.skipIf(!haveData)(
  'our camera differs from the cloud simulator’s less than two of its neighbouring frames do',
  () => {
    const [left, right] = [observation('stereo-left'), observation('stereo-right')];
    const real = pictureDifference(left, right);
    const found = findViews(readTrack(new URL('tracks/Bowtie_track.npy', data).pathname), [left]);
    const ours = pictureDifference(left, found[0]?.frame ?? flat(0));
    expect(found[0]?.agreement).toBeGreaterThan(0.93);
    expect(ours.edges).toBeLessThan(real.edges);
    expect(ours.histogram).toBeLessThan(real.histogram);
  },
  60_000,
);
