import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Folders that the kernel shows devices in, as plain files. */
export class KernelTree {
  readonly root = mkdtempSync(join(tmpdir(), 'pitwall-kernel-'));
  readonly iio = join(this.root, 'iio');
  readonly pwm = join(this.root, 'pwm');

  constructor() {
    mkdirSync(this.iio);
    mkdirSync(this.pwm);
  }

  /** An IIO device, with a new folder each time, as a device that is plugged in again gets. */
  plugIio(device: string, files: Readonly<Record<string, number | string>>): void {
    mkdirSync(join(this.iio, device), { recursive: true });
    for (const [name, value] of Object.entries(files)) this.write(join('iio', device, name), value);
  }

  /** BMI160, upside down: what it would say of a car that feels this, in g and °/s. */
  plugImu(feels: { x?: number; y?: number; z?: number; turn?: number } = {}): void {
    const raw = (g: number) => Math.round((g * 9.80665) / 0.002394);
    this.plugIio('iio:device0', {
      name: 'bmi160',
      in_accel_scale: 0.002394,
      in_accel_x_raw: raw(feels.x ?? 0),
      in_accel_y_raw: -raw(feels.y ?? 0),
      in_accel_z_raw: -raw(feels.z ?? 1),
      in_anglvel_scale: 0.000532632,
      in_anglvel_x_raw: 0,
      in_anglvel_y_raw: 0,
      in_anglvel_z_raw: -Math.round(((feels.turn ?? 0) * Math.PI) / 180 / 0.000532632),
    });
  }

  plugBattery(millivolts: number): void {
    this.plugIio('iio:device1', { name: 'ads1015', in_voltage0_raw: millivolts / 2, in_voltage0_scale: 2 });
  }

  plugPwm(chip: string, channels: readonly number[]): void {
    for (const channel of channels) {
      const folder = join(this.pwm, chip, `pwm${channel}`);
      mkdirSync(folder, { recursive: true });
      for (const name of ['period', 'duty_cycle', 'enable']) writeFileSync(join(folder, name), '0\n');
    }
  }

  /** Files that are open already say nothing more, and the folder is gone. */
  unplug(path: string): void {
    if (path.startsWith('iio')) {
      for (const kind of ['accel', 'anglvel'])
        for (const axis of ['x', 'y', 'z']) this.write(join(path, `in_${kind}_${axis}_raw`), undefined);
    }
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8').trim();
  }

  write(path: string, value: number | string | undefined): void {
    // In place: whoever has it open reads the new value.
    writeFileSync(join(this.root, path), value === undefined ? '' : `${value}\n`);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
