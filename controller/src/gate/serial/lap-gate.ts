import { BootId, type Micros } from '@pitwall/protocol';
import type { DeviceTimes } from '../sensor.js';
import { sealed, unsealed } from './crc.js';
import { type Decoder, type DecoderEvents, LineCutter, type Write } from './decoder.js';

export interface LapGateOptions {
  readonly events: DecoderEvents;
  readonly write: Write;
  /** The last of the board's numbers that is on disk. */
  readonly kept: (bootId: BootId) => number | undefined;
  /** 32 bits, for a board that has no name yet. */
  readonly freshName: () => number;
}

/** Half a microsecond of resolution, rounded down to a whole one. */
const captured = 1 as Micros;
/** Where the signal turned back before the capture could, software stamped it (the interrupt takes some 3 µs). */
const late = 20 as Micros;
const pollEvery = 200_000;
const askAgain = 100_000;
const silentAfter = 1_000_000;
const probePatience = 2_000_000;
const unnamed = 0xffffffff;
const mostHeld = 1000;

const shapes = {
  hello: /^H ([0-9a-f]{1,8}) ([0-9a-f]{1,8}) ([0-9a-f]{1,8})$/,
  edge: /^E ([0-9a-f]{1,8}) ([0-9a-f]{1,8}) ([0-9a-f]{5,12}) ([0-3])$/,
  answer:
    /^P ([0-9a-f]{1,8}) ([0-9a-f]{1,8}) ([0-9a-f]{5,12}) ([0-9a-f]{5,12}) ([0-9a-f]{1,8}) ([0-9a-f]{1,8}) ([0-9a-f]{1,8})$/,
};

interface Probe {
  readonly sentAt: Micros;
  readonly resolve: (times: DeviceTimes | undefined) => void;
}

interface Board {
  readonly boot: number;
  readonly bootId: BootId;
  /** The number of the next edge to hand on. */
  expected: number;
  /** Edges that came before an earlier one. */
  readonly held: Map<number, { at: Micros; level: number }>;
  /** `expected` when the last answer said that there is more; asking is worth it when it has not moved since. */
  behind: number | undefined;
  askedAt: Micros | undefined;
}

/**
 * The computer's side of the lap-gate firmware's line (firmware-config/firmware/lap-gate/lap-gate.c). Every line carries a
 * sum, every edge a number, and the board keeps the last 64 edges until they are on disk here: what was lost or spoiled
 * on the way is asked for again, handed on in order, and stated where the board no longer has it.
 */
export class LapGateDecoder implements Decoder {
  readonly #options: LapGateOptions;
  readonly #lines = new LineCutter(100);
  readonly #probes = new Map<number, Probe>();
  #board: Board | undefined;
  #probeId = 0;
  #helloAskedAt: Micros | undefined;
  #heardAt: Micros | undefined;
  #openedAt: Micros | undefined;
  #polledAt: Micros | undefined;
  /** Lines that the sum did not fit; also those cut off when the port opened. */
  spoiled = 0;

  constructor(options: LapGateOptions) {
    this.#options = options;
  }

  opened(now: Micros): void {
    this.#lines.reset();
    this.#openedAt = now;
    this.#heardAt = undefined;
    // A newline ends whatever the board may have of an earlier line.
    this.#options.write('\n');
    this.#askHello(now);
    // The board may have been another's in the meantime, or have lost its power.
    if (this.#board !== undefined) this.#board.behind = undefined;
  }

  closed(): void {
    for (const { resolve } of this.#probes.values()) resolve(undefined);
    this.#probes.clear();
    this.#options.events.status('gone', 'the line to the lap gate is closed', this.#heardAt);
  }

  bytes(chunk: Uint8Array, at: Micros): void {
    for (const { text, began } of this.#lines.cut(chunk, at)) {
      const body = text === undefined ? undefined : unsealed(text);
      if (body === undefined) this.spoiled += 1;
      else this.#line(body, began);
    }
  }

  tick(now: Micros): void {
    for (const [id, { sentAt, resolve }] of this.#probes)
      if (now - sentAt > probePatience) {
        this.#probes.delete(id);
        resolve(undefined);
      }
    const heard = this.#heardAt ?? this.#openedAt ?? now;
    if (now - heard > silentAfter) this.#options.events.status('gone', 'the lap gate does not answer', heard);
    if (this.#board === undefined) {
      if (this.#helloAskedAt === undefined || now - this.#helloAskedAt > askAgain * 5) this.#askHello(now);
      return;
    }
    if (this.#polledAt === undefined || now - this.#polledAt >= pollEvery) {
      this.#polledAt = now;
      this.#send(now, () => undefined);
    }
  }

  probe(now: Micros): Promise<DeviceTimes | undefined> {
    if (this.#board === undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#send(now, resolve));
  }

  keep(bootId: BootId, kept: number): void {
    if (this.#board?.bootId === bootId) this.#say(`A ${hex(this.#board.boot)} ${hex(kept + 1)}`);
  }

  #send(now: Micros, resolve: Probe['resolve']): void {
    const id = this.#probeId;
    this.#probeId = (this.#probeId + 1) % 0x100000000;
    this.#probes.set(id, { sentAt: now, resolve });
    this.#say(`P ${hex(id)}`);
  }

  #say(text: string): void {
    this.#options.write(sealed(text));
  }

  #askHello(now: Micros): void {
    this.#helloAskedAt = now;
    this.#say('?');
  }

  #line(text: string, at: Micros): void {
    const before = this.#heardAt ?? at;
    this.#heardAt = at;
    const hello = shapes.hello.exec(text);
    if (hello !== null) this.#hello(number(hello[1]), number(hello[2]), at, before);
    const edge = shapes.edge.exec(text);
    if (edge !== null) this.#edge(number(edge[1]), number(edge[2]), micros(edge[3]), number(edge[4]), at);
    const answer = shapes.answer.exec(text);
    if (answer === null) return;
    const [id, boot] = [number(answer[1]), number(answer[2])];
    const times = { receivedAt: micros(answer[3]), answeredAt: micros(answer[4]) };
    this.#answer(id, boot, times, { acked: number(answer[5]), oldest: number(answer[6]), next: number(answer[7]) }, at);
  }

  #hello(name: number, boot: number, at: Micros, before: Micros): void {
    if (name === unnamed) {
      this.#say(`N ${hex(this.#options.freshName())}`);
      return;
    }
    const bootId = BootId.parse(`lap-gate-${hex(name).padStart(8, '0')}-${boot}`);
    const { events, kept } = this.#options;
    if (this.#board !== undefined && this.#board.bootId !== bootId) {
      events.note('the lap gate started anew: edges that it had not sent are lost');
      // What it had seen since it was last heard is gone with its memory.
      events.status('gone', 'the lap gate started anew', before);
    }
    if (this.#board?.bootId !== bootId)
      this.#board = {
        boot,
        bootId,
        expected: (kept(bootId) ?? -1) + 1,
        held: new Map(),
        behind: undefined,
        askedAt: undefined,
      };
    events.status('ok', `the lap gate is there: ${bootId}`);
    this.#ask(this.#board, at);
  }

  /** Asks for everything from the expected number on. */
  #ask(board: Board, now: Micros): void {
    if (board.askedAt !== undefined && now - board.askedAt < askAgain) return;
    board.askedAt = now;
    this.#say(`R ${hex(board.boot)} ${hex(board.expected)}`);
  }

  #edge(boot: number, seq: number, at: Micros, level: number, now: Micros): void {
    const board = this.#boardOf(boot, now);
    if (board === undefined || seq < board.expected) return;
    if (seq - board.expected < mostHeld) board.held.set(seq, { at, level });
    this.#handOn(board);
    if (board.held.size > 0) this.#ask(board, now);
  }

  #handOn(board: Board): void {
    for (let edge = board.held.get(board.expected); edge !== undefined; edge = board.held.get(board.expected)) {
      board.held.delete(board.expected);
      const kept = board.expected++;
      board.askedAt = undefined;
      this.#options.events.edge({
        bootId: board.bootId,
        at: edge.at,
        uncertainty: edge.level >= 2 ? late : captured,
        level: (edge.level & 1) as 0 | 1,
        kept,
      });
    }
  }

  #answer(
    id: number,
    boot: number,
    times: { receivedAt: Micros; answeredAt: Micros },
    { acked, oldest, next }: { acked: number; oldest: number; next: number },
    now: Micros,
  ): void {
    const probe = this.#probes.get(id);
    this.#probes.delete(id);
    const board = this.#boardOf(boot, now);
    if (board === undefined) {
      probe?.resolve(undefined);
      return;
    }
    this.#options.events.status('ok', `the lap gate is there: ${board.bootId}`);
    probe?.resolve({ bootId: board.bootId, ...times });
    if (board.expected < oldest) {
      // What was acknowledged was known here once; the rest was overwritten before anyone had it.
      const lost = oldest - Math.max(board.expected, acked);
      let had = 0;
      for (const seq of board.held.keys()) if (seq < oldest) had += Number(board.held.delete(seq));
      if (lost - had > 0) this.#options.events.lost(lost - had);
      board.expected = oldest;
      this.#handOn(board);
    }
    const missing = board.expected < next;
    if (missing && board.behind === board.expected) this.#ask(board, now);
    board.behind = missing ? board.expected : undefined;
  }

  #boardOf(boot: number, now: Micros): Board | undefined {
    if (this.#board?.boot === boot) return this.#board;
    if (this.#helloAskedAt === undefined || now - this.#helloAskedAt > askAgain) this.#askHello(now);
    return undefined;
  }
}

const hex = (value: number): string => value.toString(16);
const number = (text: string | undefined): number => Number.parseInt(text ?? '0', 16);
/** Ticks of half a microsecond, up to 2^48. */
const micros = (text: string | undefined): Micros => Math.floor(number(text) / 2) as Micros;
