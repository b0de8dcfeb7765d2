import { expect, test } from 'vitest';
import { runOf, TestLog } from '../../testing/race.js';
import { versionSeen } from './version-seen.js';

test('what is shown is what is seen', () => {
  const log = new TestLog().enter('ada').start('ada');
  expect(versionSeen(log.records.length, log.records, new Set(), 'pause')).toBe(log.records.length);
});

test('two quick presses do not stand in each other’s way', () => {
  const log = new TestLog().enter('ada').start('ada').laps();
  const shown = log.records.length;
  const first = log.add({ type: 'incident', runId: runOf(1), kind: 'reset' });
  log.cross();
  const second = log.add({ type: 'incident', runId: runOf(1), kind: 'reset' });
  expect(versionSeen(shown, log.records, new Set([first, second]), 'incident')).toBe(second);
});

test('another marshal’s doing is not seen before it was shown', () => {
  const log = new TestLog().enter('ada').start('ada').laps();
  const shown = log.records.length;
  log.cross();
  log.add({ type: 'paused', runId: runOf(1), by: 'marshal' }, 'bob');
  const own = log.add({ type: 'resumed', runId: runOf(1) });
  expect(versionSeen(shown, log.records, new Set([own]), 'incident')).toBe(shown + 1);
});

test('who confirms must have seen every crossing', () => {
  const log = new TestLog().enter('ada').start('ada').laps();
  const shown = log.records.length;
  log.cross();
  expect(versionSeen(shown, log.records, new Set(), 'confirm')).toBe(shown);
});
