import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EmergencyButton } from './button.js';

let root: string;
let presses: number;
let button: EmergencyButton;
const line = (number: number, value: string) => {
  mkdirSync(join(root, `gpio${number}`), { recursive: true });
  writeFileSync(join(root, `gpio${number}/direction`), 'in\n');
  writeFileSync(join(root, `gpio${number}/value`), `${value}\n`);
};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pitwall-button-'));
  presses = 0;
  vi.useFakeTimers();
  button = new EmergencyButton({ gpio: [17, 529], pressed: 0, root });
});
afterEach(() => {
  button.stop();
  vi.useRealTimers();
  rmSync(root, { recursive: true });
});
const start = () =>
  button.start({ emergency: () => (presses += 1), command: () => {}, drive: () => {} } as unknown as Parameters<
    EmergencyButton['start']
  >[0]);
/** Presses told in so many ms. */
const during = (ms: number) => {
  const before = presses;
  vi.advanceTimersByTime(ms);
  return presses - before;
};

it('is read under the number that this kernel has', () => {
  line(529, '1');
  start();
  expect(during(100)).toBe(0);
  writeFileSync(join(root, 'gpio529/value'), '0\n');
  expect(during(100)).toBe(5);
});

it('is not pressed while udev hands its line over, up to two seconds after the start', () => {
  start();
  expect(during(1000)).toBe(0);
  line(17, '1');
  expect(during(5000)).toBe(0);
});

it('counts as pressed while it cannot be read, and is tried again until it can', () => {
  start();
  during(2000);
  expect(during(100)).toBe(5);
  line(17, '1');
  during(200);
  expect(during(200)).toBe(0);
});
