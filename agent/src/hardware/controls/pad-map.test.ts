import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bitsOf, padMap, xpad } from './pad-map.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pitwall-pad-'));
});
afterEach(() => rmSync(root, { recursive: true }));
function pad(abs: string, key: string): void {
  const folder = join(root, 'js0/device/capabilities');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'abs'), `${abs}\n`);
  writeFileSync(join(folder, 'key'), `${key}\n`);
}
/** BTN_A … BTN_THUMBR without C and Z, as /proc/bus/input/devices shows an Xbox 360 pad: KEY=7cdb000000000000 0 0 0 0. */
const xboxKeys = '7cdb000000000000 0 0 0 0';

it('reads a mask of the kernel', () => {
  expect(bitsOf('3003f')).toEqual([0, 1, 2, 3, 4, 5, 16, 17]);
  expect(bitsOf('1 0')).toEqual([64]);
});

it('an Xbox pad under xpad: X, Y, Z, RX, RY, RZ, the right stick is RY', () => {
  pad('3003f', xboxKeys);
  expect(padMap(root, 'js0')).toEqual(xpad);
});

it('a pad whose right stick is Z and RZ, with triggers behind them (X, Y, Z, RZ, GAS, BRAKE)', () => {
  pad('30627', xboxKeys);
  expect(padMap(root, 'js0')).toMatchObject({ steering: 0, throttle: 3 });
});

it('buttons in the order of their codes, whatever lies between: C and Z too', () => {
  pad('3003f', '7fff000000000000 0 0 0 0');
  expect(padMap(root, 'js0')).toMatchObject({ start: 0, emergency: 1, clear: 3, arm: 4, stop: 6, hand: 7 });
});

it('a device of which nothing is known is taken as an Xbox pad', () => expect(padMap(root, 'js1')).toEqual(xpad));
