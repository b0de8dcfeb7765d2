import { PitwallError } from '@pitwall/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../testing/databases.js';
import { OnlineWorld } from '../../testing/online-world.js';
import { type SubmissionEventName, type SubmissionStateName, submissionStates } from '../../testing/state-tables.js';
import { LostJob, type Taken } from './queue.js';
import type { SubmissionTables } from './tables.js';

const finished = { evaluation: '{}', score: 9_000_000, bestLap: 9_000_000, reason: null, files: [] };
const failure = { code: 'evaluation-crashed', reason: 'test' } as const;

describe.each(engines)('a submission, in every state at every event, on %s', (engine) => {
  let world: OnlineWorld;
  let race: string;
  beforeAll(async () => {
    world = await OnlineWorld.open(await freshDatabase(engine));
  });
  afterAll(async () => await world.close());
  afterEach(async () => void (await rows().deleteFrom('submissions').execute()));

  const rows = () => world.store.as<SubmissionTables>();
  const remove = async () => {
    const viewer = { who: { name: 'olga', role: 'organizer' } };
    await world.submissions.removeEntry(race, { racer: 'anna' as never, reason: 'test' }, viewer);
  };
  const cancel = async ({ id }: Taken) =>
    await world.store
      .as<never>()
      .transaction()
      .execute(async (transaction) => void (await world.queue.cancel(transaction, id, world.now)));
  /** Its last attempt, as row and worker have it. */
  const last = async (taken: Taken): Promise<Taken> => {
    await rows().updateTable('submissions').set({ attempts: 3 }).execute();
    return { ...taken, attempts: 3 };
  };
  const silent = async () => {
    await rows().updateTable('submissions').set({ lease_until: 0 }).where('state', '=', 'running').execute();
    await world.queue.sweep();
  };

  /** From running, as a worker took it. */
  const states: Record<SubmissionStateName, (taken: Taken) => Promise<unknown>> = {
    queued: (taken) => world.queue.putBack(taken),
    running: async () => undefined,
    cancelling: cancel,
    evaluated: (taken) => world.queue.finish(taken, finished),
    withdrawn: async (taken) => {
      await world.queue.finish(taken, finished);
      await remove();
    },
    failed: (taken) => world.queue.fail(taken, failure),
    cancelled: async (taken) => {
      await cancel(taken);
      await world.queue.cancelled(taken);
    },
  };
  const events: Record<SubmissionEventName, (taken: Taken) => Promise<unknown>> = {
    'holds on': (taken) => world.queue.hold(taken),
    finishes: (taken) => world.queue.finish(taken, finished),
    fails: (taken) => world.queue.fail(taken, failure),
    'gives up': (taken) => world.queue.giveUp(taken, failure),
    'gives up, the last attempt': async (taken) => await world.queue.giveUp(await last(taken), failure),
    'puts back': (taken) => world.queue.putBack(taken),
    'hears of the cancellation': (taken) => world.queue.cancelled(taken),
    'a worker takes the next': () => world.queue.take('another'),
    'the worker is silent for too long': silent,
    'the worker is silent for too long, the last attempt': async (taken) => {
      await last(taken);
      await silent();
    },
    'is cancelled': cancel,
    'the entry is removed': remove,
  };
  const cells = Object.entries(submissionStates).flatMap(([state, row]) =>
    Object.entries(row).map(([event, outcome]) => ({ state, event, outcome }) as Cell),
  );
  interface Cell {
    readonly state: SubmissionStateName;
    readonly event: SubmissionEventName;
    readonly outcome: SubmissionStateName | 'not held' | 'refused';
  }
  const stateNow = async (): Promise<SubmissionStateName> => {
    const { state, cancel, withdrawn } = await rows().selectFrom('submissions').selectAll().executeTakeFirstOrThrow();
    return withdrawn === 1 ? 'withdrawn' : state === 'running' && cancel === 1 ? 'cancelling' : state;
  };

  it.each(cells)('$state, $event: $outcome', async ({ state, event, outcome }) => {
    // One that is out of a race does not come in again.
    ({ race } = await world.race({ rules: { name: 'Rules', laps: 1 } }));
    await world.enter(race, 'anna');
    expect((await world.submit(race, 'anna')).status).toBe(201);
    const taken = await world.queue.take('worker');
    await states[state](taken!);
    expect(await stateNow()).toBe(state);
    if (outcome === 'not held' || outcome === 'refused') {
      await expect(events[event](taken!)).rejects.toThrow(outcome === 'refused' ? PitwallError : LostJob);
      expect(await stateNow()).toBe(state);
      return;
    }
    const held = await events[event](taken!);
    expect(await stateNow()).toBe(outcome);
    // A worker goes on only with what is its own.
    if (event === 'holds on') expect(held).toBe(state === 'running');
  });
});
