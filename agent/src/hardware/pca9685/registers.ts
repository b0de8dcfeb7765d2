// NXP PCA9685 data sheet, rev. 4: tables 4 to 8.
export const mode1 = 0x00;
export const mode2 = 0x01;
export const preScale = 0xfe;
const output0 = 0x06;
export const everyOffHigh = 0xfd;

/** Bits of MODE1 and MODE2, and of an output's OFF_H. */
export const asleep = 0x10;
export const autoIncrement = 0x20;
export const totemPole = 0x04;
export const fullOff = 0x10;
/** Of ON_H. */
const fullOn = 0x10;

/** Section 7.3.5, with the chip's own oscillator of 25 MHz. @param frequency of the pulses, Hz */
export const preScaleOf = (frequency: number): number =>
  Math.min(0xff, Math.max(0x03, Math.round(25_000_000 / (4096 * frequency)) - 1));

/** ON_L of a channel; ON_H, OFF_L and OFF_H follow. */
export const registerOf = (channel: number): number => output0 + 4 * channel;

/** ON_L to OFF_H of a pulse of so many ns that begins with the cycle; no pulse at all without one. */
export function registersOf(nanoseconds: number | undefined, scale: number): readonly [number, number, number, number] {
  if (nanoseconds === undefined) return [0, 0, 0, fullOff];
  const falls = Math.min(4095, Math.round((nanoseconds * 25) / (1000 * (scale + 1))));
  return [0, 0, falls & 0xff, falls >> 8];
}

/** ON_L to OFF_H of a share of each cycle; 0 and 1 are no pulse and a steady level (bit 4 of OFF_H and ON_H, 7.3.3). */
export function levelRegisters(share: number): readonly [number, number, number, number] {
  const falls = Math.round(share * 4096);
  if (falls <= 0) return [0, 0, 0, fullOff];
  if (falls >= 4096) return [0, fullOn, 0, 0];
  return [0, 0, falls & 0xff, falls >> 8];
}
