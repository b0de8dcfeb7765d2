import type { RunState, Stamp } from '@pitwall/protocol/race';

/** What clocks show at one moment, µs. Null: there is none, or nobody can know. */
export interface RunTimes {
  /** Time raced in this run. */
  readonly elapsed: number | null;
  readonly left: number | null;
  /** Of the lap under way. */
  readonly lap: number | null;
  /** Until the start signal. */
  readonly countdown: number | null;
}

/** Time from one moment to another; null where they are not in one clock. */
const between = (from: Stamp | null, to: Stamp | null): number | null =>
  from === null || to === null || from.bootId !== to.bootId ? null : Math.max(0, to.at - from.at);

/** A run's clocks at `now` in the controller's clock (null: not known yet). */
export function runTimes(run: RunState, now: Stamp | null): RunTimes {
  const running = run.clock.since === null ? 0 : between(run.clock.since, now);
  const elapsed = running === null ? null : run.clock.elapsed + running;
  const left = run.limit === null || elapsed === null ? null : Math.max(0, run.limit - elapsed);
  return {
    elapsed,
    left,
    lap: lapTimeOf(run, now),
    countdown: run.countdown === null ? null : remaining(run.countdown, now),
  };
}

function lapTimeOf({ underWay }: RunState, now: Stamp | null): number | null {
  if (underWay === null || underWay.paused === null) return null;
  const whole = between(underWay.since, underWay.pausedAt ?? now);
  return whole === null ? null : Math.max(0, whole - underWay.paused);
}

function remaining(ends: Stamp, now: Stamp | null): number | null {
  return now === null || now.bootId !== ends.bootId ? null : Math.max(0, ends.at - now.at);
}
