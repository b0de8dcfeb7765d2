import type { CameraProfile } from '@pitwall/firmware-config';
import type { Micros } from '@pitwall/protocol';
import { expect, it } from 'vitest';
import type { Camera, Frame } from '../hardware/index.js';
import { cameraCheck } from './devices.js';

const folder = { kind: 'file', path: 'tub', rate: 10, loop: true } as CameraProfile;
const usb = { kind: 'v4l2', device: '/dev/video0', rate: 10 } as CameraProfile;

/** A camera whose frames come at these moments, each so old, while the check looks, and that leaves files out. */
function check(
  profile: CameraProfile,
  {
    everyMs,
    frames = 20,
    oldMs = 5,
    leftOut = 0,
  }: { everyMs: number; frames?: number; oldMs?: number; leftOut?: number },
) {
  let time = 1_000_000;
  const now = () => time as Micros;
  return cameraCheck(
    profile,
    (skipped): Camera => ({
      rate: 10,
      health: { state: 'there' } as Camera['health'],
      start: async (onFrame) => {
        for (let i = 0; i < leftOut; i += 1) skipped();
        for (let i = 0; i < frames; i += 1) {
          time += everyMs * 1000;
          onFrame({ at: (time - oldMs * 1000) as Micros } as Frame);
        }
      },
      stop: async () => {},
    }),
    now,
  ).run();
}

it.concurrent.each([
  ['in time', folder, { everyMs: 100 }, 'ok', /^10\.0 frames\/s of 10, 5 ms old$/, undefined],
  [
    'of slow pictures',
    folder,
    { everyMs: 400 },
    'failed',
    /^2\.5 frames\/s/,
    /Reading a picture takes too long: use smaller ones, a lower rate or a faster disk/,
  ],
  [
    'of a slow camera',
    usb,
    { everyMs: 400 },
    'failed',
    /^2\.5 frames\/s/,
    /more light, a shorter exposure or a raw format/,
  ],
  [
    'with files left out',
    folder,
    { everyMs: 100, leftOut: 3 },
    'warning',
    /, 3 files left out$/,
    /Delete the files that are no pictures/,
  ],
  ['with one file left out', folder, { everyMs: 100, leftOut: 1 }, 'warning', /, 1 file left out$/, /Delete the files/],
  [
    'of one picture that does not loop',
    { ...folder, loop: false } as CameraProfile,
    { everyMs: 100, frames: 1 },
    'failed',
    /^0\.0 frames/,
    /over at once: give it more than one, or loop: true/,
  ],
  [
    'of old pictures',
    folder,
    { everyMs: 100, oldMs: 90 },
    'warning',
    /90 ms old/,
    /use smaller ones, or a faster disk/,
  ],
] as const)('frames %s', async (_what, profile, as, state, found, advice) => {
  expect(await check(profile, as)).toEqual({
    state,
    found: expect.stringMatching(found),
    todo: advice === undefined ? null : expect.stringMatching(advice),
  });
});
