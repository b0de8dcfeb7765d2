import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { CameraProfile } from '@pitwall/firmware-config';
import type { Now } from '@pitwall/runtime';
import type { Camera } from '../camera.js';
import { ChildCamera, type Form, flipOf, HeaderFramer, v4l2Stamp } from '../capture/index.js';
import type { DeviceEvents } from '../device.js';

type Profile = Extract<CameraProfile, { kind: 'v4l2' }>;
const run = promisify(execFile);

/** V4L2's names of the formats (linux/videodev2.h), what they are to us, and bytes a pixel. */
const formats = {
  yuyv: { fourcc: 'YUYV', format: 'yuyv', bytes: 2 },
  grey: { fourcc: 'GREY', format: 'planar', bytes: 1 },
  yuv420: { fourcc: 'YU12', format: 'planar', bytes: 1.5 },
  nv12: { fourcc: 'NV12', format: 'planar', bytes: 1.5 },
  mjpeg: { fourcc: 'MJPG', format: 'mjpeg', bytes: undefined },
} as const;

/** A camera of the kernel, read by `v4l2-ctl`. */
export function v4l2Camera(
  profile: Profile,
  device: string,
  parts: { readonly now: Now; readonly events: DeviceEvents },
): Camera {
  const { width, height, rate, range } = profile;
  const { format, bytes } = formats[profile.format];
  const flip = flipOf(profile);
  const form: Form = { format, width, height, range, ...(flip === undefined ? {} : { flip }) };
  return new ChildCamera({
    ...parts,
    form,
    rate,
    ...(bytes === undefined ? {} : { bytes: width * height * bytes }),
    prepare: async () => {
      await setControls(profile, device);
      return {
        name: device,
        // v4l2-ctl does not flush its stdout: the tail of a JPEG would wait in its buffer for the next frame.
        command: 'stdbuf',
        args: ['--output=0', 'v4l2-ctl', ...streamArguments(profile, device)],
        framer: new HeaderFramer(),
        stampOf: v4l2Stamp,
      };
    },
  });
}

/** Three buffers: one that is filled, one that is written, one between. More would be a queue. */
export function streamArguments({ width, height, rate, format }: Profile, device: string): string[] {
  return [
    `--device=${device}`,
    `--set-fmt-video=width=${width},height=${height},pixelformat=${formats[format].fourcc}`,
    `--set-parm=${rate}`,
    '--stream-mmap=3',
    '--stream-to-hdr=-',
    '--verbose',
  ];
}

/**
 * The controls in the order in which they must be set, each by all its names: Linux 5.16 renamed those of exposure
 * (V4L2_CID_EXPOSURE_AUTO 1 is manual, 3 aperture priority; times in 100 µs). A camera that lengthens its frames in dim
 * light would miss the rate.
 */
export function controlChoices({ exposure, controls }: Profile): readonly (readonly string[])[] {
  const either = (value: number, ...names: string[]) => names.map((name) => `${name}=${value}`);
  const auto = exposure === 'auto';
  return [
    either(auto ? 3 : 1, 'auto_exposure', 'exposure_auto'),
    ...(auto
      ? [either(0, 'exposure_dynamic_framerate', 'exposure_auto_priority')]
      : [either(Math.max(1, Math.round(exposure / 100)), 'exposure_time_absolute', 'exposure_absolute')]),
    ...Object.entries(controls).map(([name, value]) => either(value, name)),
  ];
}

/** A camera that lacks a control is used as it is. */
async function setControls(profile: Profile, device: string): Promise<void> {
  for (const names of controlChoices(profile)) {
    for (const setting of names) {
      try {
        await run('v4l2-ctl', [`--device=${device}`, `--set-ctrl=${setting}`], { timeout: 2000 });
        break;
      } catch {
        // The other name; or it has none of them.
      }
    }
  }
}
