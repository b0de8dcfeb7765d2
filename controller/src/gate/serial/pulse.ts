import type { Micros } from '@pitwall/protocol';
import type { Clock } from '@pitwall/runtime';
import type { Decoder, DecoderEvents } from './decoder.js';

/** From the board's pulse to the byte being read here: an FTDI chip's latency timer as it comes (16 ms), and the byte itself. */
const deliveryError = 17_000 as Micros;
/** A board that sends no newlines: bytes so far apart are two pulses. */
const apart = 50_000;

/** A board that sends something for every pass: a line, or just a byte. The first byte's arrival is the stamp. */
export class PulseDecoder implements Decoder {
  readonly #events: DecoderEvents;
  readonly #clock: Clock;
  #lastByteAt: Micros | undefined;
  #inLine = false;

  constructor(events: DecoderEvents, clock: Clock) {
    this.#events = events;
    this.#clock = clock;
  }

  opened(): void {
    this.#lastByteAt = undefined;
    this.#inLine = false;
    this.#events.status('ok', 'the serial port is open');
  }

  bytes(chunk: Uint8Array, at: Micros): void {
    for (const byte of chunk) {
      const fresh = !this.#inLine || this.#lastByteAt === undefined || at - this.#lastByteAt > apart;
      const lineEnd = byte === 0x0a || byte === 0x0d;
      if (fresh && !lineEnd) this.#events.edge({ bootId: this.#clock.bootId, at, uncertainty: deliveryError });
      this.#inLine = !lineEnd;
      this.#lastByteAt = at;
    }
  }

  tick(): void {}

  closed(): void {
    this.#events.status('gone', 'the serial port is closed');
  }
}
