import type { ChildProcess } from 'node:child_process';
import type { Standings, Submission } from '@pitwall/protocol/api';
import { Circuit } from './circuit.js';

/** A small generator of numbers from 0 to 1 (mulberry32): the same moments in every run. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Survived {
  readonly kills: number;
  readonly submissions: readonly Submission[];
  /** Ids of the results on the board. */
  readonly results: readonly string[];
}

/** Kills evaluators in mid-job, so many times, and then lets one finish what is left. */
export async function killEvaluators(kills: number, perRacer: number, archive: Uint8Array): Promise<Survived> {
  const racers = ['anna', 'ben', 'carl'];
  const circuit = await Circuit.open(racers, { evaluation: { workers: 0, lease: 0.6, attempts: 3 } });
  try {
    const race = await circuit.race({ rules: { name: 'One lap', laps: 1 } }, racers);
    for (let count = 0; count < perRacer; count += 1)
      for (const racer of racers) await circuit.submit(race, racer, archive);
    const random = mulberry(7);
    let killed = 0;
    while (killed < kills) {
      const evaluator = await circuit.evaluator();
      if (!(await untilWorking(circuit, race, evaluator))) break;
      // Somewhere between its first breath and its last lap.
      await new Promise((resolve) => setTimeout(resolve, random() * 1500));
      await circuit.kill(evaluator);
      killed += 1;
    }
    await circuit.evaluator();
    const submissions = await circuit.finished(race, 240_000);
    const { virtual } = await circuit.call<Standings>('olga', 'GET', `/leaderboards/${race}/standings`);
    const { results } = await circuit.call<{ results: number }>('olga', 'GET', `/leaderboards/${race}/count`);
    const ranked = submissions.filter(({ status }) => status.state === 'ranked');
    if (results !== ranked.length)
      throw new Error(`${ranked.length} submissions are ranked, the board has ${results} results`);
    return { kills: killed, submissions, results: virtual.map(({ resultId }) => resultId) };
  } finally {
    await circuit.close();
  }
}

/** Until the evaluator has a submission; false where there is nothing left to do. */
async function untilWorking(circuit: Circuit, race: string, evaluator: ChildProcess): Promise<boolean> {
  for (;;) {
    const all = await circuit.submissions(race);
    const states = all.map(({ status }) => status.state);
    if (!states.some((state) => state === 'queued' || state === 'evaluating')) return false;
    if (evaluator.exitCode !== null) throw new Error('the evaluator ended by itself');
    const progress = all.some(({ status }) => status.state === 'evaluating');
    if (progress) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
