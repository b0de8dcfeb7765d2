import type { LogRecord } from '@pitwall/protocol/race';
import { expect, it } from 'vitest';
import { DeskWorld, race, seconds } from '../../../testing/desk-world.js';
import { seal } from '../log/chain.js';
import { readLog, writeLog } from './archive.js';

it('reads a log that an older version wrote, whose rules were fewer', async () => {
  const world = await new DeskWorld().start();
  await world.openRace();
  const runId = await world.startRun();
  world.time.pass(seconds(1));
  await world.laps(10, 9.5);
  await world.give({ type: 'finish', runId });
  const { records } = await world.desk.log(race, 0, 1000);
  await world.stop();
  const older: LogRecord[] = [];
  for (const { hash: _, previous: __, ...record } of records) {
    const event = JSON.parse(JSON.stringify(record.event), (key, value) =>
      key === 'warnBeforeGo' ? undefined : value,
    );
    older.push(seal({ ...record, event }, older.at(-1)?.hash));
  }
  const text = writeLog(older);
  expect(text).not.toContain('warnBeforeGo');
  const read = readLog(text, 'The log of before');
  expect(read.records).toEqual(older);
  expect(read.state.runs[0]?.laps.map(({ time }) => time)).toEqual([seconds(10), seconds(9.5)]);
});
