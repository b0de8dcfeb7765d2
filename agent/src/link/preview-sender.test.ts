import type { Micros } from '@pitwall/protocol';
import { beforeEach, expect, it } from 'vitest';
import type { ProcessedFrame } from '../driving/index.js';
import { PreviewSender } from './preview-sender.js';

let at: number;
let sent: number[];
let room: boolean;
let encoded: number;
let preview: PreviewSender;

beforeEach(() => {
  at = 1_000_000;
  sent = [];
  room = true;
  encoded = 0;
  preview = new PreviewSender({
    now: () => at as Micros,
    picture: () => {
      encoded += 1;
      return { format: 'jpeg', data: new Uint8Array(3) };
    },
    send: ({ taken }) => {
      if (room) sent.push(taken);
      return room;
    },
  });
});

/** Frames come for so many seconds, with a little unrest. */
function camera(rate: number, seconds: number, over: Partial<ProcessedFrame> = {}): void {
  for (let number = 0; number < rate * seconds; number += 1) {
    at += 1e6 / rate + (number % 2 === 0 ? 2000 : -2000);
    preview.processed({
      frame: { at: at as Micros, format: 'grey', width: 160, height: 120, data: new Uint8Array(0) },
      ...{ camera: new Uint8Array(19_200), right: null, lidar: null, decision: null, took: {}, behind: false },
      ...over,
    });
  }
}

it('makes no picture while nobody watches', () => {
  camera(30, 1);
  expect([sent.length, encoded]).toEqual([0, 0]);
});

it.each([
  [30, 15, 15],
  [15, 15, 15],
  [60, 15, 15],
  [30, 5, 5],
  [10, 15, 10],
])('of %i frames a second shows %i at most: %i', (rate, most, shown) => {
  preview.ask(most, 60);
  camera(rate, 10);
  expect(sent.length).toBeGreaterThanOrEqual(shown * 10 - 2);
  expect(sent.length).toBeLessThanOrEqual(shown * 10 + 1);
});

it('ends by itself, and at once when told', () => {
  preview.ask(15, 2);
  camera(15, 4);
  expect(sent.length).toBeLessThanOrEqual(31);
  preview.ask(15, 10);
  preview.ask(0, 1);
  const before = sent.length;
  camera(15, 2);
  expect(sent).toHaveLength(before);
});

it('is left out first: while the loop is behind, and where the link has no room; the next one goes', () => {
  preview.ask(15, 60);
  camera(15, 1, { behind: true });
  expect([sent.length, encoded]).toEqual([0, 0]);
  room = false;
  camera(15, 1);
  room = true;
  camera(15, 1);
  expect(sent.length).toBeGreaterThanOrEqual(14);
});
