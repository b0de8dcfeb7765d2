import { cameraMount, horizonRow, observationSize } from '../simulator/index.js';
import type { DomainChange } from './robustness-result.js';

/** What `change` makes of the frames that a camera gives. `planes`: interleaved cameras, one or two. All work in place. */
const { width, height } = observationSize;
/** Cameras store about the 2.2th root of the light (IEC 61966-2-1), so that a stop is a factor of 2^(1/2.2) in their greys. */
const cameraGamma = 2.2;
/** Pictures that are averaged to a blurred one: at 4 m/s and 33 ms they lie 17 mm apart. */
export const blurSamples = 8;

/** The picture of a camera that gathers 2^`stops` times the light; what is too bright is white. */
export function expose(frame: Uint8Array, stops: number): void {
  const gain = 2 ** (stops / cameraGamma);
  const exposed = Uint8Array.from({ length: 256 }, (_, grey) => Math.min(255, Math.round(grey * gain)));
  for (let at = 0; at < frame.length; at++) frame[at] = exposed[frame[at] as number] as number;
}

/**
 * The picture in a hall with windows on one side (where the track's x axis points): what lies towards them is brighter by up to
 * `share`, what lies away from them darker. `yaw`: where the camera looks, in radians.
 */
export function lightFromOneSide(frame: Uint8Array, share: number, yaw: number, planes: number): void {
  const focal = width / 2 / Math.tan(cameraMount.fieldOfViewRad / 2);
  for (let column = 0; column < width; column++) {
    const towards = yaw - Math.atan((column + 0.5 - width / 2) / focal);
    const gain = 1 + share * Math.cos(towards);
    for (let at = column * planes; at < frame.length; at += width * planes) {
      for (let plane = 0; plane < planes; plane++)
        frame[at + plane] = Math.min(255, Math.round((frame[at + plane] as number) * gain));
    }
  }
}

/** One grey over all that lies above the horizon, of a camera that looks `tiltRad` further down than it is mounted. */
export function maskAboveHorizon(frame: Uint8Array, grey: number, tiltRad: number, planes: number): void {
  const rows = Math.max(0, Math.min(height, Math.round(horizonRow(tiltRad))));
  frame.fill(grey, 0, rows * width * planes);
}

/** The mean of frames that are taken while the shutter is open. `render` gives that of a part of the time, 0 to 1, ago. */
export function blur(frame: Uint8Array, render: (target: Uint8Array, ago: number) => void): void {
  const sums = new Uint16Array(frame.length);
  for (let sample = 0; sample < blurSamples; sample++) {
    render(frame, (sample + 0.5) / blurSamples);
    for (let at = 0; at < frame.length; at++) sums[at] = (sums[at] as number) + (frame[at] as number);
  }
  for (let at = 0; at < frame.length; at++) frame[at] = Math.round((sums[at] as number) / blurSamples);
}

export const tiltRad = ({ tiltDeg = 0 }: DomainChange): number => (tiltDeg * Math.PI) / 180;

/** Without any a camera sees what the simulator's always sees, to the last bit. */
export function changesFrames({ light, blurMs, exposureEv, mask }: DomainChange): boolean {
  return light !== undefined || blurMs !== undefined || exposureEv !== undefined || mask !== undefined;
}

/** The frame of a changed camera: its tilt is the world's affair. In the order of nature: light, shutter, sensor, cover. */
export function changedFrame(
  frame: Uint8Array,
  { light, blurMs, exposureEv, mask, ...rest }: DomainChange,
  planes: number,
  yaw: number,
  render: (target: Uint8Array, agoS: number) => void,
): void {
  if (blurMs === undefined) render(frame, 0);
  else blur(frame, (target, ago) => render(target, (ago * blurMs) / 1000));
  if (light !== undefined) lightFromOneSide(frame, light, yaw, planes);
  if (exposureEv !== undefined) expose(frame, exposureEv);
  if (mask !== undefined) maskAboveHorizon(frame, mask, tiltRad(rest), planes);
}
