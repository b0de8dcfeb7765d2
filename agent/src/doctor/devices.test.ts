import type { Micros } from '@pitwall/protocol';
import { expect, it } from 'vitest';
import { tilted } from './devices.js';

const felt = (x: number, y: number, z: number) => ({ at: 0 as Micros, x, y, z });

it.each([
  ['nose up', felt(0.98, 0.02, 0.1), 'x', undefined],
  ['forward and left exchanged', felt(0, 0.99, 0), 'x', /forward is felt along left/],
  ['forward reversed', felt(-0.97, 0, 0), 'x', /forward is felt the other way round along forward/],
  ['left reversed', felt(0, -1, 0), 'y', /left is felt the other way round along left/],
  ['still on its wheels', felt(0, 0, 1), 'x', /not held so/],
  ['an IMU that says nothing', undefined, 'x', /says nothing/],
] as const)('a car held up, %s', (_, motion, axis, found) => {
  const finding = tilted(motion, axis, axis === 'x' ? 'forward' : 'left');
  if (found === undefined) expect(finding).toBeUndefined();
  else expect(finding).toMatchObject({ state: 'failed', found: expect.stringMatching(found) });
});
