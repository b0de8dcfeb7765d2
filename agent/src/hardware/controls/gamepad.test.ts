import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Outputs } from '../drivetrain.js';
import { Gamepad } from './gamepad.js';

/** Numbers of an Xbox pad: right stick, right bumper, B. */
const [throttle, hand, emergency] = [4, 5, 1];
let folder: string;
let device: string;
let pad: Gamepad;
let driven: Outputs[];
let stops: number;

beforeEach(() => {
  vi.useFakeTimers();
  folder = mkdtempSync(join(tmpdir(), 'pitwall-pad-'));
  device = join(folder, 'js0');
  writeFileSync(device, '');
  driven = [];
  stops = 0;
  pad = new Gamepad(device, folder);
  pad.start({
    drive: (outputs) => driven.push(outputs),
    command: () => {},
    emergency: () => {
      stops += 1;
    },
  });
});
afterEach(() => {
  pad.stop();
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

/** As drivers/input/joydev.c sends them: struct js_event of linux/joystick.h; `isInitial`: how it is when the device is opened. */
function event(type: 'button' | 'axis', number: number, value: number, isInitial = false): void {
  const bytes = Buffer.alloc(8);
  bytes.writeInt16LE(value, 4);
  bytes.writeUInt8((type === 'button' ? 1 : 2) | (isInitial ? 0x80 : 0), 6);
  bytes.writeUInt8(number, 7);
  appendFileSync(device, bytes);
}
const pass = (ms: number) => vi.advanceTimersByTime(ms);

it('drives nothing before its stick was seen at rest, as a trigger that rests at its end would', () => {
  event('axis', throttle, -32_767, true);
  event('button', hand, 1);
  pass(200);
  expect(driven).toEqual([]);
  event('axis', throttle, 20_000);
  pass(200);
  expect(driven).toEqual([]);
  event('axis', throttle, 3000);
  event('axis', throttle, -32_767);
  pass(200);
  expect(driven.at(-1)?.throttle).toBe(1);
});

it('stops by B whether it was at rest or not', () => {
  event('axis', throttle, -32_767, true);
  event('button', emergency, 1);
  pass(50);
  expect(stops).toBe(1);
});

it('wants to be seen at rest anew after it was pulled out', () => {
  event('axis', throttle, 0, true);
  event('button', hand, 1);
  event('axis', throttle, -32_767);
  pass(200);
  expect(driven.at(-1)?.throttle).toBe(1);
  pad.stop();
  driven.length = 0;
  writeFileSync(device, '');
  event('axis', throttle, -32_767, true);
  event('button', hand, 1);
  pad.start({ drive: (outputs) => driven.push(outputs), command: () => {}, emergency: () => {} });
  pass(1500);
  expect(driven).toEqual([]);
  event('axis', throttle, 0);
  pass(200);
  expect(driven.length).toBeGreaterThan(0);
});
