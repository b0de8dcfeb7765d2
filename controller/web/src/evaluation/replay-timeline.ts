import type { Replay } from '@pitwall/protocol/api';
import { words } from '../words/index.js';

/** A step of a replay, with names. Metres, degrees, seconds. */
export interface Frame {
  readonly timeS: number;
  /** Index of the step that is under way. */
  readonly step: number;
  /** Of the car's middle. */
  readonly x: number;
  readonly y: number;
  readonly yawDeg: number;
  readonly steeringDeg: number;
  readonly speedMps: number;
  readonly progressPct: number;
  readonly status: string;
}

/** One lap of it. */
export interface ReplayLap {
  readonly lap: number;
  readonly fromS: number;
  readonly toS: number;
  /** Roughly how long it took; a lap begins one step before the first that is kept of it. */
  readonly tookS: number;
  /** Its time as the results have it, µs; null where it was not finished, or an older replay does not say. */
  readonly time: number | null;
  readonly finished: boolean;
}

/** What went wrong, and when. */
export interface Incident {
  readonly atS: number;
  readonly what: string;
}

/** Further than a car drives in one step, m: it was carried. */
const carried = 0.5;
/** How long a step is. */
const stepS = 1 / 15;
/** From a car's middle to its front, m: replays follow the front. */
const toFront = 0.14;
const incidents: Readonly<Record<string, string>> = {
  off_track: words.evaluation.leftTheTrack,
  crashed: words.evaluation.crashed,
  immobilized: words.evaluation.stoodStill,
  reversed: words.evaluation.droveTheWrongWay,
};

/** A replay that can be shown at any moment of it. */
export class ReplayTimeline {
  readonly replay: Replay;
  readonly endS: number;
  readonly laps: readonly ReplayLap[];
  readonly incidents: readonly Incident[];

  constructor(replay: Replay) {
    this.replay = replay;
    this.endS = replay.steps.at(-1)?.[0] ?? 0;
    this.laps = lapsOf(replay);
    this.incidents = replay.steps
      .map(([atS, , , , , , , , status]) => ({ atS, what: incidents[status] }))
      .filter((one): one is Incident => one.what !== undefined);
  }

  /** Where the car is, evenly between two steps; undefined in a replay without any. */
  at(timeS: number): Frame | undefined {
    const { steps } = this.replay;
    const step = this.#stepAt(timeS);
    const now = steps[step];
    if (now === undefined) return undefined;
    const next = steps[step + 1] ?? now;
    const [t0, , x0, y0, yaw0, steeringDeg, speedMps, progressPct, status] = now;
    const [t1, , x1, y1, yaw1] = next;
    const part = t1 > t0 && Math.hypot(x1 - x0, y1 - y0) < carried ? clamp((timeS - t0) / (t1 - t0)) : 0;
    const yawDeg = yaw0 + part * turn(yaw1 - yaw0);
    const yaw = (yawDeg * Math.PI) / 180;
    return {
      timeS,
      step,
      x: x0 + part * (x1 - x0) - toFront * Math.cos(yaw),
      y: y0 + part * (y1 - y0) - toFront * Math.sin(yaw),
      yawDeg,
      steeringDeg,
      speedMps,
      progressPct,
      status,
    };
  }

  /** The lap that is driven at a moment. */
  lapAt(timeS: number): ReplayLap | undefined {
    return this.laps.findLast(({ fromS }) => fromS <= timeS) ?? this.laps[0];
  }

  /** The last step that has begun. */
  #stepAt(timeS: number): number {
    const { steps } = this.replay;
    let [low, high] = [0, steps.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((steps[middle]?.[0] ?? 0) <= timeS) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

const clamp = (part: number): number => Math.min(1, Math.max(0, part));
/** The short way round, degrees. */
const turn = (degrees: number): number => ((((degrees + 180) % 360) + 360) % 360) - 180;

function lapsOf({ steps, laps }: Replay): ReplayLap[] {
  const driven: ReplayLap[] = [];
  let from = 0;
  for (let index = 1; index <= steps.length; index += 1) {
    const [before, now] = [steps[index - 1], steps[index]];
    if (before === undefined || now?.[1] === before[1]) continue;
    const fromS = steps[from]?.[0] ?? 0;
    const [toS, , , , , , , progressPct] = before;
    driven.push({
      lap: driven.length + 1,
      fromS,
      toS,
      tookS: toS - fromS + stepS,
      time: laps?.[before[1]] ?? null,
      finished: progressPct >= 100,
    });
    from = index;
  }
  return driven;
}

/** What the camera saw, ready to be drawn: grey, one byte a point, 0 to 255, picture after picture. */
export class Pictures {
  readonly width: number;
  readonly height: number;
  readonly count: number;
  readonly #everySteps: number;
  readonly #points: Uint8Array;

  constructor({ width, height, everySteps, base64 }: Replay['pictures'] & {}) {
    this.width = width;
    this.height = height;
    this.#everySteps = everySteps;
    this.#points = pointsOf(base64);
    this.count = Math.floor(this.#points.length / (width * height));
  }

  /** The picture of a step; undefined where none was kept. */
  at(step: number): Uint8Array | undefined {
    const size = this.width * this.height;
    const index = Math.floor(step / this.#everySteps);
    return index < this.count ? this.#points.subarray(index * size, (index + 1) * size) : undefined;
  }
}

function pointsOf(base64: string): Uint8Array {
  const runs = atob(base64);
  let length = 0;
  for (let index = 0; index < runs.length; index += 1) length += (runs.charCodeAt(index) & 15) + 1;
  const points = new Uint8Array(length);
  let at = 0;
  for (let index = 0; index < runs.length; index += 1) {
    const run = runs.charCodeAt(index);
    const end = at + (run & 15) + 1;
    points.fill((run >> 4) * 17, at, end);
    at = end;
  }
  return points;
}
