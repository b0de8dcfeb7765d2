import type { Micros } from '@pitwall/protocol';
import type { Clock } from '@pitwall/runtime';
import { DecoderClock } from '../decoder-clock.js';
import type { DeviceTimes } from '../sensor.js';
import { type Decoder, type DecoderEvents, LineCutter } from './decoder.js';

export interface Passing {
  readonly transponder: string;
  /** In the decoder's clock, from when it was switched on. */
  readonly at: Micros;
  /** The decoder's resolution. */
  readonly uncertainty: Micros;
  readonly strength?: number;
}

/**
 * RCHourglass: `nnnnnntttttttt-idhhqqvvtm` in hex: transponder, time in quarter milliseconds, decoder, hits, quality,
 * voltage and temperature of the transponder.
 */
const rcHourglass = /^([0-9A-F]{6})([0-9A-F]{8})-[0-9A-F]{2}([0-9A-F]{2})[0-9A-F]{6}$/i;

/**
 * The AMB text protocol: SOH, then tabs between `@`, decoder, [record,] transponder, seconds with three digits, and
 * perhaps hits, strength and more, and a sum. `#` lines say only that the decoder lives.
 */
export function parsePassing(line: string): Passing | 'alive' | undefined {
  const hourglass = rcHourglass.exec(line);
  if (hourglass !== null) {
    const [, transponder = '', time = '', hits = ''] = hourglass;
    return {
      transponder: String(Number.parseInt(transponder, 16)),
      at: (Number.parseInt(time, 16) * 250) as Micros,
      uncertainty: 250 as Micros,
      strength: Number.parseInt(hits, 16),
    };
  }
  const text = line.startsWith('\x01') ? line.slice(1) : line;
  const [kind, , ...fields] = text.split('\t');
  if (kind === '#') return 'alive';
  if (kind !== '@') return undefined;
  const at = fields.findIndex((field) => /^\d{1,9}\.\d{3}$/.test(field));
  const transponder = fields[at - 1];
  if (at < 1 || transponder === undefined || !/^\d{1,10}$/.test(transponder)) return undefined;
  const [seconds, thousandths] = (fields[at] as string).split('.');
  const hits = fields[at + 1];
  return {
    transponder,
    at: (Number(seconds) * 1_000_000 + Number(thousandths) * 1000) as Micros,
    uncertainty: 1000 as Micros,
    ...(hits !== undefined && /^\d{1,6}$/.test(hits) ? { strength: Number(hits) } : {}),
  };
}

/** Decoders that name transponders. They stamp by a clock of their own, which cannot be asked; passings come when they come. */
export class PassingsDecoder implements Decoder {
  readonly #events: DecoderEvents;
  readonly #clock: DecoderClock;
  readonly #lines = new LineCutter(200);
  /** The port may have been opened in the middle of a line. */
  #isFirst = true;

  constructor(events: DecoderEvents, clock: Clock) {
    this.#events = events;
    this.#clock = new DecoderClock(clock);
  }

  opened(): void {
    this.#lines.reset();
    this.#isFirst = true;
    this.#events.status('ok', 'the serial port is open');
  }

  bytes(chunk: Uint8Array, at: Micros): void {
    for (const { text, began } of this.#lines.cut(chunk, at)) {
      const passing = text === undefined ? undefined : parsePassing(text);
      if (passing === undefined) {
        if (text !== '' && !this.#isFirst) this.#events.lost(1);
      } else if (passing !== 'alive') {
        const { transponder, uncertainty, strength } = passing;
        const bootId = this.#clock.lifeOf(passing.at, began);
        this.#events.edge({
          bootId,
          at: passing.at,
          uncertainty,
          transponder,
          ...(strength === undefined ? {} : { strength }),
        });
      }
      this.#isFirst = false;
    }
  }

  tick(): void {}

  closed(): void {
    this.#events.status('gone', 'the serial port is closed');
  }

  probe(now: Micros): Promise<DeviceTimes | undefined> {
    return Promise.resolve(this.#clock.probe(now));
  }
}
