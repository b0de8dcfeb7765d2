import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { car, DeskWorld, race } from '../../testing/desk-world.js';
import { openStore, type Store } from '../store/index.js';
import type { Asking } from './car-recordings.js';
import { RecordingWorker } from './recording-worker.js';
import { RunFiles } from './run-files.js';
import { RunRecordings } from './run-recordings.js';
import { runRecordingMigrations } from './tables.js';

let world: DeskWorld;
let store: Store;
let folder: string;
let recordings: RunRecordings;
let worker: RecordingWorker;
let run: string;
/** Whether another run is under way, whether the car answers, and what the program in the agent's place does. */
let isUnderWay: boolean;
let isThere: boolean;
let script: string;
/** What was waited for, ms; long waits end when the test says so. */
let waits: number[];
let wakeUp: (() => void) | undefined;

const bytes = 150_000;
const cars: Asking = {
  command: async (_car, action) => {
    if (!isThere) return { outcome: 'silent', safety: null, message: null };
    const about = { outcome: 'done', safety: 'disarmed', message: null } as const;
    const name = 'blue_000001_20231114T221320Z.mcap';
    if (action.type !== 'fetch-recording')
      return {
        ...about,
        wallClock: world.time.wall,
        recordings: [{ name, bytes, began: world.time.wall - 90_000, open: false }],
      };
    const data = Buffer.alloc(Math.min(action.bytes, bytes - action.from)).toString('base64');
    return { ...about, part: { name, from: action.from, size: bytes, data } };
  },
};

beforeEach(async () => {
  world = await new DeskWorld().start();
  await world.openRace();
  run = await world.startRun('anna');
  await world.laps(10.2, 9.8);
  await world.give({ type: 'finish', runId: run });
  world.time.pass(10_000_000);
  folder = mkdtempSync(join(tmpdir(), 'pitwall-worker-'));
  store = await openStore(':memory:', [runRecordingMigrations]);
  const files = new RunFiles(join(folder, 'runs'));
  recordings = new RunRecordings(store, files, world.time.epoch);
  [isUnderWay, isThere, waits, wakeUp] = [false, true, [], undefined];
  // `recording cut|video … --out FILE …`: writes its priority into FILE.
  script = 'for word in "$@"; do [ "$last" = --out ] && nice > "$word"; last=$word; done';
  const agent = join(folder, 'agent');
  writeFileSync(agent, `#!/bin/sh\n. ${join(folder, 'script')}\n`);
  chmodSync(agent, 0o755);
  worker = new RecordingWorker({
    ...{ recordings, files, cars, agent: [agent], epoch: world.time.epoch },
    raceOf: async () => {
      const state = await world.desk.state(race);
      return { state, records: (await world.desk.log(race, 0, state.seq)).records };
    },
    isUnderWay: () => isUnderWay,
    timers: {
      set: (action, ms) => {
        waits.push(ms);
        if (ms < 1000) return setImmediate(action);
        wakeUp = action;
        return undefined;
      },
      clear: (timer) => clearImmediate(timer as NodeJS.Immediate),
    },
    log: { warn: () => undefined },
  });
});
afterEach(async () => {
  await worker.stop();
  await store.close();
  await world.stop();
  rmSync(folder, { recursive: true });
});

const begin = async () => {
  writeFileSync(join(folder, 'script'), script);
  await recordings.want({ run, race, racer: 'anna' as never, car });
  await worker.start();
};
const becomes = (state: string) =>
  expect.poll(async () => (await recordings.about(race, run)).state, { timeout: 20_000 }).toBe(state);
const content = (name: string) => readFileSync(join(folder, 'runs', run, name), 'utf8');

it('makes everything at the lowest priority', async () => {
  await begin();
  await becomes('there');
  for (const name of ['recording.mcap', 'video.mp4', 'highlight.mp4']) expect(content(name)).toBe('19\n');
  expect(JSON.parse(content('laps.json'))).toMatchObject([{ time: 10_200_000 }, { time: 9_800_000 }]);
});

it.each([
  [false, 45],
  [true, 500],
])('fetches part after part, slowly beside a run: %s', async (isBeside, ms) => {
  isUnderWay = isBeside;
  await begin();
  await becomes('there');
  expect(waits.filter((wait) => wait < 1000)).toEqual([ms, ms]);
});

it('waits for a car that is away, and says so', async () => {
  isThere = false;
  await begin();
  await expect.poll(async () => (await recordings.about(race, run)).why).toMatch(/Car blue does not answer/);
  isThere = true;
  wakeUp?.();
  await becomes('there');
});

it('says why there is no video, keeps the recording, and tries again at the next start', async () => {
  const works = script;
  script = `if [ "$2" = video ]; then echo 'output-failed: There is no ffmpeg here.' >&2; exit 1; fi; ${works}`;
  await begin();
  await becomes('failed');
  expect(await recordings.about(race, run)).toMatchObject({ why: 'There is no ffmpeg here.' });
  expect(await recordings.filesOf(run)).toEqual([{ kind: 'recording', bytes: 3 }]);
  await worker.stop();
  isThere = false;
  writeFileSync(join(folder, 'script'), works);
  await recordings.takeUp();
  expect(await recordings.pending()).toMatchObject([{ run }]);
});

it('ends what it makes of a run that is deleted, and leaves nothing', async () => {
  script = 'exec sleep 1000';
  await begin();
  await becomes('fetching');
  await expect.poll(() => waits.filter((wait) => wait < 1000).length).toBe(2);
  await recordings.delete(run);
  expect((await recordings.about(race, run)).state).toBe('deleted');
  expect(await recordings.filesOf(run)).toEqual([]);
  expect(await new RunFiles(join(folder, 'runs')).runs()).toEqual([]);
});
