import type { Stamp } from '@pitwall/protocol/race';
import { expect, test } from 'vitest';
import { runOf, TestLog } from '../../testing/race.js';
import { runTimes } from './run-clock.js';

const second = 1_000_000;

function times(log: TestLog, now: Stamp | null = log.stamp) {
  const run = log.state.runs.at(-1);
  if (run === undefined) throw new Error('no run');
  return runTimes(run, now);
}

test('before the start nothing runs', () => {
  const log = new TestLog().enter('ada');
  log.add({ type: 'run-called', runId: runOf(1), racer: 'ada', stage: 'qualifying' });
  expect(times(log.pass(5))).toEqual({ elapsed: 0, left: 60 * second, lap: null, countdown: null });
});

test('a countdown counts to its end, never below', () => {
  const log = new TestLog({ start: 'countdown' }).enter('ada');
  const runId = runOf(1);
  log.add({ type: 'run-called', runId, racer: 'ada', stage: 'qualifying' });
  log.add({ type: 'run-staged', runId, car: 'blue', model: null });
  log.add({ type: 'run-ready', runId, checks: [], overruled: null });
  log.add({ type: 'countdown-started', runId, ends: { bootId: 'boot', at: log.now + 10 * second } });
  expect(times(log.pass(4)).countdown).toBe(6 * second);
  expect(times(log.pass(7)).countdown).toBe(0);
});

test('run and lap run from their own moments', () => {
  const log = new TestLog().enter('ada').start('ada').pass(2).laps(9).pass(3);
  expect(times(log)).toEqual({ elapsed: 14 * second, left: 46 * second, lap: 3 * second, countdown: null });
});

test('a pause stops every clock, and is in none afterwards', () => {
  const log = new TestLog().enter('ada').start('ada').laps().pass(4);
  log.add({ type: 'paused', runId: runOf(1), by: 'marshal' });
  expect(times(log.pass(30))).toMatchObject({ elapsed: 4 * second, lap: 4 * second });
  log.add({ type: 'resumed', runId: runOf(1) });
  expect(times(log.pass(1))).toMatchObject({ elapsed: 5 * second, lap: 5 * second });
});

test('a clock that was not heard, or another life of it, tells nothing', () => {
  const log = new TestLog().enter('ada').start('ada').laps().pass(4);
  const nothing = { elapsed: null, left: null, lap: null, countdown: null };
  expect(times(log, null)).toEqual(nothing);
  expect(times(log, { bootId: 'another', at: log.now } as Stamp)).toEqual(nothing);
});

test('a page whose clock is a little behind never shows less than nothing', () => {
  const log = new TestLog().enter('ada').start('ada').laps();
  expect(times(log, { ...log.stamp, at: (log.now - 5000) as Stamp['at'] })).toMatchObject({ elapsed: 0, lap: 0 });
});
