import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LapGateDecoder } from '@pitwall/controller/gate';
import { GateClock } from '@pitwall/controller/timing';
import { BootId, type Micros } from '@pitwall/protocol';
import { EmulatedLapGate, flashOf, freshEeprom } from './emulated-lap-gate.js';

/** Deterministic uniform numbers from 0 to 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const compiler = '/usr/bin/avr-gcc';

/** What is missing to build and run the firmware here, in words. */
export const missing = (): string | undefined => (existsSync(compiler) ? undefined : 'gcc-avr and avr-libc');

/** Builds the firmware with Debian's avr-gcc, as its Makefile does. @returns its flash image. */
export function buildLapGate(): Uint16Array {
  const out = mkdtempSync(join(tmpdir(), 'pitwall-lap-gate-'));
  try {
    const config = createRequire(import.meta.url).resolve('@pitwall/firmware-config');
    const folder = join(dirname(config), '..', 'firmware', 'lap-gate');
    const flags = /^CFLAGS = (.*)$/m.exec(readFileSync(join(folder, '..', 'Makefile'), 'utf8'))?.[1] ?? '';
    const [elf, hex] = [join(out, 'lap-gate.elf'), join(out, 'lap-gate.hex')];
    execFileSync(compiler, [...flags.split(' '), '-o', elf, join(folder, 'lap-gate.c')]);
    execFileSync('/usr/bin/avr-objcopy', ['-O', 'ihex', '-R', '.eeprom', elf, hex]);
    return flashOf(readFileSync(hex, 'utf8'));
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** What a line does to bytes on their way: shares of 0 to 1. */
export interface Trouble {
  readonly lost: number;
  readonly doubled: number;
  readonly spoiled: number;
}
const noTrouble: Trouble = { lost: 0, doubled: 0, spoiled: 0 };

/** A way for bytes or messages with random delays, in order. Times are true µs. */
class Way<T> {
  readonly #random: () => number;
  readonly #least: number;
  readonly #jitter: number;
  #queue: { what: T; at: number }[] = [];
  #last = 0;

  constructor(random: () => number, least: number, jitter: number) {
    this.#random = random;
    this.#least = least;
    this.#jitter = jitter;
  }

  send(what: T, at: number): void {
    this.#last = Math.max(this.#last, at + this.#least + this.#random() * this.#jitter);
    this.#queue.push({ what, at: this.#last });
  }

  due(at: number): { what: T; at: number }[] {
    const count = this.#queue.findIndex((entry) => entry.at > at);
    return this.#queue.splice(0, count < 0 ? this.#queue.length : count);
  }

  clear(): void {
    this.#queue = [];
  }
}

export interface SeenEdge {
  readonly bootId: BootId;
  readonly at: Micros;
  readonly uncertainty: Micros;
  readonly level: 0 | 1 | undefined;
  readonly kept: number | undefined;
  readonly rate: number;
  readonly rateBound: number;
}

export interface RaceDayOptions {
  readonly flash: Uint16Array;
  readonly seed: number;
  readonly ppm: number;
  /** Of the way between controller and gate process, each direction, µs. */
  readonly jitter: number;
  /** How many µs apart the emulation hands over; what a USB frame does. */
  readonly step?: number;
}

/**
 * A lap-gate board, its serial line, the gate process's decoder, the link with its jitter, and the controller's alignment,
 * all in true time that passes as fast as the machine can go.
 */
export class RaceDay {
  readonly seen: SeenEdge[] = [];
  readonly statuses: string[] = [];
  lost = 0;
  notes = 0;
  now = 0;
  trouble = noTrouble;
  plugged = true;
  /** Whether edges are on disk at once. */
  keeping = true;
  decoder: LapGateDecoder;
  readonly clock = new GateClock(BootId.parse('the-controller'));
  #board: EmulatedLapGate;
  readonly #flash: Uint16Array;
  readonly #eeprom = freshEeprom();
  readonly #ppm: number;
  readonly #step: number;
  readonly #random: () => number;
  readonly #toBoard: Way<Uint8Array>;
  readonly #toHost: Way<number>;
  readonly #toGate: Way<number>;
  readonly #toController: Way<{ sentAt: number; receivedAt: Micros; answeredAt: Micros; bootId: BootId }>;
  #nextTick = 0;
  #nextProbe = 0;
  #level: 0 | 1 = 1;
  #name: number;

  constructor({ flash, seed, ppm, jitter, step = 1000 }: RaceDayOptions) {
    this.#flash = flash;
    this.#ppm = ppm;
    this.#step = step;
    this.#random = seeded(seed);
    this.#toBoard = new Way(this.#random, 100, 900);
    this.#toHost = new Way(this.#random, 100, 900);
    this.#toGate = new Way(this.#random, 0, jitter);
    this.#toController = new Way(this.#random, 0, jitter);
    this.#board = this.#boot();
    this.#name = 0x1000 + seed;
    this.decoder = this.#decoderInto(this.seen);
    this.decoder.opened(0 as Micros);
  }

  /** The signal changes at these true times, from the present level on. */
  edges(times: readonly number[]): void {
    for (const at of times) {
      this.#level = this.#level === 1 ? 0 : 1;
      this.#board.edge(at, this.#level);
    }
  }

  unplug(): void {
    this.plugged = false;
    this.#toHost.clear();
    this.#toBoard.clear();
    this.decoder.closed();
  }

  plug(): void {
    this.plugged = true;
    this.decoder.opened(this.now as Micros);
  }

  /** Another process takes over the line. @returns what it sees. */
  withFreshDecoder(): SeenEdge[] {
    const seen: SeenEdge[] = [];
    this.decoder = this.#decoderInto(seen);
    this.decoder.opened(this.now as Micros);
    return seen;
  }

  /** The board's reset button. */
  reboot(): void {
    this.#board = this.#boot();
  }

  async runUntil(end: number): Promise<void> {
    while (this.now < end) {
      this.now = Math.min(end, this.now + this.#step);
      await this.#turn();
    }
  }

  #decoderInto(seen: SeenEdge[]): LapGateDecoder {
    return new LapGateDecoder({
      write: (text) => this.#write(text),
      kept: () => undefined,
      freshName: () => this.#name++,
      events: {
        edge: ({ bootId, at, uncertainty, level, kept }) => {
          const { rate } = this.clock.map(bootId, at, this.now as Micros);
          seen.push({ bootId, at, uncertainty, level, kept, rate: rate.value, rateBound: rate.bound });
          if (kept !== undefined && this.keeping) this.decoder.keep(bootId, kept);
        },
        status: (status) => {
          if (this.statuses.at(-1) !== status) this.statuses.push(status);
        },
        note: () => {
          this.notes += 1;
        },
        lost: (count) => {
          this.lost += count;
        },
      },
    });
  }

  #boot(): EmulatedLapGate {
    return new EmulatedLapGate(this.#flash, {
      eeprom: this.#eeprom,
      ppm: this.#ppm,
      resetAt: this.now,
      level: this.#level,
    });
  }

  #write(text: string): void {
    if (this.plugged) this.#toBoard.send(Buffer.from(text, 'latin1'), this.now);
  }

  async #turn(): Promise<void> {
    const { now } = this;
    for (const { what, at } of this.#toBoard.due(now)) this.#board.receive(this.#troubled(what), at);
    for (const { byte, at } of this.#board.runUntil(now)) if (this.plugged) this.#toHost.send(byte, at);
    const bytes = this.#toHost.due(now).map(({ what }) => what);
    if (bytes.length > 0) this.decoder.bytes(this.#troubled(Uint8Array.from(bytes)), now as Micros);
    if (now >= this.#nextTick) {
      this.#nextTick = now + 100_000;
      if (this.plugged) this.decoder.tick(now as Micros);
    }
    this.#probe();
    // Answers resolve promises.
    await undefined;
  }

  /** The controller's side: ten questions a second over a link with jitter. */
  #probe(): void {
    const { now } = this;
    if (now >= this.#nextProbe) {
      this.#nextProbe = now + 100_000;
      this.#toGate.send(now, now);
    }
    for (const { what: sentAt } of this.#toGate.due(now))
      if (this.plugged)
        this.decoder.probe(now as Micros).then((times) => {
          if (times !== undefined) this.#toController.send({ sentAt, ...times }, this.now);
        });
    for (const { what } of this.#toController.due(now)) {
      const { bootId, sentAt, receivedAt, answeredAt } = what;
      this.clock.add(bootId, { sentAt, receivedAt, answeredAt, returnedAt: now });
    }
  }

  #troubled(bytes: Uint8Array): Uint8Array {
    const { lost, doubled, spoiled } = this.trouble;
    if (lost + doubled + spoiled === 0) return bytes;
    const out: number[] = [];
    for (const byte of bytes) {
      const dice = this.#random();
      if (dice < lost) continue;
      out.push(dice < lost + spoiled ? byte ^ (1 << Math.floor(this.#random() * 8)) : byte);
      if (dice > 1 - doubled) out.push(byte);
    }
    return Uint8Array.from(out);
  }
}
