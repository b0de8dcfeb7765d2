import { act, addCrossing, callRun, cross, startPractice } from './apply-run.js';
import { bootOf, type Draft, placeOf } from './draft.js';
import type { LogRecord, RaceEvent, RaceEventType } from './events.js';
import type { Run } from './run.js';

type Handler<T extends RaceEventType> = (
  draft: Draft,
  event: Extract<RaceEvent, { type: T }>,
  record: LogRecord,
) => boolean;

const yes = (): boolean => true;

function judge(draft: Draft, runId: string, what: (run: Run) => boolean): boolean {
  const run = draft.byId.get(runId);
  if (run === undefined || !what(run)) return false;
  run.touch();
  return true;
}

function remove<T>(list: T[], item: T): boolean {
  const index = list.indexOf(item);
  if (index === -1) return false;
  list.splice(index, 1);
  return true;
}

/** What each event does to the race. True where it meant something. */
const handlers: { readonly [T in RaceEventType]: Handler<T> } = {
  created: yes,
  changed: (draft, { setup }) => {
    if (draft.phase !== 'draft') return false;
    draft.setup = setup;
    return true;
  },
  opened: (draft, { rules, rulesHash }) => {
    if (draft.phase !== 'draft') return false;
    draft.phase = 'open';
    draft.setup = { ...draft.setup, rules };
    draft.rulesHash = rulesHash;
    return true;
  },
  'timing-changed': (draft, { timing }) => {
    if (draft.phase !== 'draft' && draft.phase !== 'open') return false;
    const { gates, finish, splits, plausible, holdoff } = timing;
    draft.setup = { ...draft.setup, gates, finish, splits, rules: { ...draft.setup.rules, plausible, holdoff } };
    return true;
  },
  closed: (draft, { protestsUntil }) => {
    if (draft.phase !== 'open') return false;
    draft.phase = 'closed';
    draft.protestsUntil = protestsUntil;
    return true;
  },
  'protest-time-ended': (draft) => {
    draft.protestTimeEnded = true;
    return true;
  },
  'declared-official': (draft) => {
    if (draft.phase !== 'closed') return false;
    draft.phase = 'official';
    return true;
  },

  entered: (draft, { entry }) => {
    const known = draft.entries.findIndex(({ racer }) => racer === entry.racer);
    if (known === -1) draft.entries.push(entry);
    else draft.entries[known] = entry;
    return true;
  },
  'entry-withdrawn': (draft, { racer }) => {
    remove(draft.queue, racer);
    if (draft.here !== null) remove(draft.here, racer);
    const known = draft.entries.findIndex((entry) => entry.racer === racer);
    if (known === -1) return false;
    draft.entries.splice(known, 1);
    return true;
  },
  queued: (draft, { racer }) => {
    if (draft.queue.includes(racer)) return false;
    draft.queue.push(racer);
    return true;
  },
  skipped: (draft, { racer }) => {
    const place = draft.queue.indexOf(racer);
    if (place === -1) return false;
    draft.queue.splice(place, 1);
    draft.queue.splice(place + 1, 0, racer);
    return true;
  },
  unqueued: (draft, { racer }) => remove(draft.queue, racer),
  moved: (draft, { racer, place }) => {
    if (!remove(draft.queue, racer)) return false;
    draft.queue.splice(place - 1, 0, racer);
    return true;
  },
  'entries-closed': (draft) => {
    if (draft.entriesClosed) return false;
    draft.entriesClosed = true;
    return true;
  },

  'roll-called': (draft) => {
    draft.here = [];
    return true;
  },
  'presence-noted': (draft, { racer, isHere }) => {
    if (draft.here === null) return false;
    if (!isHere) return remove(draft.here, racer);
    if (draft.here.includes(racer)) return false;
    draft.here.push(racer);
    return true;
  },

  'run-called': (draft, event, record) => callRun(draft, record, event),
  'practice-started': (draft, event, record) => startPractice(draft, record, event),
  'run-staged': (draft, { runId, car, model }, record) => act(draft, record, runId, { act: 'staged', car, model }),
  'run-ready': (draft, { runId, checks, overruled, accepted = [] }, record) => {
    if (!act(draft, record, runId, { act: 'ready' })) return false;
    return judge(draft, runId, (run) => {
      run.interlock = { checks, overruled, accepted };
      return true;
    });
  },
  'countdown-started': (draft, { runId, ends }, record) => act(draft, record, runId, { act: 'countdown', ends }),
  'countdown-ended': (draft, { runId }, record) => act(draft, record, runId, { act: 'started' }),
  'run-started': (draft, { runId, start }, record) =>
    act(draft, record, runId, { act: start === 'key' ? 'started' : 'rolling' }),
  paused: (draft, { runId, by, since }, record) =>
    // By a correction it takes its place where the car came to stand.
    act(draft, since === undefined ? record : { ...record, at: since }, runId, { act: 'paused', by }),
  resumed: (draft, { runId }, record) => act(draft, record, runId, { act: 'resumed' }),
  incident: (draft, { runId, kind }, record) => act(draft, record, runId, { act: kind }),
  'did-not-finish': (draft, { runId }, record) => act(draft, record, runId, { act: 'did-not-finish' }),
  'technical-stop': (draft, { runId, car, model, declared }, record) =>
    act(draft, record, runId, { act: 'technical-stop', car, model, declared }),
  'time-added': (draft, { runId, time }) =>
    judge(draft, runId, (run) => {
      if (run.judged !== null) return false;
      run.addTime(time);
      return true;
    }),
  'speed-set': (draft, { runId, percent }, record) => act(draft, record, runId, { act: 'speed', percent }),
  'car-state': (draft, { runId, driving, scale, at }, record) =>
    act(draft, { ...record, at }, runId, { act: 'car-state', driving, scale }),
  'laps-from-paper': (draft, { runId, laps }, record) => act(draft, record, runId, { act: 'paper', laps }),
  'time-expired': (draft, { runId, deadline }, record) =>
    // Its place is the deadline's, which the record's own moment follows.
    act(draft, { ...record, at: deadline }, runId, { act: 'time-expired' }),
  'clock-restarted': (draft, _event, record) => {
    for (const run of draft.runs)
      if (run.judged === null && run.fold.phase !== 'over')
        act(draft, record, run.identity.runId, { act: 'clock-restarted' });
    return true;
  },
  finished: (draft, { runId }, record) => act(draft, record, runId, { act: 'finished' }),

  confirmed: (draft, { runId, revision }, record) =>
    judge(draft, runId, (run) => {
      if (run.phase !== 'over' || run.identity.kind !== 'timed') return false;
      run.judge('confirmed', !draft.reopened.has(runId));
      run.revision = Math.max(run.revision, revision);
      run.withdrawn = false;
      run.confirmedAt ??= record.epoch;
      run.endedAt = placeOf(draft, record.at);
      return true;
    }),
  discarded: (draft, { runId, revision }, record) =>
    judge(draft, runId, (run) => {
      if (run.judged !== null) return false;
      // Whatever runs, ends here.
      if (['ready', 'running', 'paused'].includes(run.phase)) act(draft, record, runId, { act: 'finished' });
      run.judge('discarded', !draft.reopened.has(runId));
      run.revision = Math.max(run.revision, revision);
      run.withdrawn = run.revision > 0;
      run.endedAt = placeOf(draft, record.at);
      return true;
    }),
  reopened: (draft, { runId }) =>
    judge(draft, runId, (run) => {
      if (run.judged === null) return false;
      run.reopen();
      return true;
    }),
  'rerun-granted': (draft, { runId }) =>
    judge(draft, runId, (run) => {
      if (run.rerun) return false;
      run.rerun = true;
      return true;
    }),

  crossing: (draft, event, record) => cross(draft, record, event),
  'crossing-added': (draft, event, record) => addCrossing(draft, record, event),
  'crossing-ignored': (draft, { crossing }) => {
    const run = draft.crossings[crossing];
    if (run === undefined || run.judged !== null) return false;
    run.ignore(crossing);
    return true;
  },
  'crossings-read': (draft, { runId, readings }) =>
    judge(draft, runId, (run) => {
      if (run.judged !== null || readings.some(({ crossing }) => draft.crossings[crossing] !== run)) return false;
      for (const { crossing, as } of readings) run.read(crossing, as);
      return true;
    }),
  'lap-split': (draft, { runId, crossing, parts }) =>
    judge(draft, runId, (run) => {
      if (run.judged !== null || draft.crossings[crossing] !== run) return false;
      run.split(crossing, parts);
      return true;
    }),
  'incident-moved': (draft, { runId, incident }) =>
    judge(draft, runId, (run) => {
      if (run.judged !== null) return false;
      run.moveIncident(incident);
      return true;
    }),
  'lap-edited': (draft, { runId, crossing, valid, resets, penalty, car, model, opening }, { who }) =>
    judge(draft, runId, (run) => {
      if (run.judged !== null || draft.crossings[crossing] !== run) return false;
      const edit = { valid, resets, penalty, car, model, opening, by: who };
      run.edit(crossing, Object.fromEntries(Object.entries(edit).filter(([, value]) => value !== undefined)));
      return true;
    }),
  undone: yes,
  'car-answered': (draft, { runId, car, command, outcome, safety, message }, record) => {
    if (runId === null) return true;
    return judge(draft, runId, (run) => {
      run.carAnswer = { seq: record.seq, car, command, outcome, safety, message };
      return true;
    });
  },
  'e-stop-tested': (draft, { car, day }) => {
    draft.eStopTests.push({ car, day });
    return true;
  },

  'protest-filed': (draft, { protestId, runId, by, text, decideBy }) => {
    if (draft.protests.some((protest) => protest.protestId === protestId)) return false;
    draft.protests.push({ protestId, runId, by, text, decideBy, outcome: 'open', reason: null });
    return true;
  },
  'protest-decided': (draft, { protestId, upheld, reason }) =>
    settle(draft, protestId, upheld ? 'upheld' : 'rejected', reason),
  'protest-expired': (draft, { protestId }) => settle(draft, protestId, 'expired', null),
  'finals-drawn': (draft, { seeds }) => {
    if (draft.seeds !== null) return false;
    draft.seeds = seeds;
    return true;
  },
};

function settle(
  draft: Draft,
  protestId: string,
  outcome: 'upheld' | 'rejected' | 'expired',
  reason: string | null,
): boolean {
  const index = draft.protests.findIndex((protest) => protest.protestId === protestId);
  const protest = draft.protests[index];
  if (protest?.outcome !== 'open') return false;
  draft.protests[index] = { ...protest, outcome, reason };
  return true;
}

/** Takes one record into the draft. */
export function apply(draft: Draft, record: LogRecord): void {
  if (record.at.bootId !== draft.bootId || draft.boots.length === 0) bootOf(draft, record.at.bootId);
  const handler = handlers[record.event.type] as (draft: Draft, event: RaceEvent, record: LogRecord) => boolean;
  if (!handler(draft, record.event, record)) draft.idle.push(record.seq);
  draft.bootId = record.at.bootId;
}
