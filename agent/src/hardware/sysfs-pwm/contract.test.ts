import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drivetrainContract, shareOf } from '../../../testing/drivetrain-contract.js';
import { Pca9685Kernel } from '../../../testing/pca9685-kernel.js';
import { SysfsPwmDrivetrain } from './drivetrain.js';
import type { SysfsPwmProfile } from './profile.js';

const period = 20_000_000;
const steering = { channel: 1, min: 1_200_000, mid: 1_450_000, max: 1_700_000, polarity: 1 } as const;
const motor = { channel: 0, min: 1_311_000, mid: 1_446_000, max: 1_603_500, polarity: -1 } as const;

for (const version of ['5.10', '6.12'] as const) {
  drivetrainContract(`a PCA9685 under Linux ${version}`, async () => {
    const kernel = new Pca9685Kernel(version, { udevMs: 30 });
    const profile: SysfsPwmProfile = {
      kind: 'sysfs-pwm',
      chip: 'i2c-1',
      root: Pca9685Kernel.root,
      period,
      steering,
      motor,
    };
    const count = (channel: number) => kernel.off.get(channel);
    const nanoseconds = (off: number) => (off * period) / 4096;
    return {
      make: (events) =>
        new SysfsPwmDrivetrain(profile, events, { motor: true, files: kernel, openChip: kernel.openChip }),
      outputs: () => {
        const [turn, drive] = [count(steering.channel), count(motor.channel)];
        if (turn === undefined || drive === undefined || turn === 0 || drive === 0) return undefined;
        return { steering: shareOf(nanoseconds(turn), steering), throttle: shareOf(nanoseconds(drive), motor) };
      },
      takeAway: () => {
        kernel.answers = false;
      },
      stop: async () => {},
    };
  });
}

/** As a stock car under kernel 6.8: the chip is a symlink into the PCI device, and GPIO numbers start at 512. */
drivetrainContract('files of a stock car’s kernel', async () => {
  const root = mkdtempSync(join(tmpdir(), 'pitwall-sysfs-'));
  const device = join(root, 'devices/pci0000:00/0000:00:17.0/pwm/pwmchip3');
  for (const { channel } of [steering, motor]) {
    mkdirSync(join(device, `pwm${channel}`), { recursive: true });
    for (const name of ['period', 'duty_cycle', 'enable']) writeFileSync(join(device, `pwm${channel}`, name), '0\n');
  }
  mkdirSync(join(root, 'pwm'));
  symlinkSync(device, join(root, 'pwm/pwmchip3'));
  mkdirSync(join(root, 'gpio/gpio514'), { recursive: true });
  for (const name of ['direction', 'value']) writeFileSync(join(root, 'gpio/gpio514', name), '0\n');
  const profile: SysfsPwmProfile = {
    kind: 'sysfs-pwm',
    chip: '0000:00:17.0',
    root: join(root, 'pwm'),
    period,
    steering,
    motor,
    enable: { gpios: [436, 514], low: true, root: join(root, 'gpio') },
  };
  const value = (file: string) => Number(readFileSync(file, 'utf8').split('\n')[0]);
  return {
    make: (events) => new SysfsPwmDrivetrain(profile, events, { motor: true }),
    outputs: () => {
      const [turn, drive] = [steering, motor].map(({ channel }) => value(join(device, `pwm${channel}/duty_cycle`)));
      if (turn === 0 || drive === 0) return undefined;
      const hasPower = value(join(root, 'gpio/gpio514/value')) === 0;
      return { steering: shareOf(turn!, steering), throttle: hasPower ? shareOf(drive!, motor) : 0 };
    },
    takeAway: () => {
      // What stood there, stands: only the files are gone from where they were.
      rmSync(join(root, 'pwm'), { recursive: true });
    },
    stop: async () => rmSync(root, { recursive: true }),
  };
});
