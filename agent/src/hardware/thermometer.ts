import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The hottest of the computer's own sensors in °C, or undefined where it has none. */
export function temperature(root = '/sys/class/thermal'): number | undefined {
  let hottest: number | undefined;
  let zones: string[];
  try {
    zones = readdirSync(root).filter((name) => name.startsWith('thermal_zone'));
  } catch {
    return undefined;
  }
  for (const zone of zones) {
    try {
      // Millidegrees: kernel documentation, driver-api/thermal/sysfs-api.
      const degrees = Number(readFileSync(join(root, zone, 'temp'), 'utf8')) / 1000;
      if (Number.isFinite(degrees) && (hottest === undefined || degrees > hottest)) hottest = degrees;
    } catch {
      // A zone that is switched off answers EAGAIN or ENODATA.
    }
  }
  return hottest;
}
