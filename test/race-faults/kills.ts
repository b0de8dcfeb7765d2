import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type LogRecord, reduce } from '@pitwall/protocol/race';
import { pitwall, TrackDay } from '../race/track-day.js';
import { KeepingGate } from './keeping-gate.js';
import { PatientMarshal } from './patient-marshal.js';

/** What came of a race whose controller was killed again and again. */
export interface Outcome {
  readonly kills: number;
  readonly crossings: number;
  /** Crossings that the gate saw and the log does not have. */
  readonly lost: number;
  readonly doubled: number;
  /** Laps whose time is not what the gate's stamps say, and that do not say that they are interrupted. */
  readonly wrong: number;
  /** Commands or parts of them that were acknowledged and are not in the log as they were. */
  readonly forgotten: number;
  /** What `pitwall race verify` says. */
  readonly verified: boolean;
}

/** mulberry32: the same moments again for the same seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const crossEveryMs = 80;
/** Between two kills, however slowly the machine starts a controller: a result has 1000 laps at most. */
const mostCrossingsPerKill = 45;

/** A race goes on: a car every 80 ms, a marshal who is never quiet; SIGKILL at random moments. */
export async function raceUnderKills(kills: number, seed: number): Promise<Outcome> {
  const random = seeded(seed);
  const day = await TrackDay.open();
  try {
    const gate = new KeepingGate('line', await day.token('gate', 'line'));
    const marshal = new PatientMarshal(day, 'faults');
    gate.connect(day.mqtt);
    await marshal.begin('line', { holdoff: 0, plausible: { min: 0, max: 600_000_000 } });
    let kill = 0;
    const crossing = setInterval(() => {
      if (gate.stamps.length < (kill + 1) * mostCrossingsPerKill) gate.cross();
    }, crossEveryMs);
    let racing = true;
    const marshalling = (async () => {
      while (racing) await marshal.give({ type: 'incident', runId: marshal.runId, kind: 'off-track' });
    })();
    for (; kill < kills; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, random() * 400));
      await day.killController();
      await day.startController();
    }
    clearInterval(crossing);
    racing = false;
    await marshalling;
    await gate.empty();
    await marshal.give({ type: 'finish', runId: marshal.runId });
    // A controller that was away makes the marshal's words late: laps in doubt are no question here.
    await marshal.give({ type: 'confirm', runId: marshal.runId, withoutDoubtful: true });
    await gate.disconnect();
    const { records } = await marshal.log(0);
    await day.killController();
    const verified = await verify(marshal.race, day.folder);
    return { kills, verified, ...compare(gate.stamps, marshal, records) };
  } finally {
    await day.close();
  }
}

function compare(
  stamps: readonly number[],
  { acknowledged, runId }: PatientMarshal,
  records: readonly LogRecord[],
): Omit<Outcome, 'kills' | 'verified'> {
  const seen = records.flatMap(({ event }) => (event.type === 'crossing' ? [event.crossing.seq] : []));
  const run = reduce(records).runs.find((one) => one.runId === runId);
  const started = run?.startedAt?.at ?? 0;
  const counted = stamps.filter((at) => at >= started);
  const expected = counted.slice(1).map((at, index) => at - (counted[index] as number));
  const laps = run?.laps ?? [];
  const wrong = laps.filter(
    (lap, index) => lap.measured !== expected[index] && !lap.marks.includes('interrupted'),
  ).length;
  return {
    crossings: stamps.length,
    lost: stamps.length - new Set(seen).size,
    doubled: seen.length - new Set(seen).size,
    wrong: wrong + Math.abs(laps.length - expected.length),
    forgotten: acknowledged.filter((record) => records[record.seq - 1]?.hash !== record.hash).length,
  };
}

async function verify(race: string, folder: string): Promise<boolean> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [pitwall, 'race', 'verify', race, '--data', folder]);
  return stdout.includes('the chain is whole');
}
