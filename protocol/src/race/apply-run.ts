import type { Micros } from '../brand.js';
import { spotOf } from './course.js';
import { bootOf, type Draft, placeOf } from './draft.js';
import type { LogRecord, RaceEventOf } from './events.js';
import type { RaceRules } from './rules.js';
import { Run, type RunTiming } from './run.js';
import { runRules } from './run-rules.js';
import type { Act } from './timeline.js';

const clamp = (value: number): Micros => Math.min(value, Number.MAX_SAFE_INTEGER) as Micros;

/** Nothing ends a practice but a marshal. */
const practiceRules = (rules: RaceRules): RaceRules => ({
  ...rules,
  timeLimit: null,
  lapLimit: null,
  firstLap: 'crossing',
});

/** Something done to a run at the record's own moment. False where there is no such run, or it meant nothing there. */
export function act(draft: Draft, record: LogRecord, runId: string, what: Act): boolean {
  const run = draft.byId.get(runId);
  if (run === undefined || run.judged !== null) return false;
  const { boot, at } = placeOf(draft, record.at);
  const before = run.isCurrent;
  const meant = run.act({ kind: 'act', seq: record.seq, boot, bootId: record.at.bootId, at, act: what });
  if (what.act === 'staged') run.from ??= { boot, at };
  if (before && !run.isCurrent) run.endedAt = { boot, at };
  return meant;
}

/** As the race is timed now. */
function timingOf({ version, setup }: Draft, rules: RaceRules, over: Parameters<typeof runRules>[2]): RunTiming {
  const { gates, finish, splits } = setup;
  return { version, rules: runRules(rules, splits?.length ?? 0, over), course: { gates, finish, splits } };
}

function add(draft: Draft, run: Run): boolean {
  const { runId } = run.identity;
  if (draft.byId.has(runId) || draft.earlier.runs.has(runId)) return false;
  draft.runs.push(run);
  draft.byId.set(runId, run);
  return true;
}

export function callRun(draft: Draft, record: LogRecord, event: RaceEventOf<'run-called'>): boolean {
  if (!draft.entries.some(({ racer }) => racer === event.racer)) return false;
  const queued = draft.queue.indexOf(event.racer);
  if (queued !== -1) draft.queue.splice(queued, 1);
  const { runId, racer, stage, heat } = event;
  const declared = draft.setup.car === 'any';
  const identity = { runId, kind: 'timed' as const, racer, stage, heat: heat ?? null, declared };
  const timing = timingOf(draft, draft.setup.rules, { fastest: event.fastest ?? null });
  return add(draft, new Run(identity, timing, placeOf(draft, record.at)));
}

export function startPractice(draft: Draft, record: LogRecord, event: RaceEventOf<'practice-started'>): boolean {
  const identity = {
    runId: event.runId,
    kind: 'practice' as const,
    racer: null,
    stage: 'qualifying' as const,
    heat: null,
    declared: true,
  };
  const rules = practiceRules(draft.setup.rules);
  const timing = timingOf(draft, rules, { asks: false, several: event.several ?? false });
  if (!add(draft, new Run(identity, timing, placeOf(draft, record.at)))) return false;
  act(draft, record, event.runId, { act: 'staged', car: event.car, model: null });
  act(draft, record, event.runId, { act: 'ready' });
  return act(draft, record, event.runId, { act: 'rolling' });
}

/** A crossing belongs to the run that had the track when it happened, however late it comes. */
function runAt(draft: Draft, boot: number, at: Micros): Run | undefined {
  for (let index = draft.runs.length - 1; index >= 0; index -= 1) {
    const run = draft.runs[index] as Run;
    const { from } = run;
    if (from !== null && (from.boot < boot || (from.boot === boot && from.at <= at))) return run;
  }
  return undefined;
}

export function cross(draft: Draft, record: LogRecord, event: RaceEventOf<'crossing'>): boolean {
  const { crossing, controllerAt, controllerBound } = event;
  const { bootId } = record.at;
  const boot = bootOf(draft, bootId);
  const run = runAt(draft, boot, controllerAt);
  if (run === undefined) return true;
  draft.crossings[record.seq] = run;
  run.cross({
    kind: 'crossing',
    seq: record.seq,
    boot,
    bootId,
    at: controllerAt,
    bound: clamp(controllerBound + crossing.uncertainty),
    seen: event,
    spot: spotOf(run.timing.course, crossing.gate),
  });
  return true;
}

export function addCrossing(draft: Draft, record: LogRecord, event: RaceEventOf<'crossing-added'>): boolean {
  const run = draft.byId.get(event.runId);
  if (run === undefined || run.judged !== null) return false;
  const place = placeOf(draft, event.at);
  draft.crossings[record.seq] = run;
  run.cross({
    kind: 'crossing',
    seq: record.seq,
    boot: place.boot,
    bootId: event.at.bootId,
    at: event.at.at,
    bound: event.uncertainty,
    seen: null,
    spot: run.timing.course.finish === undefined ? 'line' : 'either',
  });
  return true;
}
