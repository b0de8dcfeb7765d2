import type { RaceCommand } from './commands.js';
import type { Circumstances } from './decide.js';
import type { LogRecord, RaceEvent, RaceEventType } from './events.js';
import { holdsTrack, refuse, runIn, runOf } from './refuse.js';
import { RaceReplay } from './replay.js';
import type { RunState } from './state.js';

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
      return [{ type: 'lap-edited', ...edit }];
    }
    case 'undo':
      return [undo(replay, command.target, command.reason ?? null)];
    default:
      return undefined;
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

/** Later records must still mean something without the one undone. */
function follows(replay: RaceReplay, undone: LogRecord, event: RaceEvent): void {
  const last = replay.last as LogRecord;
  const without = new RaceReplay([...replay.records, { ...last, seq: last.seq + 1, event }]);
  const before = replay.idle;
  const orphans = [...without.idle].filter((seq) => !before.has(seq) && seq !== undone.seq);
  if (orphans.length > 0) {
    const names = orphans.slice(0, 3).map((seq) => `${seq} (${replay.records[seq - 1]?.event.type})`);
    refuse(`Record ${undone.seq} carries later ones: undo ${names.join(', ')} first.`, { records: orphans });
  }
  const open = without.state.runs.filter(holdsTrack);
  if (open.length > 1) refuse('Another run has the track; confirm or discard it first.');
}
