import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelStore, stage } from '@pitwall/agent/model-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentCommand } from '../drive/agent.js';
import { DutyWatch } from '../drive/duty-watch.js';
import { fullThrottleProfile, SysfsRig } from '../drive/rigs.js';
import { TrackClient } from '../drive/track-client.js';
import { writeArchive } from '../hardware/archive.js';

interface Checked {
  readonly code: number | null;
  readonly output: string;
}

describe('pitwall-agent doctor', () => {
  const rig = new SysfsRig();
  const track = new TrackClient();
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-doctor-'));
  const config = join(folder, 'agent.yaml');

  beforeAll(() => track.start());
  afterAll(async () => {
    await track.stop();
    await rig.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const configure = (profile: string, over: object = {}) =>
    writeFileSync(
      config,
      JSON.stringify({
        car: track.car,
        profile: file('profile.yaml', profile),
        model: join(folder, 'tiny.tar.gz'),
        models: { folder },
        link: { url: `mqtt://127.0.0.1:${track.port}`, passwordfile: file('password', track.password) },
        ...over,
      }),
    );
  const doctor = (...flags: string[]): Promise<Checked> => under([], ...flags);
  const under = (before: readonly string[], ...flags: string[]): Promise<Checked> =>
    new Promise((resolve) => {
      const [program, ...args] = [...before, process.execPath, agentCommand, 'doctor', '--config', config, ...flags];
      const child = execFile(program as string, args, (_e, out, err) =>
        resolve({ code: child.exitCode, output: out + err }),
      );
    });
  const states = ({ output }: Checked): Record<string, string> =>
    Object.fromEntries(
      JSON.parse(output).checks.map((one: { check: string; state: string }) => [one.check, one.state]),
    );

  /** Pictures for a camera, and a BMI160 that stands level or hangs upside down, in ±8 g. */
  const devices = (up: number) => {
    const [pictures, iio] = [join(folder, 'pictures'), join(folder, 'iio')];
    mkdirSync(pictures, { recursive: true });
    writeFileSync(
      join(pictures, 'one.pgm'),
      Buffer.concat([Buffer.from('P5 160 120 255\n'), Buffer.alloc(160 * 120, 99)]),
    );
    const device = join(iio, 'iio:device0');
    mkdirSync(device, { recursive: true });
    const raw = { name: 'bmi160', in_accel_scale: 0.002394, in_accel_x_raw: 0, in_accel_y_raw: 0 };
    for (const [name, value] of Object.entries({ ...raw, in_accel_z_raw: Math.round(up * 4096) })) {
      writeFileSync(join(device, name), `${value}\n`);
    }
    return { camera: { kind: 'file', path: pictures, rate: 20 }, imu: { kind: 'iio', name: 'bmi160', root: iio } };
  };

  it('finds nothing wrong with a healthy car, and sweeps its servo when asked', async () => {
    writeArchive(join(folder, 'tiny.tar.gz'), 'tiny');
    const healthy = { ...JSON.parse(fullThrottleProfile(rig)), ...devices(1) };
    configure(JSON.stringify(healthy));
    const [throttle, steering] = [new Set<number>(), new Set<number>()];
    await rig.start();
    rig.onMotor = ({ micros }) => throttle.add(micros);
    // In a thread of its own: this one may be late, and each step of the sweep is there for 150 ms.
    const servo = new DutyWatch(rig.servo, ({ micros }) => steering.add(micros));
    servo.start();
    const checked = await doctor('--sweep', '--json');
    await servo.stop();
    expect(states(checked)).toMatchObject({
      'motor and steering': 'ok',
      'servo sweep': 'ok',
      calibration: 'ok',
      camera: 'ok',
      IMU: 'ok',
      model: 'ok',
      link: 'ok',
    });
    expect(checked.code).toBe(0);
    // The motor never left neutral; the servo went 60 % of the way to both sides.
    expect([...throttle].filter((micros) => micros > 0)).toEqual([1446]);
    expect([...steering]).toEqual(expect.arrayContaining([1600, 1525, 1450, 1375, 1300]));
    rig.onMotor = () => {};
  });

  it('says of each thing that is wrong what to do, and fails', async () => {
    writeFileSync(join(folder, 'tiny.tar.gz'), 'no archive');
    const broken = JSON.parse(fullThrottleProfile(rig));
    broken.calibrated = false;
    broken.drivetrain.chip = 'i2c-7';
    Object.assign(broken, devices(-1), { camera: { kind: 'file', path: join(folder, 'nowhere'), rate: 20 } });
    configure(JSON.stringify(broken), {
      link: { url: `mqtt://127.0.0.1:${track.port}`, passwordfile: file('wrong', 'wrong') },
    });
    const { code, output } = await doctor();
    expect(code).toBe(1);
    expect(output).toContain('no PWM chip i2c-7');
    expect(output).toMatch(
      /calibration +FAILED +this car was never calibrated\n +→ Lift it and run: pitwall-agent calibrate/,
    );
    expect(output).toMatch(/camera +FAILED +not there\n +→ .*nowhere/);
    expect(output).toMatch(/IMU +FAILED +.* feels 0.00 0.00 -1.00 g\n +→ It hangs upside down: correct imu.mounting/);
    expect(output).toMatch(
      /model +FAILED +archive-invalid\n +→ The archive is text and no .tar.gz, .tar or .zip file; hand in the network/,
    );
    expect(output).toMatch(/link +FAILED +.* refuses this car\n +→ Issue a new password/);
  });

  it('fails where a carried model decides otherwise than when it was staged, and not for a mere warning', async () => {
    const archive = join(folder, 'tiny.tar.gz');
    writeArchive(archive, 'tiny');
    const models = join(folder, 'models');
    const store = new ModelStore(models, 2 ** 30);
    await store.start();
    const { hash } = await stage(store, { kind: 'file', path: archive });
    await store.choose(hash);
    const lifted = { ...JSON.parse(fullThrottleProfile(rig)), ...devices(1.4) };
    configure(JSON.stringify(lifted), { models: { folder: models } });
    const note = join(models, hash, 'model.json');
    const staged = readFileSync(note, 'utf8');
    writeFileSync(note, JSON.stringify({ ...JSON.parse(staged), golden: { steeringDeg: 7, speedMps: 1 } }));
    const wrong = await doctor('--json');
    expect(wrong.code).toBe(1);
    const { car, ok, checks } = JSON.parse(wrong.output);
    expect({ car, ok }).toEqual({ car: track.car, ok: false });
    expect(checks).toContainEqual({
      check: 'model',
      state: 'failed',
      found: expect.stringMatching(/golden image 0\.0° 1\.00 m\/s, and was 7\.0° 1\.00 m\/s when it was staged/),
      todo: 'Delete it from the car and stage it again.',
    });
    writeFileSync(note, staged);
    const right = await doctor('--json');
    expect(states(right)).toMatchObject({ model: 'ok', IMU: 'warning' });
    expect({ code: right.code, ok: JSON.parse(right.output).ok }).toEqual({ code: 0, ok: true });
  });

  it('says what its user may not do', async () => {
    const kept = join(folder, 'kept');
    mkdirSync(kept);
    configure(fullThrottleProfile(rig), { models: { folder: kept }, recorder: { folder: kept } });
    for (const channel of [0, 1]) chmodSync(join(rig.root, `pwm/pwmchip0/pwm${channel}/duty_cycle`), 0o444);
    chmodSync(kept, 0o555);
    chmodSync(folder, 0o755);
    chmodSync(rig.root, 0o755);
    // Nothing is forbidden to root.
    const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
    const { code, output } = await under(process.getuid?.() === 0 ? nobody : []);
    expect(code).toBe(1);
    expect(output).toMatch(
      /motor and steering +FAILED .*duty_cycle cannot be written \(EACCES\)\n +→ This user may not.*udev rules/,
    );
    for (const what of ['models', 'recordings']) {
      expect(output).toMatch(
        new RegExp(`disk for ${what} +FAILED +.*kept is not writable for this user\\n +→ Give it to the agent’s user`),
      );
    }
  });
});
