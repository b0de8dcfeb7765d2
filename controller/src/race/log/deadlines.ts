import type { EpochMs } from '@pitwall/protocol';
import type { RaceEvent, RaceReplay } from '@pitwall/protocol/race';
import type { DeskClock } from '../ports.js';

/** A timer set for longer than this is set again: no deadline of a race is later than a day, and a laptop may sleep. */
const longestTimerMs = 60_000;

/** So long after its end, a countdown starts nothing any more, µs: whoever stood clear of the car does not now. */
const latestStart = 2_000_000;

interface Now {
  readonly clock: DeskClock;
  readonly epoch: EpochMs;
}

/** Deadlines that have passed, as events: the reducer has no clock. */
export function dueEvents(replay: RaceReplay, { clock, epoch }: Now): RaceEvent[] {
  const events: RaceEvent[] = [];
  // Declared official before the time for protests was over, it waits for nothing any more.
  if (replay.phase === 'official') return events;
  const run = replay.current;
  const now = clock.now();
  if (run?.countdown?.bootId === clock.bootId && run.countdown.at <= now)
    events.push(
      now - run.countdown.at > latestStart
        ? { type: 'paused', runId: run.runId, by: 'red-flag' }
        : { type: 'countdown-ended', runId: run.runId },
    );
  if (run?.deadline?.bootId === clock.bootId && run.deadline.at <= now)
    events.push({ type: 'time-expired', runId: run.runId, deadline: run.deadline });
  const judged = replay.judgement;
  for (const { protestId, decideBy } of judged.open)
    if (decideBy <= epoch) events.push({ type: 'protest-expired', protestId });
  if (judged.protestsUntil !== null && judged.protestsUntil <= epoch) events.push({ type: 'protest-time-ended' });
  return events;
}

/** Milliseconds until the next deadline of a race; undefined where none is known. */
export function nextDueMs(replay: RaceReplay, { clock, epoch }: Now): number | undefined {
  if (replay.phase === 'official') return undefined;
  const run = replay.current;
  const now = clock.now();
  const ahead: number[] = [];
  for (const stamp of [run?.countdown, run?.deadline])
    if (stamp?.bootId === clock.bootId) ahead.push((stamp.at - now) / 1000);
  const judged = replay.judgement;
  for (const { decideBy } of judged.open) ahead.push(decideBy - epoch);
  if (judged.protestsUntil !== null) ahead.push(judged.protestsUntil - epoch);
  if (ahead.length === 0) return undefined;
  return Math.min(longestTimerMs, Math.max(0, Math.ceil(Math.min(...ahead))));
}
