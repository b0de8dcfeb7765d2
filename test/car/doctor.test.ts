import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentCommand } from '../drive/agent.js';
import { fullThrottleProfile, SysfsRig } from '../drive/rigs.js';
import { TrackSide } from '../drive/track-side.js';
import { writeArchive } from '../hardware/archive.js';

interface Checked {
  readonly code: number | null;
  readonly output: string;
}

describe('pitwall-agent doctor', () => {
  const rig = new SysfsRig();
  const track = new TrackSide();
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
  const doctor = (...flags: string[]): Promise<Checked> =>
    new Promise((resolve) => {
      const child = execFile(process.execPath, [agentCommand, 'doctor', '--config', config, ...flags], (_e, out, err) =>
        resolve({ code: child.exitCode, output: out + err }),
      );
    });
  const states = ({ output }: Checked): Record<string, string> =>
    Object.fromEntries(
      JSON.parse(output).checks.map((one: { check: string; state: string }) => [one.check, one.state]),
    );

  /** Pictures for a camera, and a BMI160 that stands level or hangs upside down, in ±8 g. */
  const devices = (up: 1 | -1) => {
    const [pictures, iio] = [join(folder, 'pictures'), join(folder, 'iio')];
    mkdirSync(pictures, { recursive: true });
    writeFileSync(
      join(pictures, 'one.pgm'),
      Buffer.concat([Buffer.from('P5 160 120 255\n'), Buffer.alloc(160 * 120, 99)]),
    );
    const device = join(iio, 'iio:device0');
    mkdirSync(device, { recursive: true });
    const raw = { name: 'bmi160', in_accel_scale: 0.002394, in_accel_x_raw: 0, in_accel_y_raw: 0 };
    for (const [name, value] of Object.entries({ ...raw, in_accel_z_raw: up * 4096 })) {
      writeFileSync(join(device, name), `${value}\n`);
    }
    return { camera: { kind: 'file', path: pictures, rate: 20 }, imu: { kind: 'iio', name: 'bmi160', root: iio } };
  };

  it('finds nothing wrong with a healthy car, and sweeps its servo when asked', async () => {
    writeArchive(join(folder, 'tiny.tar.gz'), 'tiny');
    const healthy = { ...JSON.parse(fullThrottleProfile(rig)), ...devices(1) };
    configure(JSON.stringify(healthy));
    const angles = new Set<number>();
    await rig.start();
    rig.onMotor = ({ micros }) => angles.add(micros);
    const checked = await doctor('--sweep', '--json');
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
    // The motor never left neutral.
    expect([...angles].filter((micros) => micros > 0)).toEqual([1446]);
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
      /model +FAILED +archive-invalid\n +→ The archive is no .tar.gz file; copy or download it again/,
    );
    expect(output).toMatch(/link +FAILED +.* refuses this car\n +→ Issue a new password/);
  });
});
