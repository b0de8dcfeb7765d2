import type { BootId, Micros } from '@pitwall/protocol';
import type { DeviceTimes, SensorEvents } from '../sensor.js';

/** What a serial gate says, made into edges. Knows nothing of ports: bytes in, lines out, times as parameters. */
export interface Decoder {
  /** The port is open. */
  opened(now: Micros): void;
  bytes(chunk: Uint8Array, at: Micros): void;
  /** About ten times a second while the port is open. */
  tick(now: Micros): void;
  closed(): void;
  probe?(now: Micros): Promise<DeviceTimes | undefined>;
  keep?(bootId: BootId, kept: number): void;
}

export type DecoderEvents = SensorEvents;
export type Write = (text: string) => void;

/** Cuts bytes into lines and says when each one's first byte came. Lines longer than `longest` are no lines. */
export class LineCutter {
  readonly #longest: number;
  #text = '';
  #began: Micros | undefined;
  #tooLong = false;

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** @returns complete lines without their line ends; undefined text for one that was too long. */
  cut(chunk: Uint8Array, at: Micros): { text: string | undefined; began: Micros }[] {
    const lines: { text: string | undefined; began: Micros }[] = [];
    for (const byte of chunk) {
      this.#began ??= at;
      if (byte === 0x0a) {
        lines.push({ text: this.#tooLong ? undefined : this.#text.replace(/\r$/, ''), began: this.#began });
        this.reset();
      } else if (this.#text.length < this.#longest) this.#text += String.fromCharCode(byte);
      else this.#tooLong = true;
    }
    return lines;
  }

  reset(): void {
    this.#text = '';
    this.#began = undefined;
    this.#tooLong = false;
  }
}
