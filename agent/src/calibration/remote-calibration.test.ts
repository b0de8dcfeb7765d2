import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCarProfile } from '@pitwall/firmware-config';
import type { Micros } from '@pitwall/protocol';
import type { CalibrationStep } from '@pitwall/protocol/messages';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ScriptedOutputs } from '../../testing/scripted-outputs.js';
import { Car } from '../driving/index.js';
import { RemoteCalibration } from './remote-calibration.js';

const profile = { ...readCarProfile('aws-deepracer'), calibrated: true };
let folder: string;
let outputs: ScriptedOutputs;
let car: Car;
let calibration: RemoteCalibration;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function setUp(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-bench-'));
  outputs = new ScriptedOutputs();
  const now = () => Math.round(performance.now() * 1000) as Micros;
  const { openPort } = outputs;
  car = new Car({
    profile,
    drivetrain: profile.drivetrain,
    camera: {
      rate: 15,
      health: { state: 'there', message: null, losses: 0 },
      start: async () => {},
      stop: async () => {},
    },
    decode: ({ data }) => data,
    now,
    log: () => {},
    smoothing: 0,
    limit: 0,
    scale: 100,
    openPort,
  });
  calibration = new RemoteCalibration({
    car,
    profile,
    file: join(folder, 'calibration.json'),
    now,
    epoch: () => 0,
    say: () => {},
    openPort,
  });
  await car.start();
  await turns(5);
}

/** As many microtasks later. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await undefined;
}

/** Whatever still wants to move in the next minutes does. */
async function settle(): Promise<void> {
  await turns(50);
  await vi.advanceTimersByTimeAsync(1000);
}

const begin: CalibrationStep = { do: 'begin', wheelsUp: true };
const forward: CalibrationStep = { do: 'show', point: 'forward' };
const scenarios: Readonly<Record<string, readonly CalibrationStep[]>> = {
  'a calibration begins, and shows the motor': [begin, forward, { do: 'show', point: 'left' }],
  // The outputs are opened anew, with the new neutral, before the motor turns.
  'the neutral is moved': [begin, { do: 'nudge', point: 'stop', by: 4000 }, forward],
  'it begins anew while one is under way': [begin, forward, begin, forward],
  'it is saved, and begins anew': [begin, forward, { do: 'save' }, begin, forward],
  'an earlier one is restored': [begin, { do: 'save' }, { do: 'restore', version: 1 }, begin, forward],
};

/** One step after the other, also where one is refused: a page does not know. Answers after how many microtasks it is through. */
async function run(steps: readonly CalibrationStep[]): Promise<number> {
  let through = false;
  const all = (async () => {
    for (const step of steps) await calibration.step(step, 'carla').catch(() => {});
    through = true;
  })();
  let count = 0;
  for (; !through; count++) await undefined;
  await all;
  return count;
}

describe.each(Object.entries(scenarios))('when %s', (_, steps) => {
  it('moves the wheels, where nobody stops it', async () => {
    await setUp();
    await run(steps);
    expect(outputs.pulses.length).toBeGreaterThan(0);
    expect(outputs.open).toHaveLength(1);
    await calibration.stop();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['', false],
    [', also where it is cleared at once', true],
  ])('an e-stop ends it at whatever moment it comes%s', async (_and, clears) => {
    await setUp();
    const length = await run(steps);
    for (let moment = 0; moment <= length; moment++) {
      await calibration.stop();
      await car.stop();
      rmSync(folder, { recursive: true });
      await setUp();
      const running = run(steps);
      await turns(moment);
      const before = outputs.told.length;
      const [holder] = outputs.open;
      const isEnding = outputs.told.some(({ port, what }) => port === holder && what === 'end');
      car.command({ type: 'e-stop' });
      // At once: whoever has the outputs is told neutral, or is about to end, which is neutral first.
      const told = outputs.told.slice(before);
      expect(
        isEnding || holder === undefined || told.some(({ port, what }) => port === holder && what === 'neutral'),
      ).toBe(true);
      if (clears) car.command({ type: 'clear' });
      await settle();
      await running;
      await settle();
      const after = outputs.told.slice(before);
      const where = `${moment} of ${length} microtasks after the first step: ${JSON.stringify(after)}`;
      // What a person begins anew after having cleared it may move; here a page goes on that knows nothing of it.
      const begunAnew = clears && steps.slice(1).some((step) => step.do === 'begin');
      if (!begunAnew)
        expect(
          after.filter(({ what }) => what === 'pulse' || what === 'on'),
          where,
        ).toEqual([]);
      if (!clears) {
        expect(await refusal(forward), where).toBe('command-refused');
        expect(await refusal(begin), where).toBe('command-refused');
        expect(car.readiness().outputs, where).toBe(true);
        // The second one acts, too.
        const again = outputs.told.length;
        car.command({ type: 'e-stop' });
        expect(
          outputs.told.slice(again).map(({ what }) => what),
          where,
        ).toContain('neutral');
        car.command({ type: 'clear' });
      }
      // And nothing is stuck: it can be begun again.
      await calibration.step(begin, 'carla');
      await calibration.step(forward, 'carla');
      expect(outputs.told.at(-1)?.what, where).toBe('pulse');
    }
    await calibration.stop();
    rmSync(folder, { recursive: true });
  });
});

it('a second e-stop ends whatever was begun since the first, however that came to be', async () => {
  await setUp();
  car.command({ type: 'e-stop' });
  car.command({ type: 'clear' });
  await calibration.step(begin, 'carla');
  await calibration.step(forward, 'carla');
  // A button that is held says it every 20 ms.
  for (let i = 0; i < 3; i++) car.localStop();
  await settle();
  expect(outputs.told.findLast(({ what }) => what === 'pulse' || what === 'neutral')?.what).toBe('neutral');
  expect(await refusal(forward)).toBe('command-refused');
  rmSync(folder, { recursive: true });
});

async function refusal(step: CalibrationStep): Promise<string> {
  try {
    await calibration.step(step, 'carla');
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
}
