import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatteryProfile } from '@pitwall/firmware-config';
import type { BatteryReading } from '../battery.js';
import { findIioDevice } from './folder.js';

/** A battery's volts at an analogue input. @throws Error with one sentence. */
export async function readVolts({
  name,
  channel,
  factor,
  root,
}: Extract<BatteryProfile, { kind: 'iio-voltage' }>): Promise<Pick<BatteryReading, 'unit' | 'value'>> {
  const folder = findIioDevice(root, name);
  const read = async (...names: string[]): Promise<number> => {
    for (const one of names) {
      const text = await readFile(join(folder, one), 'utf8').catch(() => '');
      if (text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
    }
    throw new Error(`The battery’s voltage cannot be read from ${folder}; check the channel.`);
  };
  // raw · scale is in mV (Documentation/ABI/testing/sysfs-bus-iio); some converters share one scale for all inputs.
  const raw = await read(`in_voltage${channel}_raw`);
  const scale = await read(`in_voltage${channel}_scale`, 'in_voltage_scale');
  return { unit: 'volts', value: (raw * scale * factor) / 1000 };
}
