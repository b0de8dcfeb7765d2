import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { firmware, missingForBoards } from './board.js';
import { EmulatedBoard, type Pulse } from './emulated-board.js';

const missing = missingForBoards();
if (missing !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the emulated boards need ${missing}`);
  console.log(`skipped: emulated boards, because ${missing} is missing`);
}

const folder = mkdtempSync(join(tmpdir(), 'pitwall-firmware-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function unit() {
  const pulses: (Pulse & { at: number })[] = [];
  let said: number[] = [];
  const board: EmulatedBoard = new EmulatedBoard(readFileSync(firmware('drive-unit', folder), 'utf8'), {
    byte: (byte) => said.push(byte),
    pulse: (pulse) => pulses.push({ ...pulse, at: board.seconds }),
  });
  const send = (...bytes: number[]) => board.receive(Uint8Array.from(bytes));
  board.runUntil(0.05);
  return {
    board,
    pulses,
    send,
    run: (seconds: number) => board.runUntil(board.seconds + seconds),
    said: () => {
      const bytes = said;
      said = [];
      return bytes;
    },
    latest: (pin: number) => pulses.filter((pulse) => pulse.pin === pin).at(-1)?.micros,
    attach: (pin: number) => send(0xf4, pin, 4),
    write: (pin: number, micros: number) => send(0xe0 | pin, micros & 127, micros >> 7),
    neutral: (pin: number, micros: number) => send(0xf0, 0x0d, pin, micros & 127, micros >> 7, 0xf7),
  };
}

const text = (bytes: number[]) =>
  String.fromCharCode(...bytes.filter((_, i) => i % 2 === 0).map((low, i) => low | ((bytes[2 * i + 1] ?? 0) << 7)));

it.skipIf(missing !== undefined)('is flashed by the documented command', () => {
  const avrdude = join(folder, 'avrdude');
  writeFileSync(avrdude, `#!/bin/sh\necho "$@" > '${folder}/told'\n`);
  chmodSync(avrdude, 0o755);
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const command = readFileSync(join(root, 'docs/driving.md'), 'utf8').match(/^make .*flash-drive-unit.*$/m)?.[0];
  // As it stands there, but for where the built file goes.
  execFileSync('sh', ['-c', `${command} OUT=${folder}`], { cwd: root, env: { PATH: `${folder}:${process.env.PATH}` } });
  const told = readFileSync(join(folder, 'told'), 'utf8');
  expect(told).toContain(`-p atmega328p -c arduino -P /dev/ttyACM0 -b 115200 -U flash:w:${folder}/drive-unit.hex:i`);
  expect(readFileSync(join(folder, 'drive-unit.hex'), 'utf8')).toMatch(/^:[\s\S]*:00000001FF\s*$/);
});

describe.skipIf(missing !== undefined)('the drive unit’s firmware on an emulated ATmega328P', () => {
  it('says its version and name at the start and when asked', () => {
    const { said, send, run } = unit();
    const first = said();
    expect(first.slice(0, 3)).toEqual([0xf9, 2, 5]);
    expect(text(first.slice(7, -1))).toBe('PitwallDriveUnit');
    send(0xf9);
    run(0.01);
    expect(said()).toEqual([0xf9, 2, 5]);
    send(0xf0, 0x6b, 0xf7);
    run(0.05);
    const capabilities = said();
    expect(capabilities.filter((byte) => byte === 0x7f)).toHaveLength(20);
    expect(capabilities.filter((byte) => byte === 4)).toHaveLength(18);
  });

  it('gives pulses to a microsecond on as many pins as a car has, in frames of 20 ms', () => {
    const { attach, write, run, pulses, latest } = unit();
    for (const [i, pin] of [9, 10, 3, 15].entries()) {
      attach(pin);
      write(pin, 1000 + 333 * i);
    }
    run(0.15);
    for (const [i, pin] of [9, 10, 3].entries()) expect(Math.abs(latest(pin)! - (1000 + 333 * i))).toBeLessThan(1.5);
    expect(Math.abs(latest(15)! - 1999)).toBeLessThan(1.5);
    const nine = pulses.filter((pulse) => pulse.pin === 9);
    expect(nine.at(-1)!.at - nine.at(-2)!.at).toBeCloseTo(0.02, 4);
  });

  it('takes degrees below 544 over the range that it was told, as StandardFirmata does', () => {
    const { send, write, run, latest } = unit();
    send(0xf0, 0x70, 9, 1000 & 127, 1000 >> 7, 2000 & 127, 2000 >> 7, 0xf7);
    write(9, 90);
    run(0.05);
    expect(Math.abs(latest(9)! - 1500)).toBeLessThan(1.5);
  });

  it('gives no pulse before it was told one', () => {
    const { attach, run, pulses } = unit();
    attach(9);
    run(0.5);
    expect(pulses).toEqual([]);
  });

  it('goes to neutral within 225 ms of the last write, says so once, and goes on with the next', () => {
    const { attach, write, neutral, run, said, pulses, latest, board } = unit();
    attach(9);
    neutral(9, 1446);
    for (let i = 0; i < 20; i++) {
      write(9, 1311);
      run(0.05);
    }
    expect(Math.abs(latest(9)! - 1311)).toBeLessThan(1.5);
    said();
    const silentFrom = board.seconds - 0.05;
    run(1);
    const firstNeutral = pulses.find((pulse) => pulse.at > silentFrom && Math.abs(pulse.micros - 1446) < 1.5)!;
    expect(firstNeutral.at - silentFrom).toBeLessThan(0.225);
    expect(firstNeutral.at - silentFrom).toBeGreaterThan(0.19);
    const told = said();
    expect(told.slice(0, 2)).toEqual([0xf0, 0x71]);
    expect(text(told.slice(2, -1))).toBe('neutral: heard nothing for 200 ms');
    write(9, 1500);
    run(0.05);
    expect(Math.abs(latest(9)! - 1500)).toBeLessThan(1.5);
  });

  it('is fed by writes alone: noise, half messages and questions do not keep the throttle on', () => {
    const { attach, write, neutral, send, run, latest } = unit();
    attach(9);
    neutral(9, 1446);
    write(9, 1311);
    run(0.05);
    for (let i = 0; i < 30; i++) {
      send(0xf9, 0x41, 0xe9, 0x10, 0xf0, 0x6f, 9, 0xf0, ...Array.from({ length: 40 }, (_, k) => k), 0xf7, 0xc9);
      run(0.02);
    }
    expect(Math.abs(latest(9)! - 1446)).toBeLessThan(1.5);
  });

  it('never leaves 400 to 2600 µs', () => {
    const { attach, write, run, latest } = unit();
    attach(9);
    write(9, 16000);
    run(0.05);
    expect(latest(9)!).toBeLessThan(2602);
  });
});
