import type { ClosedPolyline, Track } from '@pitwall/protocol/track';
import { answerS, steeringFor } from './handling.js';
import type { CarState, Setpoint } from './physics.js';
import { racingLine } from './racing-line.js';

export interface ExpertOptions {
  readonly line?: 'centre' | 'racing';
  readonly topMps?: number;
  /** Slowest it drives. */
  readonly leastMps?: number;
  /** Sideways acceleration it plans for, m/s². */
  readonly gripMps2?: number;
  readonly brakeMps2?: number;
  readonly maxSteeringDeg?: number;
}

const stationM = 0.05;

/** A driver who knows the true pose: pure pursuit of a line, as fast as its bends allow. For tests and training data. */
export class Expert {
  readonly line: ClosedPolyline;
  readonly #speeds: Float64Array;
  readonly #maxSteeringDeg: number;

  constructor(track: Track, options: ExpertOptions = {}) {
    const { line = 'centre', topMps = 2.2, leastMps = 0.8, gripMps2 = 2, brakeMps2 = 2, maxSteeringDeg = 30 } = options;
    this.line = line === 'racing' ? racingLine(track) : track.centre;
    this.#speeds = speedProfile(this.line, { topMps, leastMps, gripMps2, brakeMps2 });
    this.#maxSteeringDeg = maxSteeringDeg;
  }

  decide(state: CarState): Setpoint {
    // What is asked for now acts after the car's own lag: aim from where it will be by then.
    const lag = answerS;
    const { speed, yawRate, sideways } = state;
    const yaw = state.yaw + yawRate * lag;
    const middle = state.yaw + (yawRate * lag) / 2;
    const x = state.x + (speed * Math.cos(middle) - sideways * Math.sin(middle)) * lag;
    const y = state.y + (speed * Math.sin(middle) + sideways * Math.cos(middle)) * lag;
    const here = this.line.nearest(x, y);
    const target = this.line.at(here.along + 0.3 + 0.2 * Math.abs(speed));
    const [dx, dy] = [target.x - x, target.y - y];
    const left = dy * Math.cos(yaw) - dx * Math.sin(yaw);
    const bend = (2 * left) / (dx * dx + dy * dy);
    const limit = this.#maxSteeringDeg;
    const steeringDeg = Math.max(-limit, Math.min(limit, steeringFor(bend, speed)));
    return { steeringDeg, speedMps: this.#speedAt(here.along + 0.1 * speed) };
  }

  #speedAt(along: number): number {
    const count = this.#speeds.length;
    const index = Math.floor((along / this.line.lengthM) * count);
    return this.#speeds[((index % count) + count) % count] as number;
  }
}

/** Speed at even stations of a line: what the bends allow, slowing down in time. */
function speedProfile(
  line: ClosedPolyline,
  limits: { topMps: number; leastMps: number; gripMps2: number; brakeMps2: number },
): Float64Array {
  const count = Math.max(8, Math.round(line.lengthM / stationM));
  const step = line.lengthM / count;
  const speeds = Float64Array.from({ length: count }, (_, i) => {
    const s = i * step;
    const turn = line.at(s + 0.25).heading - line.at(s - 0.25).heading;
    const bend = Math.abs(turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI))) / 0.5;
    const allowed = bend > 1e-6 ? Math.sqrt(limits.gripMps2 / bend) : limits.topMps;
    return Math.max(limits.leastMps, Math.min(limits.topMps, allowed));
  });
  for (let k = 2 * count - 1; k >= 0; k--) {
    const i = k % count;
    const next = speeds[(i + 1) % count] as number;
    speeds[i] = Math.min(speeds[i] as number, Math.sqrt(next * next + 2 * limits.brakeMps2 * step));
  }
  return speeds;
}
