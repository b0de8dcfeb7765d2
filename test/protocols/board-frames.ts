import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmulatedLapGate, freshEeprom } from '../gates/emulated-lap-gate.js';
import { buildLapGate } from '../gates/race-day.js';
import { firmware } from '../hardware/board.js';
import { EmulatedBoard, type Pulse } from '../hardware/emulated-board.js';
import { mutated } from '../mutation.js';
import { toDriveUnit, toLapGate } from './fine-frames.js';

/** A real firmware on an emulated chip, to which mutated frames go. */
export interface AttackedBoard {
  readonly name: string;
  feed(next: () => number): void;
  /** Whether it still does what it is for. @throws where it does not */
  check(): void;
}

const pick = <T>(all: readonly T[], next: () => number): T => all[Math.floor(next() * all.length)] as T;
/** At 57,600 baud. */
const secondsPerByte = 10 / 57_143;

export function driveUnit(): AttackedBoard {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-attacked-board-'));
  const hex = readFileSync(firmware('drive-unit', folder), 'utf8');
  rmSync(folder, { recursive: true });
  let said: number[] = [];
  let pulses: Pulse[] = [];
  const board = new EmulatedBoard(hex, {
    byte: (byte) => {
      if (said.length < 10_000) said.push(byte);
    },
    pulse: (pulse) => {
      // The firmware's own limits, and an interrupt that comes between.
      if (pulse.micros > 2610 || pulse.micros < 390) throw new Error(`a pulse of ${pulse.micros} µs at ${pulse.pin}`);
      if (pulses.length < 10_000) pulses.push(pulse);
    },
  });
  board.runUntil(0.05);
  const send = (bytes: Uint8Array) => {
    board.receive(bytes);
    board.runUntil(board.seconds + bytes.length * secondsPerByte);
  };
  return {
    name: 'drive unit',
    feed: (next) => send(next() < 0.25 ? pick(toDriveUnit, next) : mutated(pick(toDriveUnit, next), next)),
    check: () => {
      // Ends whatever message was under way; then it is silent for longer than the watchdog waits and answers that wait for the line take.
      send(Uint8Array.of(0xf7));
      board.runUntil(board.seconds + 1);
      said = [];
      send(Uint8Array.of(0xf9));
      board.runUntil(board.seconds + 0.02);
      if (said.join() !== '249,2,5') throw new Error(`asked for its version it says ${said.slice(0, 20)}`);
      pulses = [];
      board.runUntil(board.seconds + 0.1);
      // Each output that has a pulse keeps its width, but for an interrupt that comes between: it is neutral.
      for (const pin of new Set(pulses.map((pulse) => pulse.pin))) {
        const widths = pulses.filter((pulse) => pulse.pin === pin).map(({ micros }) => micros);
        if (Math.max(...widths) - Math.min(...widths) > 10)
          throw new Error(`pin ${pin} moves while nobody says anything: ${widths}`);
      }
    },
  };
}

export function lapGate(): AttackedBoard {
  const board = new EmulatedLapGate(buildLapGate(), { eeprom: freshEeprom(), ppm: 0, resetAt: 0, level: 1 });
  let at = 100_000;
  board.runUntil(at);
  const send = (bytes: Uint8Array): string => {
    board.receive(bytes, at);
    at += Math.max(500, bytes.length * 40);
    return Buffer.from(board.runUntil(at).map(({ byte }) => byte)).toString('latin1');
  };
  const lines = toLapGate.map((line) => Buffer.from(line, 'latin1'));
  return {
    name: 'lap gate',
    feed: (next) => void send(next() < 0.25 ? pick(lines, next) : mutated(pick(lines, next), next)),
    check: () => {
      send(Buffer.from('\n'));
      at += 100_000;
      board.runUntil(at);
      const asked = send(lines[0] as Buffer);
      at += 20_000;
      const answer = asked + Buffer.from(board.runUntil(at).map(({ byte }) => byte)).toString('latin1');
      if (!/^H [0-9a-f]+ [0-9a-f]+ /m.test(answer))
        throw new Error(`asked who it is it says ${JSON.stringify(answer)}`);
      board.edge(at + 1000, 0);
      at += 50_000;
      const told = Buffer.from(board.runUntil(at).map(({ byte }) => byte)).toString('latin1');
      if (!/^E [0-9a-f]+ /m.test(told)) throw new Error(`of a car it says ${JSON.stringify(told)}`);
      board.edge(at + 1000, 1);
      at += 50_000;
      board.runUntil(at);
    },
  };
}
