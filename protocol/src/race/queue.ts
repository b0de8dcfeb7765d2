import type { Micros, RacerId } from '../brand.js';
import type { Draft } from './draft.js';
import type { RaceState } from './state.js';

/** The queue with how long each has to wait: as many turns as are before, as long as turns have taken so far. */
export function waits(draft: Draft): RaceState['queue'] {
  const taken = draft.runs.flatMap(({ calledAt, endedAt, identity, judged }) =>
    identity.kind === 'timed' && judged !== null && endedAt?.boot === calledAt.boot ? [endedAt.at - calledAt.at] : [],
  );
  const mean = taken.length === 0 ? null : taken.reduce((sum, time) => sum + time, 0) / taken.length;
  const busy = draft.runs.some((run) => run.isCurrent && run.identity.kind === 'timed') ? 1 : 0;
  return draft.queue.map((racer, index) => ({
    racer,
    wait: mean === null ? null : (Math.round(mean * (index + busy)) as Micros),
  }));
}

/** Who is called next: the first in the queue; after a roll call the first who is here. */
export const nextInQueue = ({ queue, here }: Pick<RaceState, 'queue' | 'here'>): RacerId | undefined =>
  queue.find(({ racer }) => here === null || here.includes(racer))?.racer;
