import type { Circumstances } from './circumstances.js';
import type { RaceCommand } from './commands.js';
import type { LogRecord, RaceEvent, RaceEventOf, RaceEventType } from './events.js';
import { holdsTrack, refuse, runIn, runOf } from './refuse.js';
import { RaceReplay } from './replay.js';
import type { Lap, RunCrossing, RunState } from './state.js';

/** Undo, ignore, add, edit: nothing is erased, everything is derived again. */
export function correct(replay: RaceReplay, command: RaceCommand, { now }: Circumstances): RaceEvent[] | undefined {
  switch (command.type) {
    case 'ignore-crossing': {
      const run =
        replay.runOfCrossing(command.crossing) ?? refuse(`Record ${command.crossing} is no crossing of a run.`);
      isOpen(run);
      if (run.crossings.some(({ seq, use }) => seq === command.crossing && use === 'ignored'))
        refuse('That crossing is ignored already.');
      return [{ type: 'crossing-ignored', crossing: command.crossing, reason: command.reason }];
    }
    case 'add-crossing': {
      const { runId, at, uncertainty, reason } = command;
      const run = runIn(replay, runId, 'ready', 'running', 'paused', 'over');
      if (run.startedAt !== null && run.startedAt.bootId !== at.bootId && at.bootId !== now.bootId)
        refuse(`The controller's clock had no life ${at.bootId} during this run.`);
      if (at.bootId === now.bootId && at.at > now.at) refuse('That crossing would be in the future.');
      return [{ type: 'crossing-added', runId, at, uncertainty, reason }];
    }
    case 'edit-lap': {
      const run = runOf(replay, command.runId);
      isOpen(run);
      if (!run.laps.some(({ crossing }) => crossing === command.crossing))
        refuse(`Crossing ${command.crossing} closes no lap of this run.`);
      const { type: _, ...edit } = command;
      if (edit.valid === true && run.laps.some(({ crossing, time }) => crossing === edit.crossing && time === null))
        refuse('A lap without a time cannot count.');
      const { opening } = run.laps.find(({ crossing }) => crossing === edit.crossing) as Lap;
      return [{ type: 'lap-edited', ...edit, opening }];
    }
    case 'other-reading': {
      const run =
        replay.runOfCrossing(command.crossing) ?? refuse(`Record ${command.crossing} is no crossing of a run.`);
      isOpen(run);
      const readings = otherReading(run, command.crossing);
      return [{ type: 'crossings-read', runId: run.runId, readings, reason: command.reason }];
    }
    case 'split-lap': {
      const run = runOf(replay, command.runId);
      isOpen(run);
      const lap =
        run.laps.find(({ crossing }) => crossing === command.crossing) ??
        refuse(`Crossing ${command.crossing} closes no lap of this run.`);
      const { min } = replay.setup.rules.plausible;
      if (lap.measured === null) refuse('A lap without a time cannot be split.');
      if ((lap.measured ?? 0) < min * command.parts)
        refuse(`${command.parts} laps do not fit into it: none is shorter than ${min / 1e6} s.`);
      const { runId, crossing, parts, reason } = command;
      return [{ type: 'lap-split', runId, crossing, parts, reason }];
    }
    case 'move-incident': {
      const run = runOf(replay, command.runId);
      isOpen(run);
      const { event } = replay.records[command.incident - 1] ?? refuse(`There is no record ${command.incident}.`);
      if (event.type !== 'incident' || event.runId !== run.runId)
        refuse(`Record ${command.incident} is no incident of this run.`);
      if (!run.laps.some(({ crossing }) => crossing !== null)) refuse('No lap has ended before it.');
      return [{ type: 'incident-moved', runId: run.runId, incident: command.incident }];
    }
    case 'undo':
      return [undo(replay, command.target, command.reason ?? null)];
    default:
      return undefined;
  }
}

type Reading = RaceEventOf<'crossings-read'>['readings'][number];

/** What a crossing, or the crossings of a lap in doubt, could be instead. */
function otherReading({ laps, crossings }: RunState, seq: number): Reading[] {
  const doubtful = laps.find((lap) => lap.crossing === seq && lap.other.length > 0);
  if (doubtful !== undefined) return doubtful.other;
  const index = crossings.findIndex((row) => row.seq === seq);
  const isBoundary = ({ use }: RunCrossing) => use === 'opens' || use === 'closes';
  const instead = (row: RunCrossing | undefined): Reading[] =>
    row === undefined ? [] : [{ crossing: row.seq, as: 'none' }];
  switch (crossings[index]?.use) {
    case 'short':
      return [{ crossing: seq, as: 'boundary' }, ...instead(crossings.slice(0, index).findLast(isBoundary))];
    case 'early': {
      const opener = crossings.slice(index).find(isBoundary);
      const lap = laps.find(({ opening, other }) => opening === opener?.seq && other.length > 0);
      return lap?.other ?? [{ crossing: seq, as: 'boundary' }, ...instead(opener)];
    }
    case 'leaves-the-box':
    case 'not-driven':
    case 'jump-start':
    case 'while-paused':
    case 'no-boundary':
      return [{ crossing: seq, as: 'boundary' }];
    case 'opens':
    case 'closes':
      return [{ crossing: seq, as: 'none' }];
    default:
      return refuse(`There is one reading of crossing ${seq} only.`);
  }
}

function isOpen(run: RunState): void {
  if (run.phase === 'confirmed' || run.phase === 'discarded') refuse(`The run is ${run.phase}; reopen it first.`);
}

/** Undoing these would falsify: what was seen, what time did, and what others were told. */
const standing: ReadonlyMap<RaceEventType, string> = new Map([
  ['created', 'a race exists'],
  ['opened', 'the rules stand from the opening on'],
  ['closed', 'a closed race stays closed'],
  ['declared-official', 'what is official stays so'],
  ['crossing', 'a crossing happened; ignore it instead'],
  ['car-answered', 'the car said so'],
  ['car-state', 'the car said so'],
  ['timing-changed', 'runs were called with it; change it again'],
  ['clock-restarted', 'the clock did restart'],
  ['time-expired', 'time did run out; add time before that'],
  ['countdown-ended', 'the countdown did end; finish or pause the run'],
  ['protest-filed', 'a protest is decided'],
  ['protest-decided', 'a decision stands'],
  ['protest-expired', 'the deadline did pass'],
  ['protest-time-ended', 'the deadline did pass'],
  ['e-stop-tested', 'the test was made'],
]);

function undo(replay: RaceReplay, target: number, reason: string | null): RaceEvent {
  const record = replay.records[target - 1] ?? refuse(`There is no record ${target}.`);
  if (replay.state.phase === 'official') refuse('The race is official.');
  if (replay.state.undone.includes(target)) refuse(`Record ${target} is undone already.`);
  const why = standing.get(record.event.type);
  if (why !== undefined) refuse(`Record ${target} (${record.event.type}) cannot be undone: ${why}.`);
  if (record.event.type === 'paused' && record.event.by === 'correction')
    refuse(`Record ${target} (paused by a correction) cannot be undone: go on (P) when the car is on the track.`);
  if (record.event.type === 'changed' && replay.phase !== 'draft')
    refuse(`Record ${target} (changed) cannot be undone: the race stands as it is from the opening on.`);
  const run = runAbout(replay, record);
  const judgement = ['confirmed', 'discarded', 'reopened', 'rerun-granted'].includes(record.event.type);
  if (run !== undefined && !judgement) isOpen(run);
  const event: RaceEvent = { type: 'undone', target, reason };
  follows(replay, record, event);
  return event;
}

function runAbout(replay: RaceReplay, { event }: LogRecord): RunState | undefined {
  if ('runId' in event && event.runId !== null) return replay.run(event.runId);
  if (event.type === 'crossing-ignored') return replay.runOfCrossing(event.crossing);
  if (event.type === 'undone') {
    const target = replay.records[event.target - 1];
    return target === undefined ? undefined : runAbout(replay, target);
  }
  return undefined;
}

/** A lap says the speed it was driven at, and nothing that is said afterwards makes the car have driven another. */
function saysOtherSpeed({ laps }: RunState, before: RunState | undefined): boolean {
  const driven = new Map(before?.laps.map(({ crossing, speed }) => [crossing, speed]));
  return laps.some(({ crossing, speed }) => crossing !== null && (driven.get(crossing) ?? speed) !== speed);
}

/** Later records must still mean something without the one undone. */
function follows(replay: RaceReplay, undone: LogRecord, event: RaceEvent): void {
  const last = replay.last as LogRecord;
  const without = new RaceReplay([...replay.records, { ...last, seq: last.seq + 1, event }]);
  const before = replay.idle;
  // A pause that held the car after a correction has nothing to hold when the correction is gone.
  const isHold = (seq: number) => {
    const paused = replay.records[seq - 1]?.event;
    return paused?.type === 'paused' && paused.by === 'correction';
  };
  const orphans = [...without.idle].filter((seq) => !before.has(seq) && seq !== undone.seq && !isHold(seq));
  if (orphans.length > 0) {
    const names = orphans.slice(0, 3).map((seq) => `${seq} (${replay.records[seq - 1]?.event.type})`);
    refuse(`Record ${undone.seq} carries later ones: undo ${names.join(', ')} first.`, { records: orphans });
  }
  if (without.state.runs.some((run) => saysOtherSpeed(run, replay.run(run.runId))))
    refuse(`Record ${undone.seq} cannot be undone: laps were driven at that speed; set the speed again.`);
  const open = without.state.runs.filter(holdsTrack);
  if (open.length > 1) refuse('Another run has the track; confirm or discard it first.');
}
