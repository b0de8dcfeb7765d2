import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostClock } from '@pitwall/runtime';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Edge } from '../sensor.js';
import { eventBytes } from './evdev.js';
import { EvdevSensor } from './index.js';

const clock = hostClock();
const keyB = 48;

/** As the kernel writes them: the key, and after each the report that ends the packet (Documentation/input/input.rst). */
function events(...of: readonly (readonly [type: number, code: number, value: number])[]): Buffer {
  return Buffer.concat(
    of.map(([type, code, value]) => {
      const event = Buffer.alloc(eventBytes);
      event.writeUInt16LE(type, eventBytes - 8);
      event.writeUInt16LE(code, eventBytes - 6);
      event.writeInt32LE(value, eventBytes - 4);
      return event;
    }),
  );
}
const report = [0, 0, 0] as const;

let folder: string;
let device: string;
let sensor: EvdevSensor;
let edges: Edge[];
let statuses: string[];
let changed: () => void;
const until = async (condition: () => boolean) => {
  while (!condition())
    await new Promise<void>((resolve) => {
      changed = resolve;
    });
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-evdev-'));
  device = join(folder, 'event0');
  [edges, statuses, changed] = [[], [], () => undefined];
  sensor = new EvdevSensor({ device, key: keyB }, clock);
  await sensor.start({
    edge: (edge) => {
      edges.push(edge);
      changed();
    },
    status: (status) => {
      statuses.push(status);
      changed();
    },
    note: () => undefined,
    lost: () => undefined,
  });
});
afterEach(async () => {
  await sensor.stop();
  rmSync(folder, { recursive: true });
});

it('a key that is pressed is one edge, however long it is held, and other keys are none', async () => {
  expect(statuses).toEqual(['gone']);
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  // Open for reading too: a pipe without a writer has ended.
  const keyboard = openSync(pipe, 'r+');
  renameSync(pipe, device);
  await until(() => statuses.at(-1) === 'ok');
  const before = clock.now();
  // EV_MSC scan code, pressed, held (2), released; then another key.
  const held = [report, [1, keyB, 2], report, [1, keyB, 2], report, [1, keyB, 0], report] as const;
  writeSync(keyboard, events([4, 4, 458_757], [1, keyB, 1], ...held, [1, 30, 1], report, [1, 30, 0], report));
  await until(() => edges.length > 0);
  writeSync(keyboard, events([1, keyB, 1], report));
  await until(() => edges.length > 1);
  closeSync(keyboard);
  expect(edges).toHaveLength(2);
  const [{ bootId, at, uncertainty }] = edges as [Edge, Edge];
  expect(bootId).toBe(clock.bootId);
  expect(at).toBeGreaterThanOrEqual(before);
  expect(at).toBeLessThanOrEqual(clock.now());
  expect(uncertainty).toBe(15_000);
});
