import type { RunState } from '@pitwall/protocol/race';
import { expect, test } from 'vitest';
import { runOf, TestLog } from '../../testing/race.js';
import type { LiveCar } from '../garage/index.js';
import { phaseView } from '../race/index.js';
import { alarmOf, jumpStartOf, wasPickedUp } from './alarm.js';

const runId = runOf(1);
const run = (log: TestLog) => log.state.runs[0] as RunState;

const heard = (safety: string, reason: string | null, status = 'online') =>
  ({ presence: { status }, state: { safety, reason, manual: false } }) as unknown as Pick<
    LiveCar,
    'presence' | 'state'
  >;

test('a car that felt a hand and stands was picked up, while its run is running', () => {
  const log = new TestLog().enter('ada').start('ada').laps(9);
  expect(wasPickedUp(run(log), heard('stopped', 'picked-up'))).toBe(true);
  expect(wasPickedUp(run(log), heard('faulted', 'picked-up'))).toBe(true);
  expect(wasPickedUp(run(log), heard('faulted', 'crash'))).toBe(false);
  expect(wasPickedUp(run(log), heard('driving', null))).toBe(false);
  expect(wasPickedUp(run(log), heard('stopped', 'picked-up', 'lost'))).toBe(false);
  expect(wasPickedUp(undefined, heard('stopped', 'picked-up'))).toBe(false);
  log.add({ type: 'paused', runId, by: 'marshal' });
  expect(wasPickedUp(run(log), heard('stopped', 'picked-up'))).toBe(false);
});

/** The line is crossed a second before the signal. */
function jumped(): { log: TestLog; crossing: number } {
  const log = new TestLog({ start: 'countdown' }, undefined, 2).enter('ada');
  log.add({ type: 'run-called', runId, racer: 'ada', stage: 'qualifying' });
  log.add({ type: 'run-staged', runId, car: 'blue', model: null });
  log.add({ type: 'run-ready', runId, checks: [], overruled: null });
  log.add({ type: 'countdown-started', runId, ends: { bootId: 'boot', at: log.now + 3_000_000 } });
  return { log, crossing: log.pass(2).cross() };
}

test('a jump start is red until the crossing is decided', () => {
  const { log, crossing } = jumped();
  expect(jumpStartOf(run(log))?.word).toBe('Jump start');
  log.pass(1).add({ type: 'countdown-ended', runId });
  expect(jumpStartOf(run(log))?.word).toBe('Jump start');
  log.add({ type: 'crossing-ignored', crossing, reason: 'a hand' });
  expect(jumpStartOf(run(log))).toBeNull();
  expect(jumpStartOf(run(new TestLog().enter('ada').start('ada').laps(9)))).toBeNull();
});

test('a run that a correction opened again says who sets it going', () => {
  const log = new TestLog().enter('ada').start('ada').laps(9);
  log.add({ type: 'paused', runId, by: 'correction', since: log.stamp });
  // No alarm takes the place of the run's own words.
  expect(alarmOf(run(log), heard('stopped', 'stop'))).toBeNull();
  expect(phaseView(run(log)).detail).toBe('The run is open again: Go on (P) when the car is on the track');
});
