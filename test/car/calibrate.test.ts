import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CalibrationStep } from '@pitwall/protocol/messages';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Agent, agentCommand } from '../drive/agent.js';
import { fullThrottleProfile, SysfsRig } from '../drive/rigs.js';
import { Terminal } from '../drive/terminal.js';
import { TrackClient } from '../drive/track-client.js';

const rig = new SysfsRig();
const folder = mkdtempSync(join(tmpdir(), 'pitwall-calibration-'));
const file = join(folder, 'calibration.json');
const track = new TrackClient();
/** With a tail light on the next three channels. */
const uncalibrated = JSON.stringify(
  {
    ...JSON.parse(fullThrottleProfile(rig)),
    calibrated: false,
    light: { kind: 'sysfs-pwm', chip: 'pwmchip0', root: join(rig.root, 'pwm') },
  },
  null,
  1,
);

// A plain file keeps the tail of a longer number after the line.
const duty = (channel: number) =>
  Number.parseInt(readFileSync(join(rig.root, `pwm/pwmchip0/pwm${channel}/duty_cycle`), 'utf8'), 10);
/** ns at steering and motor, sooner or later. */
async function outputs(steering: number, motor: number): Promise<void> {
  await expect.poll(() => [duty(1), duty(0)], { timeout: 15_000, interval: 5 }).toEqual([steering, motor]);
}
const kept = () => JSON.parse(readFileSync(file, 'utf8'));

describe('calibrating a car', () => {
  let agent: Agent;

  beforeAll(async () => {
    for (const channel of [2, 3, 4]) {
      const pwm = join(rig.root, `pwm/pwmchip0/pwm${channel}`);
      mkdirSync(pwm);
      for (const name of ['period', 'duty_cycle', 'enable']) writeFileSync(join(pwm, name), '0\n');
    }
    await Promise.all([rig.start(), track.start()]);
    agent = new Agent({ track, profile: uncalibrated, model: false, over: { calibration: file } });
  });
  afterAll(async () => {
    await agent.stop();
    await track.stop();
    await rig.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('in a terminal: live, with the motor only while a key is held, and saved', async () => {
    const terminal = new Terminal();
    terminal.start();
    try {
      terminal.type(`${process.execPath} ${agentCommand} calibrate --config ${agent.config}\n`);
      await expect.poll(() => terminal.output, { timeout: 15_000 }).toContain('all wheels in the air? (yes/no)');
      terminal.type('yes\r');
      await outputs(1_450_000, 1_446_000);
      terminal.type('\x1b[C');
      await outputs(1_460_000, 1_446_000);
      terminal.type('\x1b[B\x1b[B\r');
      // The next point: left, with the new centre for neutral.
      await outputs(1_700_000, 1_446_000);
      terminal.type('\r');
      await outputs(1_200_000, 1_446_000);
      terminal.type('\r\r');
      // Forward waits for a hand, goes a third of its way, and ends half a second after the hand is gone.
      await outputs(1_458_000, 1_446_000);
      terminal.type(' ');
      await outputs(1_458_000, 1_405_500);
      await outputs(1_458_000, 1_446_000);
      terminal.type('f');
      await expect.poll(() => terminal.output).toContain('forward: 1603.5 µs, polarity 1');
      terminal.type(' ');
      await outputs(1_458_000, 1_493_250);
      terminal.type('s');
      await expect.poll(() => terminal.output, { timeout: 10_000 }).toContain('Saved as version 1');
      await outputs(1_458_000, 1_446_000);
      expect(kept()).toMatchObject({
        version: 1,
        steering: { min: 1_200_000, mid: 1_458_000, max: 1_700_000, polarity: 1 },
        motor: { min: 1_311_000, mid: 1_446_000, max: 1_603_500, polarity: 1 },
      });
    } finally {
      await terminal.stop();
    }
  });

  it('over MQTT: the same steps; nothing is armed meanwhile, and an e-stop ends it', async () => {
    const step = (one: CalibrationStep) => track.command({ type: 'calibrate', step: one });
    agent.start();
    await track.until('telemetry', ({ framesPerSecond }) => framesPerSecond > 0);
    expect(await step({ do: 'show', point: 'left' })).toMatchObject({ outcome: 'refused', code: 'command-refused' });
    expect(await step({ do: 'begin', wheelsUp: true })).toMatchObject({
      outcome: 'done',
      calibration: { version: 1, points: { center: 1_458_000 }, polarity: { steering: 1, motor: 1 } },
    });
    expect(await track.command({ type: 'arm', manual: true })).toMatchObject({ code: 'arming-refused' });
    await step({ do: 'nudge', point: 'left', by: -10_000 });
    await outputs(1_690_000, 1_446_000);
    expect(await step({ do: 'nudge', point: 'left', by: 50_000 })).toMatchObject({ outcome: 'done' });
    expect(await step({ do: 'nudge', point: 'forward', by: 50_000 })).toMatchObject({ outcome: 'done' });
    expect(await step({ do: 'show', point: 'forward' })).toMatchObject({ outcome: 'done' });
    expect(duty(0)).not.toBe(1_446_000);
    expect(await step({ do: 'rest' })).toMatchObject({ outcome: 'done' });
    await outputs(1_458_000, 1_446_000);
    await step({ do: 'show', point: 'left' });
    expect(await track.command({ type: 'e-stop' })).toMatchObject({ outcome: 'done' });
    await outputs(1_458_000, 1_446_000);
    expect(await step({ do: 'save' })).toMatchObject({ outcome: 'refused' });
    expect(await track.command({ type: 'clear' })).toMatchObject({ outcome: 'done' });

    expect(await step({ do: 'begin', wheelsUp: true })).toMatchObject({ outcome: 'done' });
    expect(await step({ do: 'nudge', point: 'stop', by: 4000 })).toMatchObject({ outcome: 'done' });
    expect(await step({ do: 'save' })).toMatchObject({ outcome: 'done', calibration: { version: 2 } });
    expect(kept()).toMatchObject({ version: 2, who: 'marshal', motor: { mid: 1_450_000 } });
    expect(readdirSync(folder).sort()).toEqual(['calibration.1.json', 'calibration.json']);
    // The car has its outputs again, with the new neutral, and counts as calibrated.
    await outputs(1_458_000, 1_450_000);
    expect(await track.arm(true)).toMatchObject({ outcome: 'done', safety: 'armed' });
    for (const one of [
      { do: 'begin', wheelsUp: true },
      { do: 'restore', version: 1 },
    ] as const)
      expect(await step(one)).toMatchObject({ outcome: 'refused', safety: 'armed' });
    await track.command({ type: 'stop' });
    expect(await track.command({ type: 'clear' })).toMatchObject({ safety: 'disarmed' });
  });

  it('over MQTT: versions are listed and restored, a stock car’s is imported and exported', async () => {
    const step = (one: CalibrationStep) => track.command({ type: 'calibrate', step: one });
    // An earlier one takes over at once, also from a calibration that is under way.
    await step({ do: 'begin', wheelsUp: true });
    expect(await step({ do: 'restore', version: 1 })).toMatchObject({ calibration: { version: 3 } });
    await outputs(1_458_000, 1_446_000);
    expect(await step({ do: 'save' })).toMatchObject({ outcome: 'refused', code: 'command-refused' });
    expect(await step({ do: 'list' })).toMatchObject({
      calibrations: [{ version: 1 }, { version: 2, points: { stop: 1_450_000 } }, { version: 3, who: 'marshal' }],
    });
    const { stock } = await step({ do: 'export' });
    expect(JSON.parse(stock ?? '')).toMatchObject({ Calibration: { Motor: { mid: 1_446_000 }, version: 1 } });
    expect(await step({ do: 'import', stock: (stock ?? '').replace('1446000', '1448000') })).toMatchObject({
      calibration: { version: 4, points: { stop: 1_448_000 } },
    });
    await outputs(1_458_000, 1_448_000);
    expect(await step({ do: 'import', stock: '{"Calibration":{}}' })).toMatchObject({ code: 'profile-invalid' });
    expect(await step({ do: 'restore', version: 99 })).toMatchObject({ code: 'not-found' });
    expect(await track.arm(true)).toMatchObject({ outcome: 'done', safety: 'armed' });
  });

  it('shows its state on the tail light, another colour on request, and blinks to be found', async () => {
    const shows = (...colour: number[]) =>
      expect.poll(() => [2, 3, 4].map(duty), { timeout: 10_000, interval: 5 }).toEqual(colour);
    const full = 10_000_000;
    await shows(full, full / 2, 0);
    await track.command({ type: 'light', colour: { red: 0, green: 0.25, blue: 1 } });
    await shows(0, full / 4, full);
    await track.command({ type: 'light', colour: null });
    await shows(full, full / 2, 0);
    await track.command({ type: 'identify', seconds: 1 });
    await shows(full, full, full);
    await shows(0, 0, 0);
    await shows(full, full / 2, 0);
  });

  it('as files: a stock car’s is imported and exported, earlier ones are listed and restored', async () => {
    const calibration = async (...args: string[]) =>
      (await promisify(execFile)(process.execPath, [agentCommand, 'calibration', ...args, '--config', agent.config]))
        .stdout;
    const entry = (mid: number, polarity: number) => ({ min: mid - 100_000, mid, max: mid + 100_000, polarity });
    const stock = { Calibration: { Servo: entry(1_500_000, -1), Motor: entry(1_400_000, 1), version: 1 } };
    writeFileSync(join(folder, 'stock.txt'), JSON.stringify(stock));
    expect(await calibration('import', join(folder, 'stock.txt'))).toContain('Saved as version 5');
    expect(JSON.parse(await calibration('export'))).toEqual(stock);
    expect((await calibration('list')).split('\n').map((line) => line.split(' ')[0])).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      '',
    ]);
    expect(await calibration('restore', '1')).toContain('Saved as version 6');
    expect(kept()).toMatchObject({ version: 6, steering: { mid: 1_458_000 } });
  });
});
