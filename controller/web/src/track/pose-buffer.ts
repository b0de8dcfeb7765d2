import type { Pose, Telemetry } from '@pitwall/protocol/messages';

interface Sample {
  /** In the car's clock, µs. */
  readonly at: number;
  readonly pose: Pose;
}

/** Further than a car drives between two messages, m: it was carried. */
const carried = 1.5;
/** So long, µs, a car is drawn on along its course when the next message is late. */
const ahead = 200_000;
/** After so long without a message, µs, nobody knows where it is. */
export const poseStale = 2_000_000;
const kept = 24;

/**
 * Where to draw a car between its telemetry messages: a little in the past, where both neighbours are known. Only the
 * latest few are kept; what comes late or twice is dropped.
 */
export class PoseBuffer {
  #samples: Sample[] = [];
  #bootId: string | undefined;
  /** Car's clock minus ours, from the message that was least on its way. */
  #offset = Number.NEGATIVE_INFINITY;
  #interval = 100_000;
  #heard = Number.NEGATIVE_INFINITY;

  /** `local`: this page's monotonic clock when it was heard, µs. */
  hear(telemetry: Pick<Telemetry, 'bootId' | 'at' | 'pose'>, local: number): void {
    const { pose, at, bootId } = telemetry;
    if (pose === null) return;
    const last = this.#samples.at(-1);
    if (bootId !== this.#bootId || local - this.#heard > poseStale) {
      this.#samples = [];
      this.#offset = Number.NEGATIVE_INFINITY;
      this.#bootId = bootId;
    } else if (last !== undefined) {
      if (at <= last.at) return;
      this.#interval += 0.1 * (Math.min(at - last.at, 500_000) - this.#interval);
      if (Math.hypot(pose.x - last.pose.x, pose.y - last.pose.y) > carried) this.#samples = [];
    }
    this.#heard = local;
    // Forgets slowly, so that a clock that drifts against ours is followed.
    this.#offset = Math.max(this.#offset - 20, at - local);
    this.#samples.push({ at, pose });
    if (this.#samples.length > kept) this.#samples.shift();
  }

  /** The car at a moment of this page's clock; null where nobody knows. */
  at(local: number): Pose | null {
    const newest = this.#samples.at(-1);
    if (newest === undefined || local - this.#heard > poseStale) return null;
    const at = local + this.#offset - 1.5 * this.#interval;
    const index = this.#samples.findIndex((sample) => sample.at > at);
    if (index === 0) return this.#samples[0]?.pose ?? null;
    if (index > 0) return between(this.#samples[index - 1] as Sample, this.#samples[index] as Sample, at);
    const before = this.#samples.at(-2);
    return before === undefined ? newest.pose : between(before, newest, Math.min(at, newest.at + ahead));
  }

  /** The way it came, oldest first. */
  get trail(): readonly Pose[] {
    return this.#samples.map(({ pose }) => pose);
  }
}

function between(a: Sample, b: Sample, at: number): Pose {
  const part = (at - a.at) / (b.at - a.at);
  const turn = Math.atan2(Math.sin(b.pose.yaw - a.pose.yaw), Math.cos(b.pose.yaw - a.pose.yaw));
  return {
    x: a.pose.x + part * (b.pose.x - a.pose.x),
    y: a.pose.y + part * (b.pose.y - a.pose.y),
    yaw: a.pose.yaw + part * turn,
  };
}
