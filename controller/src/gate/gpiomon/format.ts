import type { Micros } from '@pitwall/protocol';

/** libgpiod's tools changed their options and numbers between 1 and 2. */
export type GpiodVersion = 1 | 2;

export interface GpiomonLines {
  /** `gpiochip0`. */
  readonly chip: string;
  readonly lines: readonly number[];
  readonly bias: 'as-is' | 'pull-up' | 'pull-down' | 'disabled';
}

/** `gpiomon (libgpiod) v1.6.3`, `gpiomon (libgpiod) v2.2.1`; undefined for what is neither. */
export function versionOf(output: string): GpiodVersion | undefined {
  const major = /\(libgpiod\) v?(\d+)\./.exec(output)?.[1];
  return major === '1' ? 1 : major === '2' ? 2 : undefined;
}

/** Version 2 writes out after every event by itself; its default clock may be set otherwise by a distributor. */
export function argumentsOf(version: GpiodVersion, { chip, lines, bias }: GpiomonLines): string[] {
  const offsets = lines.map(String);
  if (version === 1) {
    const option = bias === 'as-is' ? [] : [`--bias=${bias === 'disabled' ? 'disable' : bias}`];
    return ['--line-buffered', ...option, '--format=%o %e %s %n', chip, ...offsets];
  }
  const option = bias === 'as-is' ? [] : ['--bias', bias];
  return ['--chip', chip, ...option, '--event-clock', 'monotonic', '--format', '%o %e %S', ...offsets];
}

export interface GpiomonEvent {
  readonly line: number;
  readonly level: 0 | 1;
  /** The kernel's stamp, rounded down. */
  readonly at: Micros;
}

const shapes = {
  /** Offset, 0 falling or 1 rising, seconds, nanoseconds without leading zeros. */
  1: /^(\d{1,4}) ([01]) (\d{1,15}) (\d{1,9})$/,
  /** Offset, 1 rising or 2 falling, seconds and nine digits. */
  2: /^(\d{1,4}) ([12]) (\d{1,15})\.(\d{9})$/,
} as const;

/** One line of output; undefined for anything that is not an event. */
export function parseEvent(version: GpiodVersion, text: string): GpiomonEvent | undefined {
  const match = shapes[version].exec(text);
  if (match === null) return undefined;
  const [, line, type, seconds, nanoseconds] = match;
  const at = Number(seconds) * 1_000_000 + Math.floor(Number(nanoseconds) / 1000);
  if (!Number.isSafeInteger(at)) return undefined;
  return { line: Number(line), level: type === '1' ? 1 : 0, at: at as Micros };
}
