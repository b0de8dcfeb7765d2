import { connect, type Socket } from 'node:net';
import type { Micros } from '@pitwall/protocol';
import { type Clock, Retry } from '@pitwall/runtime';
import { DecoderClock } from '../decoder-clock.js';
import type { DeviceTimes, Sensor, SensorEvents } from '../sensor.js';
import { type P3Passing, RecordCutter, readRecord } from './records.js';

/** Its times are whole milliseconds. */
const resolution = 1000 as Micros;
/** It says its status every few seconds; without a word for so long the cable is out, in ms. */
const silenceMs = 30_000;

/** A decoder of MyLaps or AMB that speaks P3 over TCP. It stamps by its own clock and names the transponder. */
export class P3Sensor implements Sensor {
  readonly #where: { readonly host: string; readonly port: number };
  readonly #clock: Clock;
  readonly #decoderClock: DecoderClock;
  readonly #retry = new Retry({ firstMs: 200, mostMs: 5000 });
  readonly #records = new RecordCutter();
  #lastNumber: number | undefined;
  #socket: Socket | undefined;
  #stopped = true;

  constructor(where: { readonly host: string; readonly port: number }, clock: Clock) {
    this.#where = where;
    this.#clock = clock;
    this.#decoderClock = new DecoderClock(clock);
  }

  async start(events: SensorEvents): Promise<void> {
    this.#stopped = false;
    this.#connect(events);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#retry.stop();
    this.#socket?.destroy();
  }

  async probe(): Promise<DeviceTimes | undefined> {
    return this.#decoderClock.probe(this.#clock.now());
  }

  #connect(events: SensorEvents): void {
    const { host, port } = this.#where;
    const socket = connect({ host, port, noDelay: true });
    this.#socket = socket;
    this.#records.reset();
    let why = 'the decoder closed the connection';
    socket.setTimeout(silenceMs, () => socket.destroy(new Error(`no word for ${silenceMs / 1000} s`)));
    socket.on('connect', () => {
      if (this.#stopped) return;
      this.#retry.worked();
      events.status('ok', `connected to the decoder at ${host}:${port}`);
    });
    socket.on('data', (chunk) => {
      if (this.#stopped) return;
      const arrival = this.#clock.now();
      for (const record of this.#records.cut(chunk)) this.#hear(readRecord(record), arrival, events);
    });
    socket.on('error', (error) => {
      why = error.message;
    });
    socket.once('close', () => {
      if (this.#stopped) return;
      events.status('gone', `no connection to the decoder at ${host}:${port}: ${why}`);
      this.#retry.again(() => this.#connect(events));
    });
  }

  #hear(said: P3Passing | 'other' | undefined, arrival: Micros, events: SensorEvents): void {
    if (said === 'other') return;
    // Nobody knows what it meant to say, so it may have been a pass.
    if (said === undefined) {
      events.lost(1);
      return;
    }
    const { number, transponder, at, strength } = said;
    const missed = number - 1 - (this.#lastNumber ?? number - 1);
    // A number that is not higher: the decoder was switched off and on.
    if (missed > 0) events.lost(missed);
    this.#lastNumber = number;
    events.edge({
      bootId: this.#decoderClock.lifeOf(at, arrival),
      at,
      uncertainty: resolution,
      transponder,
      ...(strength === undefined ? {} : { strength }),
    });
  }
}
