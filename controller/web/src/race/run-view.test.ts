import { expect, test } from 'vitest';
import { runOf, TestLog } from '../../testing/race.js';
import { aliasOf, crowdRun, lapRows, phaseView } from './run-view.js';

const current = (log: TestLog) => {
  const { state } = log;
  const run = crowdRun(state);
  if (run === undefined) throw new Error('no run');
  return { state, run };
};

const ranks = (log: TestLog) => {
  const { state, run } = current(log);
  return lapRows(run, state).map(
    ({ lap, rank, notes }) => `${lap} ${rank}${notes.map((note) => ` ${note}`).join(',')}`,
  );
};

test('laps come the latest first, with the best of the race marked', () => {
  expect(ranks(new TestLog().enter('ada').start('ada').laps(9, 8, 10))).toEqual(['3 counts', '2 best', '1 counts']);
});

test('another racer’s best leaves one’s own', () => {
  const log = new TestLog().enter('ada').enter('bo').start('ada').laps(7);
  log.add({ type: 'finished', runId: runOf(1) });
  log.add({ type: 'confirmed', runId: runOf(1), revision: 1 });
  log.start('bo', 2).laps(9, 8);
  expect(ranks(log)).toEqual(['2 own', '1 counts']);
});

test('a discarded run is no measure', () => {
  const log = new TestLog().enter('ada').enter('bo').start('ada').laps(7);
  log.add({ type: 'finished', runId: runOf(1) });
  log.add({ type: 'discarded', runId: runOf(1), reason: 'wrong car', revision: 0 });
  log.start('bo', 2).laps(9);
  expect(ranks(log)).toEqual(['1 best']);
});

test('a lap that does not count says why', () => {
  const log = new TestLog({ resets: { perLap: 0, where: 'in-place' } }).enter('ada').start('ada').laps(2);
  log.add({ type: 'incident', runId: runOf(1), kind: 'reset' });
  log.pass(8).cross();
  log.pass(3);
  log.add({ type: 'did-not-finish', runId: runOf(1) });
  expect(ranks(log)).toEqual(['3 void did not finish', '2 void too many resets, 1 reset', '1 void too short']);
});

test('a lap in doubt does not count until somebody decides, and then says who', () => {
  const plausible = { min: 3_000_000, max: 60_000_000 };
  const log = new TestLog({ plausible }, undefined, 2).enter('ada').start('ada').laps(10, 5, 5, 10);
  const { run } = current(log);
  expect(ranks(log).slice(1, 3)).toEqual(['3 void in doubt', '2 void in doubt']);
  for (const lap of run.laps.slice(1, 3)) {
    const { crossing, opening } = lap;
    log.add({ type: 'lap-edited', runId: runOf(1), crossing, opening, valid: lap.lap === 2, reason: 'seen' });
  }
  expect(ranks(log).slice(1, 3)).toEqual(['3 void edited, decided by mara', '2 best edited, decided by mara']);
});

test('phases in words', () => {
  const log = new TestLog().enter('ada').start('ada').laps();
  expect(phaseView(current(log).run)).toMatchObject({ word: 'Running', tone: 'go' });
  log.add({ type: 'paused', runId: runOf(1), by: 'e-stop' });
  expect(phaseView(current(log).run)).toMatchObject({ word: 'Emergency stop', tone: 'stop' });
  log.add({ type: 'finished', runId: runOf(1) });
  expect(phaseView(current(log).run)).toMatchObject({ word: 'Over', detail: 'Ended by the marshal' });
});

test('the last run stays on the screen until the next is called', () => {
  const log = new TestLog().enter('ada').start('ada').laps(9);
  log.add({ type: 'finished', runId: runOf(1) });
  log.add({ type: 'confirmed', runId: runOf(1), revision: 1 });
  expect(current(log).run.runId).toBe(runOf(1));
});

test('a practice is nobody’s', () => {
  expect(aliasOf(new TestLog().enter('ada').state, null)).toBe('Practice');
});
