import type { RunState } from '@pitwall/protocol/race';
import { expect, test } from 'vitest';
import { TestLog } from '../../testing/race.js';
import { crossingClock, lapsAreShorter } from './crossing-choice.js';

const run = (log: TestLog) => log.state.runs[0] as RunState;
const log = () =>
  new TestLog({ plausible: { min: 8_000_000, max: 60_000_000 }, holdoff: 50_000 }, undefined, 2)
    .enter('ada')
    .start('ada');

test('three crossings in a row that are too soon say that laps are shorter than the minimum', () => {
  const short = log().laps(10, 2, 2, 2);
  expect(
    run(short)
      .crossings.slice(-3)
      .map(({ use }) => use),
  ).toEqual(['short', 'short', 'short']);
  expect(lapsAreShorter(run(short))).toBe(true);
  expect(lapsAreShorter(run(log().laps(10, 2, 2)))).toBe(false);
  expect(lapsAreShorter(run(short.pass(5).also({ type: 'incident', runId: run(short).runId, kind: 'reset' })))).toBe(
    true,
  );
  short.pass(10).cross();
  expect(lapsAreShorter(run(short))).toBe(false);
});

test('a crossing that arrived late shows when it was', () => {
  const late = log().laps(10);
  const row = run(late).crossings.at(-1) as RunState['crossings'][number];
  const record = late.records[row.seq - 1];
  const at = { ...row.at, at: (row.at.at - 2_300_000) as typeof row.at.at };
  const epoch = (record?.epoch ?? 0) - 2_300;
  const shown = crossingClock({ seq: row.seq, at }, late.records);
  expect(shown).toBe(`${new Date(epoch).toTimeString().slice(0, 8)}.${Math.floor((epoch % 1000) / 100)}`);
});
