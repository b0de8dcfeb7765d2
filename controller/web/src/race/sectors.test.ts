import { expect, test } from 'vitest';
import { runOf, TestLog } from '../../testing/race.js';
import { crowdRun, lapRows } from './run-view.js';
import { lapUnderWay } from './sectors.js';

const view = (log: TestLog) => {
  const { state } = log;
  const run = crowdRun(state);
  if (run === undefined) throw new Error('no run');
  const laps = lapRows(run, state).map(({ sectors }) => sectors.map(({ rank }) => rank).join(' '));
  return {
    laps,
    underWay: lapUnderWay(run, state)
      ?.sectors.map(({ rank }) => rank)
      .join(' '),
  };
};

test('sectors are ranked against those of the race and the racer', () => {
  const log = new TestLog({}, ['split']).enter('ada').enter('bo').start('ada');
  log.cross();
  log.through(['split', 4], ['line', 6]);
  log.add({ type: 'finished', runId: runOf(1) });
  log.add({ type: 'confirmed', runId: runOf(1), revision: 1 });
  log.start('bo', 2).cross();
  log.through(['split', 5], ['line', 5], ['split', 6], ['line', 7]);
  // The latest first.
  expect(view(log)).toEqual({ laps: ['slower slower', 'own best'], underWay: 'void void' });
  log.through(['split', 3]);
  expect(view(log).underWay).toBe('best void');
});

test('a lap that does not count ranks no sector', () => {
  const log = new TestLog({ plausible: { min: 8_000_000, max: 60_000_000 } }, ['split']).enter('ada').start('ada');
  log.cross();
  log.through(['split', 1], ['line', 1], ['split', 5], ['line', 5]);
  expect(view(log).laps).toEqual(['best best', 'void void']);
});

test('a course without splits shows none', () => {
  const log = new TestLog().enter('ada').start('ada').laps(9);
  expect(view(log)).toEqual({ laps: [''], underWay: undefined });
});
