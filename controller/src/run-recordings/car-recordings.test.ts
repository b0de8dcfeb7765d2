import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CarId } from '@pitwall/protocol';
import type { CarAction, RecordingInfo } from '@pitwall/protocol/messages';
import { afterAll, expect, it } from 'vitest';
import { type Asking, fetchRecording, findRecordings } from './car-recordings.js';

const car = CarId.parse('red');
const folder = mkdtempSync(join(tmpdir(), 'pitwall-car-recordings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const content = Buffer.from(Array.from({ length: 150_000 }, (_, at) => at % 251));
const info: RecordingInfo = { name: 'red_000001_20261122T193328Z.mcap', bytes: content.length, began: 0, open: false };

/** Answers as agents do (agent/src/compose/monitoring.ts): at most what was asked for, from there on. */
const answering = (say: (action: CarAction) => object | undefined): Asking => ({
  command: async (_car, action) => {
    const answer = say(action);
    if (answer === undefined) return { outcome: 'silent', safety: null, message: null };
    return { outcome: 'done', safety: 'disarmed', message: null, ...answer };
  },
});
const part = (action: CarAction) => {
  if (action.type !== 'fetch-recording') throw new Error(action.type);
  const { name, from, bytes } = action;
  return { part: { name, from, size: content.length, data: content.subarray(from, from + bytes).toString('base64') } };
};

it('goes on where the link was lost', async () => {
  const asked: number[] = [];
  let isThere = true;
  const cars = answering((action) => {
    if (!isThere) return undefined;
    asked.push((action as { from: number }).from);
    isThere = asked.length !== 2;
    return part(action);
  });
  const how = { folder: join(folder, 'parts'), pace: async () => {} };
  await expect(fetchRecording(cars, car, info, how)).rejects.toMatchObject({ code: 'car-silent' });
  isThere = true;
  const path = await fetchRecording(cars, car, info, how);
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(asked).toEqual([0, 65_536, 131_072]);
});

it('waits for its turn before each part, and says what a car refuses', async () => {
  let turns = 0;
  const how = { folder: join(folder, 'slow'), pace: async () => void (turns += 1) };
  await fetchRecording(answering(part), car, info, how);
  expect(turns).toBe(3);
  const drives = answering(() => ({ outcome: 'refused', code: 'command-refused', message: 'The car drives.' }));
  await expect(fetchRecording(drives, car, { ...info, name: 'other.mcap' }, how)).rejects.toMatchObject({
    code: 'command-refused',
    message: 'The car drives.',
  });
});

it('finds what a car recorded then, also where its clock is another', async () => {
  const now = 1_800_000_000_000;
  // Of a car without a clock of its own: it woke up in 1970.
  const ahead = -1_799_000_000_000;
  const recordings = [-600_000, -400_000, -200_000, -50_000].map((before, place) => ({
    ...info,
    name: `red_${place}.mcap`,
    began: now + ahead + before,
  }));
  const cars = answering(() => ({ recordings, wallClock: now + ahead }));
  const found = await findRecordings(cars, car, { from: now - 300_000, to: now - 100_000 }, () => now);
  expect(found.ahead).toBe(ahead);
  expect(found.recordings.map(({ name }) => name)).toEqual(['red_1.mcap', 'red_2.mcap']);
  const before = { from: now - 900_000, to: now - 700_000 };
  await expect(findRecordings(cars, car, before, () => now)).rejects.toMatchObject({ code: 'not-found' });
});
