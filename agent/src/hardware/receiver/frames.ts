import type { ReceiverProfile } from '@pitwall/firmware-config';

/** What a receiver said at one moment. */
export interface RcFrame {
  /** Pulse widths in µs, 1000 to 2000, 1500 in the middle; the first is channel 1. */
  readonly channels: readonly number[];
  /** It does not hear its transmitter, and says so. */
  readonly failsafe: boolean;
}

interface Protocol {
  readonly length: number;
  /** Undefined: no frame begins here. */
  readonly read: (bytes: Uint8Array) => RcFrame | undefined;
}

/**
 * FlySky i-BUS (betaflight src/main/rx/ibus.c, IA6B): 0x20, 0x40, fourteen channels of two bytes, low one first, of which twelve bits
 * count, and 0xffff less the sum of what went before. It has no word for a transmitter that is not heard: the receiver says its
 * failsafe values, or nothing.
 */
const ibus: Protocol = {
  length: 32,
  read: (bytes) => {
    if (bytes[0] !== 0x20 || bytes[1] !== 0x40) return undefined;
    const sum = bytes.subarray(0, 30).reduce((left, byte) => left - byte, 0xffff);
    if ((sum & 0xffff) !== word(bytes, 30)) return undefined;
    return { channels: Array.from({ length: 14 }, (_, i) => word(bytes, 2 + 2 * i) & 0x0fff), failsafe: false };
  },
};

/**
 * Futaba S.BUS (betaflight src/main/rx/sbus.c, sbus_channels.c): 0x0f, sixteen channels of eleven bits, the lowest first, flags
 * (8: failsafe), and 0 or an S.BUS 2 slot. 172 to 1811 are 988 to 2012 µs.
 */
const sbus: Protocol = {
  length: 25,
  read: (bytes) => {
    const end = bytes[24]!;
    if (bytes[0] !== 0x0f || (end !== 0x00 && (end & 0x0f) !== 0x04)) return undefined;
    const channels = Array.from({ length: 16 }, (_, channel) => {
      const bit = 11 * channel;
      const at = 1 + (bit >> 3);
      const three = bytes[at]! | (bytes[at + 1]! << 8) | ((bytes[at + 2] ?? 0) << 16);
      return 0.625 * ((three >> (bit & 7)) & 0x7ff) + 880;
    });
    return { channels, failsafe: (bytes[23]! & 0x08) !== 0 };
  },
};

const word = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);

const protocols = { ibus, sbus } satisfies Record<ReceiverProfile['kind'], Protocol>;

/** Frames out of a serial line that is joined at any byte and may lose some. */
export class RcFrames {
  readonly #protocol: Protocol;
  #bytes = new Uint8Array();

  constructor(kind: ReceiverProfile['kind']) {
    this.#protocol = protocols[kind];
  }

  /** The frames that these bytes complete. */
  push(chunk: Uint8Array): RcFrame[] {
    const { length, read } = this.#protocol;
    const bytes = Buffer.concat([this.#bytes, chunk]);
    const frames: RcFrame[] = [];
    let at = 0;
    while (at + length <= bytes.length) {
      const frame = read(bytes.subarray(at, at + length));
      if (frame === undefined) at += 1;
      else {
        frames.push(frame);
        at += length;
      }
    }
    this.#bytes = bytes.subarray(at);
    return frames;
  }
}
