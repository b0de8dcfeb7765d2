import type { Replay } from '@pitwall/protocol/api';
import { type Frame, type ReplayLap, ReplayTimeline } from './replay-timeline.js';

/** As many as can be told apart. */
export const mostTogether = 4;

/** Where one of several is at a moment. */
export interface Standing {
  readonly frame: Frame;
  /** 1 is ahead. */
  readonly place: number;
  /** How long after the one ahead of all it is where that one is now or was, s; null: it is ahead. */
  readonly behindS: number | null;
  readonly isHome: boolean;
}

/** The lap of a result that is driven beside others': its fastest, else the one that came farthest. */
export class DrivenLap {
  readonly timeline: ReplayTimeline;
  readonly lap: ReplayLap;
  /** Of each step of it: s since its beginning, and how much of the lap was driven, %. */
  readonly #way: readonly (readonly [number, number])[];

  /** Undefined: nothing was driven. */
  static of(replay: Replay): DrivenLap | undefined {
    const timeline = new ReplayTimeline(replay);
    const took = ({ time, tookS }: ReplayLap) => time ?? tookS * 1e6;
    const farthest = (one: ReplayLap) => timeline.at(one.toS)?.progressPct ?? 0;
    const [best] = timeline.laps.toSorted((a, b) =>
      a.finished && b.finished
        ? took(a) - took(b)
        : Number(b.finished) - Number(a.finished) || farthest(b) - farthest(a),
    );
    return best === undefined ? undefined : new DrivenLap(timeline, best);
  }

  private constructor(timeline: ReplayTimeline, lap: ReplayLap) {
    this.timeline = timeline;
    this.lap = lap;
    this.#way = timeline.replay.steps
      .filter(([timeS]) => timeS >= lap.fromS && timeS <= lap.toS)
      .map(([timeS, , , , , , , progressPct]) => [timeS - lap.fromS, progressPct]);
  }

  /** How long it drives, s. */
  get lastsS(): number {
    return this.lap.toS - this.lap.fromS;
  }

  /** So many seconds after its beginning; at its end it stands. */
  at(sinceS: number): Frame | undefined {
    return this.timeline.at(this.lap.fromS + Math.min(this.lastsS, Math.max(0, sinceS)));
  }

  /** When it had driven so much of the lap, s after its beginning; null: never. */
  reached(percent: number): number | null {
    const next = this.#way.findIndex(([, progress]) => progress >= percent);
    const [after, before] = [this.#way[next], this.#way[next - 1]];
    if (after === undefined) return null;
    if (before === undefined) return after[0];
    const part = (percent - before[1]) / (after[1] - before[1]);
    return before[0] + part * (after[0] - before[0]);
  }
}

/** All of them so many seconds after they were started together, in their own order; undefined where nothing was driven. */
export function standTogether(laps: readonly (DrivenLap | undefined)[], sinceS: number): (Standing | undefined)[] {
  const now = laps.map((lap) => {
    const frame = lap?.at(sinceS);
    if (lap === undefined || frame === undefined) return undefined;
    const isHome = lap.lap.finished && sinceS >= lap.lastsS;
    return { lap, frame, isHome, done: isHome ? 100 : frame.progressPct, lastsS: lap.lastsS };
  });
  const ranked = now
    .filter((one) => one !== undefined)
    .sort((a, b) => (a.isHome && b.isHome ? a.lastsS - b.lastsS : b.done - a.done));
  const [leader] = ranked;
  return now.map((one) => {
    if (one === undefined || leader === undefined) return undefined;
    const { frame, isHome, done, lastsS } = one;
    const place = ranked.indexOf(one) + 1;
    if (one === leader) return { frame, place, behindS: null, isHome };
    const ahead = leader.lap.reached(done);
    const behindS = isHome ? lastsS - leader.lastsS : ahead === null ? 0 : Math.min(sinceS, lastsS) - ahead;
    return { frame, place, behindS: Math.max(0, behindS), isHome };
  });
}
