import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Numbers of axes and buttons of a joystick device. */
export interface PadMap {
  readonly steering: number;
  readonly throttle: number;
  readonly start: number;
  readonly emergency: number;
  readonly clear: number;
  readonly arm: number;
  readonly stop: number;
  readonly hand: number;
}

/** As an Xbox pad has them under the driver xpad; for pads that the kernel tells nothing of. */
export const xpad: PadMap = { steering: 0, throttle: 4, start: 0, emergency: 1, clear: 2, arm: 3, stop: 4, hand: 5 };

// include/uapi/linux/input-event-codes.h. The right stick is RX and RY where there is one (xpad, hid-playstation: Z and RZ are
// triggers there), else Z and RZ (most HID pads).
const abs = { x: 0x00, ry: 0x04, rz: 0x05 } as const;
const key = { joystick: 0x120, a: 0x130, b: 0x131, x: 0x133, y: 0x134, tl: 0x136, tr: 0x137, misc: 0x100 } as const;

/**
 * What drivers/input/joydev.c (joydev_connect) numbers: axes in the order of their codes; buttons from BTN_JOYSTICK on, then
 * those before it.
 * @param name `js0`
 */
export function padMap(root: string, name: string): PadMap {
  try {
    const codes = (kind: string) => bitsOf(readFileSync(join(root, name, 'device/capabilities', kind), 'utf8'));
    const axes = codes('abs');
    const keys = codes('key').filter((code) => code >= key.misc);
    const buttons = [...keys.filter((code) => code >= key.joystick), ...keys.filter((code) => code < key.joystick)];
    const throttle = axes.indexOf(axes.includes(abs.ry) ? abs.ry : abs.rz);
    const steering = axes.indexOf(abs.x);
    const [start, emergency, clear, arm, stop, hand] = [key.a, key.b, key.x, key.y, key.tl, key.tr].map((code) =>
      buttons.indexOf(code),
    ) as [number, number, number, number, number, number];
    const map = { steering, throttle, start, emergency, clear, arm, stop, hand };
    return Object.values(map).includes(-1) ? xpad : map;
  } catch {
    return xpad;
  }
}

/** Set bits of a mask as the kernel prints it: hexadecimal words of 64 bits, the highest first. */
export function bitsOf(mask: string): number[] {
  const words = mask.trim().split(/\s+/).reverse();
  return words.flatMap((word, at) => {
    const bits = BigInt(`0x${word}`);
    return Array.from({ length: 64 }, (_, bit) => bit)
      .filter((bit) => ((bits >> BigInt(bit)) & 1n) === 1n)
      .map((bit) => at * 64 + bit);
  });
}
