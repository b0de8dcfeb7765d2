import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeskWorld, race } from '../../../testing/desk-world.js';
import { sha256 } from './chain.js';

let world: DeskWorld;
let said: { level: string; text: string }[];
beforeEach(async () => {
  said = [];
  const to = (level: string) => (_about: unknown, text: string) => said.push({ level, text });
  world = await new DeskWorld({ log: { info: to('info'), warn: to('warn'), error: to('error') } as never }).start();
});
afterEach(() => world.stop());

/** A race that has a run behind it, and a snapshot of an orderly end. */
async function stopped(): Promise<void> {
  await world.openRace({ rules: { name: 'test', timeLimit: null } });
  const runId = await world.startRun();
  await world.laps(...Array.from({ length: 120 }, () => 10));
  await world.give({ type: 'finish', runId });
  await world.give({ type: 'confirm', runId });
  world.time.forgetTimers();
  await world.stop();
}

function inDatabase<T>(work: (db: Database.Database) => T): T {
  const db = new Database(world.file);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

const snapshotAt = () => inDatabase((db) => db.prepare('select seq from race_snapshots').pluck().get()) as number;
const changed = (sql: string) => inDatabase((db) => expect(db.prepare(sql).run().changes).toBe(1));
const damageRecord = (seq: number) =>
  changed(`update race_log set event = replace(event, '"uncertainty":50', '"uncertainty":51') where seq = ${seq}`);
const isWholeLogRead = () => said.some(({ text }) => text === 'a race could not be taken up');

describe('a start from a snapshot', () => {
  it('goes on where the log ends, and everything before comes when somebody asks', async () => {
    const before = await stopped().then(() => snapshotAt());
    await world.start();
    const again = world.crossing();
    await world.desk.crossings.record(again);
    // The same one again, and one that was before the snapshot.
    expect(await world.desk.crossings.record(again)).toBe('known');
    const { records, seq } = await world.desk.log(race, 0, 10_000);
    expect(seq).toBe(before + 1);
    const old = records.find(({ event }) => event.type === 'crossing')?.event as never as typeof again;
    expect(await world.desk.crossings.record(old)).toBe('known');
    expect((await world.state()).runs[0]?.laps).toHaveLength(120);
    await world.startRun();
    expect(said).toEqual([]);
  });

  it('takes crossings while an older record is damaged, and says so when that is read', async () => {
    await stopped();
    damageRecord(20);
    await world.start();
    expect(await world.desk.crossings.record(world.crossing())).toBe('new');
    await expect(world.state()).rejects.toMatchObject({ code: 'log-invalid', details: { seq: 20 } });
    expect(said).toEqual([
      { level: 'error', text: 'the log of a race is damaged; the race is put away, and its car stopped' },
    ]);
    await expect(world.state()).rejects.toMatchObject({ code: 'log-invalid' });
  });

  it('says where a snapshot is not what its log comes to, and the log counts', async () => {
    await stopped();
    const { content, sum } = inDatabase((db) => db.prepare('select * from race_snapshots').get()) as Record<
      string,
      string
    >;
    const evil = content!.replace('"entriesClosed":false', '"entriesClosed":true');
    expect(evil).not.toBe(content);
    inDatabase((db) => {
      const row = db.prepare('select * from race_snapshots').get() as Record<string, string | number>;
      const made = sha256(JSON.stringify([row.race, row.seq, row.reducer, evil]));
      expect(made).not.toBe(sum);
      db.prepare('update race_snapshots set content = ?, sum = ?').run(evil, made);
    });
    await world.start();
    expect((await world.state()).entriesClosed).toBe(false);
    expect(said.map(({ text }) => text)).toEqual([
      'a snapshot was not what its log comes to: a defect; the log counts',
    ]);
    expect(snapshotAt()).toBeUndefined();
  });
});

describe('the log is read from its first record', () => {
  it.each([
    ['without a snapshot', 'delete from race_snapshots'],
    ['with a torn one', 'update race_snapshots set content = substr(content, 1, 300)'],
    ['with one of another Pitwall', "update race_snapshots set reducer = 'another'"],
    ['with one that is further than the log', 'update race_snapshots set seq = seq + 1'],
  ])('%s', async (_what, sql) => {
    await stopped();
    damageRecord(20);
    changed(sql);
    await world.start();
    expect(isWholeLogRead()).toBe(true);
  });

  it('after an undo that reaches behind it', async () => {
    await stopped();
    await world.start();
    const reopened = (await world.state()).runs[0]?.runId as string;
    await world.give({ type: 'reopen', runId: reopened, reason: 'a wrong lap' });
    await world.stop();
    damageRecord(20);
    await world.start();
    expect(isWholeLogRead()).toBe(true);
  });
});

it('a snapshot is made while the race goes on, between two runs, and of a log that had none', async () => {
  await world.openRace({ rules: { name: 'test', timeLimit: null } });
  const runId = await world.startRun();
  await world.laps(...Array.from({ length: 1000 }, () => 4));
  expect(snapshotAt()).toBeUndefined();
  await world.give({ type: 'finish', runId });
  await world.give({ type: 'confirm', runId });
  await expect.poll(snapshotAt).toBeGreaterThan(1000);
  const { seq } = await world.state();
  await world.startRun();
  changed('delete from race_snapshots');
  // In the middle of a run: as it was before that was called.
  await world.restart();
  await expect.poll(snapshotAt).toBe(seq);
});
