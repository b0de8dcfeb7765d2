import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Micros } from '@pitwall/protocol';
import type { CalibrationStep } from '@pitwall/protocol/messages';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelTree } from '../hardware/kernel-tree.js';
import { StandInCameras } from '../hardware/stand-in-cameras.js';
import { Agent } from './agent.js';
import { MotorWatch } from './motor-watch.js';
import { nextStep } from './next-step.js';
import { fullThrottle, isNeutral, type MotorSample, monotonic, SysfsRig } from './rigs.js';
import { TrackClient } from './track-client.js';
import { watchedCar } from './watched-car.js';

const preload = fileURLToPath(
  new URL(
    import.meta.url.includes('/dist/') ? './hang-on-signal.js' : '../dist/drive/hang-on-signal.js',
    import.meta.url,
  ),
);
const second = 1_000_000 as Micros;

/** The real agent, whose motor is watched in its file, with all that stops it: MQTT, a gamepad, a button. */
describe('a stop that comes at a bad moment', () => {
  const track = new TrackClient();
  const rig = new SysfsRig();
  const motor = new MotorWatch(rig);
  const tree = new KernelTree();
  const cameras = new StandInCameras();
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-stops-'));
  const pad = join(folder, 'js0');
  const gpio = join(folder, 'gpio');
  let padFile: number;
  let agent: Agent;
  /** Each time the motor was told anything but neutral. */
  const moves: MotorSample[] = [];

  const step = (one: CalibrationStep) => track.command({ type: 'calibrate', step: one });
  const begin: CalibrationStep = { do: 'begin', wheelsUp: true };
  const forward: CalibrationStep = { do: 'show', point: 'forward' };
  const light = () =>
    [2, 3, 4].map((channel) => Number.parseInt(tree.read(`pwm/pwmchip5/pwm${channel}/duty_cycle`), 10) / 1e7);
  const plugLight = () => tree.plugPwm('pwmchip5', [2, 3, 4]);
  const button = (level: 0 | 1) => writeFileSync(join(gpio, 'gpio17', 'value'), `${level}\n`);
  const says = (text: string, times = 1) => track.sees(() => agent.output.split(text).length > times);
  /** Until the car's own clock says so. */
  const carSays = (at: number) => track.until('telemetry', (told) => told.at >= at);

  beforeAll(async () => {
    const { onMotor } = rig;
    rig.onMotor = (sample) => {
      if (!isNeutral(sample)) moves.push(sample);
      onMotor(sample);
    };
    await plugLight();
    mkdirSync(join(gpio, 'gpio17'), { recursive: true });
    writeFileSync(join(gpio, 'gpio17', 'direction'), 'in\n');
    button(1);
    execFileSync('mkfifo', [pad]);
    await Promise.all([track.start(), rig.start()]);
    const profile = watchedCar(rig, {
      mapping: fullThrottle,
      // A stale frame is then 300 ms old: a busy machine holds up the stand-in for less.
      camera: {
        kind: 'v4l2',
        device: cameras.plug('video0', new Uint8Array(160 * 120).fill(90)),
        format: 'grey',
        width: 160,
        height: 120,
        rate: 10,
      },
      light: { kind: 'sysfs-pwm', chip: 'pwmchip5', root: tree.pwm },
      button: { gpio: 17, pressed: 0, root: gpio },
    });
    agent = new Agent({
      track,
      profile,
      over: { calibration: join(folder, 'calibration.json'), controls: { gamepad: pad } },
      env: { ...cameras.env, NODE_OPTIONS: `--import=file://${preload}` },
    });
    agent.start();
    padFile = openSync(pad, 'r+');
    await track.until('telemetry', ({ action }) => action !== null);
  }, 60_000);
  afterAll(async () => {
    await agent.stop();
    await Promise.all([track.stop(), rig.stop()]);
    cameras.remove();
    tree.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A busy machine may hold up its frames and fault the car again right away; then it is started again. */
  async function drives(): Promise<void> {
    let { safety } = await track.command({ type: 'throttle-scale', percent: 100 });
    for (const late = Date.now() + 30_000; Date.now() < late; ) {
      if (safety === 'driving' && (await motor.full())) return;
      ({ safety } = await track.command({ type: nextStep[safety] }));
    }
    throw new Error(`the car does not drive:\n${agent.output.slice(-2000)}`);
  }

  const isFaulted = () => track.reaches(({ safety, reason }) => safety === 'faulted' && reason === 'e-stop');
  const mqtt = async () => expect(await track.command({ type: 'e-stop' })).toMatchObject({ safety: 'faulted' });
  const gamepad = async () => {
    writeSync(padFile, Buffer.from([0, 0, 0, 0, 1, 0, 1, 1]));
    await isFaulted();
  };
  const pressed = async () => {
    button(0);
    await isFaulted();
  };

  const atOnce = async () => {};
  // A look at all processes takes its time, in which the broker in this very process answers nobody.
  const rarely = { interval: 50, timeout: 15_000 };
  const actuatorGone = async (before: readonly number[]) => {
    await expect.poll(() => before.some((pid) => agent.children('actuator').includes(pid)), rarely).toBe(false);
  };
  const anotherOne = async (before: readonly number[]) => {
    await expect.poll(() => agent.children('actuator').some((pid) => !before.includes(pid)), rarely).toBe(true);
  };
  it.each([
    ['the same moment, over MQTT', atOnce, mqtt],
    ['the same moment, from the gamepad', atOnce, gamepad],
    ['the same moment, from the button', atOnce, pressed],
    ['that moment in which the car has let go of its outputs', actuatorGone, mqtt],
    ['that moment in which the calibration takes them', anotherOne, mqtt],
    ['that moment in which the calibration takes them, from the button', anotherOne, pressed],
  ])('ends a calibration that begins at %s, and so does every other one', async (_, moment, stop) => {
    button(1);
    const from = monotonic();
    const outputs = agent.children('actuator');
    track.mark();
    const begun = track.give({ type: 'calibrate', step: begin });
    await moment(outputs);
    await stop();
    await track.until('reply', ({ commandId }) => commandId === begun);
    expect(await step(forward)).toMatchObject({ outcome: 'refused', safety: 'faulted' });
    await mqtt();
    expect(await step(forward)).toMatchObject({ outcome: 'refused', safety: 'faulted' });
    button(1);
    // The button may be read once more as it was.
    await expect.poll(async () => (await track.command({ type: 'clear' })).outcome).toBe('done');
    expect(await step(forward)).toMatchObject({ outcome: 'refused' });
    expect(moves.filter(({ at }) => at > from)).toEqual([]);
  });

  it('ends a calibration that shows the motor; begun anew by a person, it moves', async () => {
    await expect.poll(async () => (await step(begin)).outcome, { timeout: 20_000 }).toBe('done');
    const shown = motor.becomes(1405.5, 1);
    expect(await step(forward)).toMatchObject({ outcome: 'done' });
    await shown;
    await mqtt();
    expect(await motor.neutral()).toBeDefined();
    expect(await step(forward)).toMatchObject({ outcome: 'refused' });
    await mqtt();
    expect(await track.command({ type: 'clear' })).toMatchObject({ safety: 'disarmed' });
  });

  it('ends a drive by hand while the hand holds on, also one that begins at the same moment', async () => {
    expect(await track.arm(true)).toMatchObject({ safety: 'armed' });
    track.give({ type: 'start' });
    const hand = setInterval(() => track.give({ type: 'drive', steering: 0, throttle: 0.5 }), 30);
    await motor.becomes(1446 - 0.5 * 135, 2);
    button(0);
    await isFaulted();
    expect(await motor.neutral()).toBeDefined();
    button(1);
    const stood = monotonic();
    await mqtt();
    await carSays(track.clock().at + 500_000);
    expect(moves.filter(({ at }) => at > stood)).toEqual([]);
    await expect.poll(async () => (await track.command({ type: 'clear' })).outcome).toBe('done');
    // All in one breath: who stops comes last, and has the last word.
    expect(await track.arm(true)).toMatchObject({ safety: 'armed' });
    track.give({ type: 'start' });
    track.give({ type: 'drive', steering: 0, throttle: 0.5 });
    await mqtt();
    expect(await motor.neutral()).toBeDefined();
    const again = monotonic();
    await carSays(track.clock().at + 500_000);
    clearInterval(hand);
    expect(moves.filter(({ at }) => at > again)).toEqual([]);
    expect(await track.command({ type: 'clear' })).toMatchObject({ safety: 'disarmed' });
  });

  it('a network that hangs stops the car for good: its late answer moves nothing, and whoever starts it anew drives', async () => {
    await drives();
    track.mark();
    process.kill(agent.pid, 'SIGUSR2');
    const fault = await track.until('state', ({ safety }) => safety === 'faulted');
    expect(fault.reason).toBe('inference-slow');
    const lastMove = moves.at(-1)?.at ?? 0;
    // 300 ms after the last action at ten frames a second; the motor stands since that action’s promise of 150 ms was over.
    expect(fault.at - lastMove).toBeGreaterThan(100_000);
    expect(fault.at - lastMove).toBeLessThan(1_000_000);
    // While it hangs nobody arms it.
    expect(await track.command({ type: 'clear' })).toMatchObject({ safety: 'disarmed' });
    await carSays(fault.at + 1_200_000);
    expect(await track.command({ type: 'arm' })).toMatchObject({ code: 'arming-refused', message: /does not answer/ });
    process.kill(agent.pid, 'SIGUSR2');
    await track.sees(() => (track.heard.findLast(({ channel }) => channel === 'telemetry') ?? null) !== null);
    expect(await track.arm()).toMatchObject({ safety: 'armed' });
    await carSays(track.clock().at + 500_000);
    expect(moves.at(-1)?.at).toBe(lastMove);
    await drives();
    await track.command({ type: 'stop' });
    await track.reaches(({ safety }) => safety === 'stopped' || safety === 'faulted');
    await track.command({ type: 'clear' });
  });

  describe('that comes while the car warns before it drives', () => {
    /** Where a busy machine held up its frames and faulted it, it is started again. Answers when it was told to. */
    async function warned(): Promise<number> {
      for (let tries = 0; tries < 10; tries++) {
        await track.command({ type: 'clear' });
        expect(await track.arm()).toMatchObject({ safety: 'armed' });
        track.mark();
        const from = monotonic();
        const reply = await track.command({ type: 'start', warn: second });
        if (reply.outcome === 'done' && reply.safety === 'starting') return from;
      }
      throw new Error(`the car does not start:\n${agent.output.slice(-2000)}`);
    }

    it('stands and blinks for a second, says so, and then drives', async () => {
      let from = await warned();
      await track.reaches(({ safety }) => safety === 'starting');
      await expect.poll(light, { interval: 5 }).toEqual([1, 1, 1]);
      await expect.poll(light, { interval: 5 }).toEqual([0, 0, 0]);
      for (let tries = 0; tries < 10 && !(await motor.full(60, 3000)); tries++) from = await warned();
      const [first] = moves.filter(({ at }) => at > from);
      expect((first?.at ?? 0) - from).toBeGreaterThanOrEqual(1_000_000);
      await track.command({ type: 'stop' });
      expect(await motor.neutral()).toBeDefined();
    });

    it.each([
      ['an e-stop', 'e-stop'],
      ['a stop', 'stop'],
    ] as const)('%s half a second later: it never moves', async (_, type) => {
      const from = await warned();
      await carSays(from + 500_000);
      await track.command({ type });
      const { safety } = await track.reaches((state) => state.safety !== 'starting');
      expect(safety).toBe(type === 'stop' ? 'stopped' : 'faulted');
      await carSays(from + 2_500_000);
      expect(moves.filter(({ at }) => at > from)).toEqual([]);
    });

    it('without its light it stands for that second, too, and says so in its answer', async () => {
      tree.unplug('pwm/pwmchip5');
      await track.command({ type: 'clear' });
      await says('The tail light cannot be written');
      await track.arm();
      const reply = await track.command({ type: 'start', warn: second });
      expect(reply).toMatchObject({ outcome: 'done', safety: 'starting', message: /no light to warn with/ });
      await track.command({ type: 'e-stop' });
      await plugLight();
    });
  });
});
