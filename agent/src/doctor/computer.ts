import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { CarProfile } from '@pitwall/firmware-config';
import { diskSpace, temperature } from '../hardware/index.js';
import { absent, type Check, failed, ok, warning } from './check.js';
import { mayWrite } from './may-write.js';

const run = promisify(execFile);
const mega = 2 ** 20;
/** A recording of an hour, and a few models, in bytes. */
const comfortable = 2048 * mega;
const least = 256 * mega;

/** Room for models and recordings on the disk that holds `folder`. */
export const diskCheck = (name: string, folder: string, measure = diskSpace): Check => ({
  name,
  run: async () => {
    // A folder that is made at its first use is on its parent's disk.
    let there = resolve(folder);
    while (!existsSync(there)) there = dirname(there);
    const space = await measure(there);
    if (space === undefined || !mayWrite(there)) {
      return failed(`${there} is not writable for this user`, 'Give it to the agent’s user, or name another folder.');
    }
    const found = `${Math.floor(space.free / mega)} MB free of ${Math.floor(space.total / mega)} MB at ${folder}`;
    if (space.free < least) return failed(found, 'Delete models and recordings, or move the folder to a larger disk.');
    if (space.free < comfortable) return warning(found, 'Delete models and recordings before a race day.');
    return ok(found);
  },
});

/** What makes videos of recordings: a car drives without it. */
export const videoCheck = (ffmpeg = 'ffmpeg'): Check => ({
  name: 'videos',
  run: async () => {
    const todo = 'For `pitwall-agent recording video`: sudo apt install ffmpeg.';
    const encoders = await run(ffmpeg, ['-hide_banner', '-encoders'], { timeout: 10_000 }).catch(() => undefined);
    if (encoders === undefined) return warning('there is no ffmpeg here', todo);
    if (!/\blibx264\b/.test(encoders.stdout)) return warning('this ffmpeg has no libx264', todo);
    return ok('ffmpeg makes them, with libx264');
  },
});

export const temperatureCheck = ({ limits }: CarProfile, root?: string): Check => ({
  name: 'temperature',
  run: async () => {
    const degrees = temperature(root);
    if (degrees === undefined) return absent('this computer has no thermometer');
    const most = limits.temperature;
    const found = `${degrees.toFixed(0)} °C${most === undefined ? '' : `, the car stops at ${most} °C`}`;
    if (most !== undefined && degrees > most) return failed(found, 'Let it cool down; check fan and heat sink.');
    if (degrees > (most ?? 80) - 10)
      return warning(found, 'It will be hotter when it drives: check fan and heat sink.');
    return ok(found);
  },
});

export const calibrationCheck = (profile: CarProfile, version: number | undefined): Check => ({
  name: 'calibration',
  run: async () => {
    if (!profile.calibrated) {
      return failed('this car was never calibrated', 'Lift it and run: pitwall-agent calibrate --config FILE');
    }
    return ok(version === undefined ? `as the profile ${profile.name} has it` : `version ${version}`);
  },
});
