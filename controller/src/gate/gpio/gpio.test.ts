import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostClock } from '@pitwall/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Listener } from '../../../testing/sensor-listener.js';
import { GpioSensor } from './index.js';
import { sysfsPin } from './pin.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-gpio-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function chip(name: string, label: string, base: number, lines: number): void {
  mkdirSync(join(folder, name), { recursive: true });
  for (const [file, value] of [
    ['label', label],
    ['base', String(base)],
    ['ngpio', String(lines)],
  ] as const)
    writeFileSync(join(folder, name, file), `${value}\n`);
}

describe('the pin of sysfs', () => {
  it.each([
    ['before 6.6', 0, 17],
    ['from 6.6 on', 512, 529],
  ])('counts the base of the chip: kernels %s', (_, base, pin) => {
    chip(`gpiochip${base}`, 'pinctrl-bcm2835', base, 54);
    chip('gpiochip570', 'raspberrypi-exp-gpio', 570, 8);
    expect(sysfsPin(folder, ['pinctrl-bcm2835'], 17)).toBe(pin);
  });

  it('says why a line cannot be used', () => {
    expect(sysfsPin('/nonexistent', ['x'], 1)).toMatch(/use a profile with gpiomon/);
    expect(sysfsPin(folder, ['x'], 1)).toMatch(/no GPIO chip in/);
    chip('gpiochip512', 'pinctrl-rp1', 512, 54);
    expect(sysfsPin(folder, ['pinctrl-bcm2835'], 17)).toMatch(/there are: pinctrl-rp1/);
    expect(sysfsPin(folder, ['pinctrl-rp1'], 54)).toMatch(/lines 0 to 53/);
    chip('gpiochip600', 'pinctrl-rp1', 600, 54);
    expect(sysfsPin(folder, ['pinctrl-rp1'], 17)).toMatch(/2 GPIO chips/);
  });
});

describe('a gate on a sysfs pin', () => {
  const program = fileURLToPath(new URL('../../../testing/pipe-process.mjs', import.meta.url));
  const clock = hostClock();
  let sensor: GpioSensor;
  let pipe: string;

  beforeEach(() => {
    pipe = join(folder, 'edges');
    execFileSync('mkfifo', [pipe]);
    process.env.PITWALL_TEST_PIPE = pipe;
  });
  afterEach(async () => {
    await sensor.stop();
    delete process.env.PITWALL_TEST_PIPE;
  });

  it('is stamped in its own process, within a millisecond of when the edge was, and starts again when that dies', async () => {
    chip('gpiochip512', 'pinctrl-bcm2835', 512, 54);
    const listener = new Listener();
    sensor = new GpioSensor({ chip: 'pinctrl-bcm2835', lines: [17], root: folder, program }, clock);
    await sensor.start(listener.events);
    await listener.until(() => listener.statuses.at(-1) === 'ok');
    // Open for reading too, so that the pipe outlives its reader.
    const writer = openSync(pipe, 'r+');
    for (let i = 0; i < 20; i++) {
      const before = clock.now();
      writeSync(writer, i % 2 === 0 ? '1' : '0');
      await listener.until(() => listener.edges.length === i + 1);
      const edge = listener.edges[i];
      expect(edge).toMatchObject({ bootId: clock.bootId, level: i % 2 === 0 ? 1 : 0, sensor: 0 });
      expect(edge?.at).toBeGreaterThanOrEqual(before);
      expect(edge?.at).toBeLessThanOrEqual(clock.now());
    }
    writeSync(writer, 'x');
    await listener.until(() => listener.statuses.length === 3);
    expect(listener.statuses).toEqual(['ok', 'gone', 'ok']);
    writeSync(writer, '1');
    await listener.until(() => listener.edges.length === 21);
    closeSync(writer);
  });

  it('gives its line back for whoever watches it next, also one that a killed gate left exported, and leaves an output', async () => {
    chip('gpiochip512', 'pinctrl-bcm2835', 512, 54);
    const unexport = join(folder, 'unexport');
    mkdirSync(join(folder, 'gpio529'));
    for (const [direction, after] of [
      ['in', '529'],
      ['out', ''],
    ] as const) {
      writeFileSync(unexport, '');
      writeFileSync(join(folder, 'gpio529/direction'), `${direction}\n`);
      const listener = new Listener();
      sensor = new GpioSensor({ chip: 'pinctrl-bcm2835', lines: [17], root: folder, program }, clock);
      await sensor.start(listener.events);
      await listener.until(() => listener.statuses.at(-1) === 'ok');
      await sensor.stop();
      expect(readFileSync(unexport, 'utf8')).toBe(after);
    }
  });

  it('says why it cannot watch', async () => {
    const listener = new Listener();
    sensor = new GpioSensor({ chip: 'pinctrl-bcm2835', lines: [17], root: folder, program }, clock);
    await sensor.start(listener.events);
    expect(listener.messages[0]).toMatch(/no GPIO chip/);
    chip('gpiochip0', 'pinctrl-bcm2835', 0, 54);
    await listener.until(() => listener.statuses.at(-1) === 'ok');
  });

  it('says what the watching process could not do', async () => {
    chip('gpiochip0', 'pinctrl-bcm2835', 0, 54);
    delete process.env.PITWALL_TEST_PIPE;
    const listener = new Listener();
    sensor = new GpioSensor({ chip: 'pinctrl-bcm2835', lines: [17], root: folder, program }, clock);
    await sensor.start(listener.events);
    await listener.until(() => listener.messages.includes('no pipe'));
  });
});
