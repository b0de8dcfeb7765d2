import { execFile } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CameraProfile } from '@pitwall/firmware-config';
import type { Now } from '@pitwall/runtime';
import type { Camera } from '../camera.js';
import { ChildCamera, FixedFramer, type Form, JpegFramer, libcameraStamp } from '../capture/index.js';
import type { DeviceEvents } from '../device.js';

type Profile = Extract<CameraProfile, { kind: 'libcamera' }>;
const run = promisify(execFile);

/** A camera of the Raspberry Pi, read by `rpicam-vid`, which also makes the picture upright. */
export function libcameraCamera(
  profile: Profile,
  camera: number,
  parts: { readonly now: Now; readonly events: DeviceEvents },
): Camera {
  const { width, height, rate, range, format } = profile;
  const raw = format === 'yuv420';
  const form: Form = { format: raw ? 'planar' : 'mjpeg', width, height, range };
  return new ChildCamera({
    ...parts,
    form,
    rate,
    prepare: async () => {
      const mode = profile.mode ?? wholeView(await listCameras(), camera);
      const times = await namedPipe();
      return {
        name: `${camera}`,
        command: 'rpicam-vid',
        install,
        args: captureArguments({ ...profile, ...(mode === undefined ? {} : { mode }) }, camera, times.path),
        framer: raw ? new FixedFramer(width * height * 1.5) : new JpegFramer(),
        stampOf: libcameraStamp,
        times: times.stream,
      };
    },
  });
}

const install =
  'on Raspberry Pi OS, apt install rpicam-apps-lite; Ubuntu has no package of it, build it as github.com/raspberrypi/rpicam-apps says';

/** What `rpicam-hello --list-cameras` says; nothing where it cannot. */
const listCameras = (): Promise<string> =>
  run('rpicam-hello', ['--list-cameras'], { timeout: 5000 }).then(
    ({ stdout }) => stdout,
    () => '',
  );

/**
 * Modes that see the whole view at 30 frames/s or more. Asked for 640×480, rpicam-apps (core/rpicam_app.cpp, selectMode) takes
 * the mode that is nearest in size, which is cropped; deepracer-custom-car's launcher names the first two.
 */
const wholeViews: Readonly<Record<string, string>> = {
  imx219: '1640:1232',
  imx708: '2304:1296',
  ov5647: '1296:972',
};

/** The mode for a camera of the list, `0 : imx219 [3280x2464 …] (…)`; undefined for a sensor that is not known. */
export function wholeView(list: string, camera: number): string | undefined {
  const sensor = new RegExp(`^${camera} : ([a-z0-9]+)`, 'm').exec(list)?.[1];
  return sensor === undefined ? undefined : wholeViews[sensor];
}

/** Frames to stdout, flushed one by one; the sensor's own times, which --save-pts would count from the first, to a pipe. */
export function captureArguments(profile: Profile, camera: number, times: string): string[] {
  const { width, height, rate, format, rotation, flip, exposure, gain, mode } = profile;
  const turned = rotation === 180;
  return [
    ...['--nopreview', '--timeout', '0', '--verbose', '0', '--camera', String(camera)],
    ...['--codec', format, '--width', String(width), '--height', String(height), '--framerate', String(rate)],
    ...(turned !== (flip === 'horizontal') ? ['--hflip'] : []),
    ...(turned !== (flip === 'vertical') ? ['--vflip'] : []),
    ...(exposure === 'auto' ? [] : ['--shutter', String(exposure)]),
    ...(gain === undefined ? [] : ['--gain', String(gain)]),
    ...(mode === undefined ? [] : ['--mode', mode]),
    ...['--flush', '--output', '-', '--metadata', times, '--metadata-format', 'txt'],
  ];
}

/** A program can open a named pipe by its path; it could not open a pipe of Node's, which is a socket. */
async function namedPipe(): Promise<{ readonly path: string; readonly stream: Socket }> {
  const folder = await mkdtemp(join(tmpdir(), 'pitwall-camera-'));
  const path = join(folder, 'times');
  await run('mkfifo', ['-m', '600', path]);
  // Also for writing, so that it does not end with its writer.
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const stream = new Socket({ fd, readable: true, writable: false });
  stream.once('close', () => void rm(folder, { recursive: true, force: true }));
  return { path, stream };
}
