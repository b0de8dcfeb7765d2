import { execFile } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { missingForBoards } from '../hardware/board.js';
import { CarUnderTest } from './car-under-test.js';
import { BoardRig, fullMicros, neutralMicros, SysfsRig } from './rigs.js';

const exec = promisify(execFile);
const missing = missingForBoards();
if (missing !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the emulated boards need ${missing}`);
  console.log(`skipped: stops on emulated boards, because ${missing} is missing`);
}

/** A frame is stale after 300 ms: a busy machine does not stop the car, only what a test does to it. */
const rate = 10;

// That each of these ends in neutral. How quickly is measured by `npm run bench -- stop`.
describe('a car at full throttle on sysfs PWM', () => {
  const rig = new SysfsRig();
  const car = new CarUnderTest(rig, rate);
  const enabled = () => readFileSync(rig.enable, 'utf8').startsWith('0');

  it('stops whatever dies, hangs or is told, and drives again after staff cleared it', async () => {
    await car.start();
    try {
      await car.drive();
      expect(enabled()).toBe(true);

      // A scale multiplies the throttle, to 1 % while driving.
      for (const percent of [75, 50, 20]) {
        await car.track.command({ type: 'throttle-scale', percent });
        const wanted = neutralMicros - ((neutralMicros - fullMicros) * percent) / 100;
        await car.motor.becomes(wanted, (neutralMicros - fullMicros) / 100);
      }
      await car.track.command({ type: 'throttle-scale', percent: 100 });
      await car.track.command({ type: 'flag', flag: 'yellow' });
      await car.motor.becomes(neutralMicros - (neutralMicros - fullMicros) / 2, 1);
      await car.track.command({ type: 'flag', flag: 'red' });
      expect(await car.motor.neutral()).toBeDefined();
      await car.track.command({ type: 'flag', flag: 'green' });
      await car.drive();

      const actuator = await car.actuator();
      process.kill(actuator, 'SIGKILL');
      expect(await car.motor.neutral()).toBeDefined();
      await car.track.reaches(({ safety }) => safety === 'faulted');
      expect(enabled()).toBe(false);

      await car.drive();
      expect(await car.actuator()).not.toBe(actuator);
      process.kill(await car.actuator(), 'SIGSTOP');
      expect(await car.motor.neutral()).toBeDefined();
      expect(enabled()).toBe(false);

      // The chip itself is gone: the enable line goes off all the same, and the car drives again once the chip is back.
      await car.drive();
      const chips = join(rig.root, 'pwm');
      renameSync(chips, `${chips}-away`);
      process.kill(await car.actuator(), 'SIGKILL');
      await car.track.reaches(({ reason }) => reason === 'outputs-lost');
      expect(enabled()).toBe(false);
      renameSync(`${chips}-away`, chips);

      await car.drive();
      process.kill(await car.camera(), 'SIGSTOP');
      expect(await car.motor.neutral()).toBeDefined();
      await car.track.reaches(({ reason }) => reason === 'stale-frame');
      expect(await car.track.command({ type: 'clear' })).toMatchObject({ outcome: 'done' });
      expect(await car.track.command({ type: 'arm' })).toMatchObject({ code: 'arming-refused' });
      process.kill(await car.camera(), 'SIGCONT');

      // Its loop hangs for two seconds, and goes on: the car does not.
      await car.drive();
      process.kill(car.agent!, 'SIGUSR2');
      expect(await car.motor.neutral()).toBeDefined();
      const { movedAt } = car.motor;
      await car.track.reaches(({ safety }) => safety === 'faulted');
      car.track.mark();
      const { at } = await car.track.until('telemetry');
      await car.track.until('telemetry', (told) => told.at - at > 500_000);
      expect(car.motor.movedAt).toBe(movedAt);

      await car.drive();
      car.type('\x1a');
      expect(await car.motor.neutral()).toBeDefined();
      await vi.waitFor(() => expect(enabled()).toBe(false), 30_000);
      car.type('fg\n');

      await car.drive();
      expect(enabled()).toBe(true);
      process.kill(car.agent!, 'SIGKILL');
      expect(await car.motor.neutral()).toBeDefined();
      while (enabled()) await new Promise((resolve) => setImmediate(resolve));
    } finally {
      await car.stop();
    }
  });
});

it('ExecStopPost covers the agent and its actuator process dying together', async () => {
  const rig = new SysfsRig();
  const car = new CarUnderTest(rig, rate);
  await car.start();
  try {
    await car.drive();
    const { agent } = car;
    for (const pid of [...car.actuators, agent!]) process.kill(pid, 'SIGKILL');
    await car.gone(agent!);
    // What the kernel's PWM does: it holds the last pulse, and the enable line stays on.
    writeFileSync(rig.duty, '1311000\n');
    writeFileSync(rig.enable, '0\n');
    expect(await car.motor.full()).toBe(true);
    await exec(process.execPath, [...car.neutralCommand()]);
    expect(await car.motor.neutral()).toBeDefined();
    expect(readFileSync(rig.enable, 'utf8')).toMatch(/^1/);
  } finally {
    await car.stop();
  }
});

describe.skipIf(missing !== undefined)('on an emulated board with StandardFirmata, through johnny-five', () => {
  it('drives, and a new actuator process writes neutral first when the one before was killed', async () => {
    const car = new CarUnderTest(new BoardRig('firmata'), rate);
    await car.start();
    try {
      await car.drive();
      process.kill(await car.actuator(), 'SIGKILL');
      expect(await car.motor.neutral()).toBeDefined();
      await car.drive();
      process.kill(await car.actuator(), 'SIGSTOP');
      expect(await car.motor.neutral()).toBeDefined();
      // The agent dies right behind its actuator process: the spare one is left.
      await car.drive();
      await car.spare();
      for (const pid of [await car.actuator(), car.agent!]) process.kill(pid, 'SIGKILL');
      expect(await car.motor.neutral()).toBeDefined();
      // Ended while its actuator process hangs: neutral all the same.
      await car.drive();
      await car.spare();
      const { agent } = car;
      process.kill(await car.actuator(), 'SIGSTOP');
      process.kill(agent!, 'SIGTERM');
      await car.gone(agent!);
      await car.motor.becomes(neutralMicros, 2);
    } finally {
      await car.stop();
    }
  });
});

describe.skipIf(missing !== undefined)('on an emulated board with the drive unit’s firmware', () => {
  it('stops when the cable is pulled, and when everything that could tell it to is dead', async () => {
    const rig = new BoardRig('drive-unit');
    const car = new CarUnderTest(rig, rate);
    await car.start();
    try {
      await car.drive();
      await rig.board.unplug();
      expect(await car.motor.neutral()).toBeDefined();
      await car.track.reaches(({ safety }) => safety === 'faulted');
      await rig.board.plug();

      // It restarts by itself, at once: nobody would drive a car on whose pins there is no pulse any more.
      await car.drive();
      rig.board.reset();
      await car.track.reaches(({ safety, reason }) => safety === 'faulted' && reason === 'outputs-lost');
      await vi.waitFor(() => expect(car.terminal).toContain('the board restarted by itself'), 5000);

      // Everything holds its breath for longer than the board waits: it goes to neutral by itself, and its word of it counts.
      await car.drive();
      const [actuator, { agent }] = [await car.actuator(), car];
      for (const pid of [actuator, agent!]) process.kill(pid, 'SIGSTOP');
      await car.motor.becomes(neutralMicros, 2);
      process.kill(actuator, 'SIGCONT');
      car.type('fg\n');
      await car.track.reaches(({ safety }) => safety === 'faulted');
      await vi.waitFor(() => expect(car.terminal).toContain('the watchdog of the drive unit put the outputs'), 30_000);

      await car.drive();
      for (const pid of [...car.actuators, car.agent!]) process.kill(pid, 'SIGKILL');
      expect(await car.motor.neutral()).toBeDefined();
    } finally {
      await car.stop();
    }
  });
});
