import { isPitwallError, type Micros } from '@pitwall/protocol';
import type { Action, Decision, Policy, Range } from '@pitwall/protocol/policy';
import type { Now } from '@pitwall/runtime';
import type { Decode, Frame } from '../hardware/index.js';
import { leastBetween, staleAfter } from './action-watch.js';
import { Histogram } from './histogram.js';
import { cameraOnly, type PolicyInput } from './policy-input.js';

export type Stage = 'age' | 'decode' | 'inference' | 'act';

/** Frames a second that a car looks at which waits for its run. */
const restingRate = 2;
/** An answer that takes so long, in µs, does not come soon. */
const hungAfter = 1_000_000;

/** A frame and what became of it. Good during the call only: the plane is filled again with the next frame. */
export interface ProcessedFrame {
  readonly frame: Frame;
  /** The 160×120 grey that the policy saw; null where the frame could not be decoded. */
  readonly camera: Uint8Array | null;
  /** Of a stereo model. */
  readonly right: Uint8Array | null;
  /** The turn of the lidar that a model with one saw. */
  readonly lidar: readonly Range[] | null;
  /** Null where there is no policy, or it failed. */
  readonly decision: Decision | null;
  /** How long each stage took that was reached, in µs. */
  readonly took: Readonly<Partial<Record<Stage, number>>>;
  /** A newer frame waits already: no time for what can be left out. */
  readonly behind: boolean;
}

export interface DrivingLoopParts {
  readonly now: Now;
  /** A camera's frame as the policy's 160×120 grey. */
  readonly decode: Decode;
  /** Frames a second that the camera sends. */
  readonly rate: number;
  /** Actions a second at most, to match training; 0 is no limit. */
  readonly limit: number;
  /** Whether nobody needs every frame now: then a few a second are looked at. */
  readonly resting?: () => boolean;
  readonly act: (action: Action) => void;
  readonly failed: (reason: 'inference-failed' | 'inference-not-finite' | 'inference-slow', cause?: unknown) => void;
  /** Every stage's duration in µs, for metrics. */
  readonly observe?: (stage: Stage, micros: number) => void;
  /** After the action has left. Frames are then decoded without a policy, too. */
  readonly processed?: (frame: ProcessedFrame) => void;
}

/**
 * From frame to action, driven by the camera: the latest frame wins, at most one inference is in flight, nothing is
 * queued. Slower than two frame times five times in a row is a failure.
 */
export class DrivingLoop {
  readonly #parts: DrivingLoopParts;
  readonly #frameTime: number;
  readonly #staleAfter: number;
  readonly stages: Readonly<Record<Stage, Histogram>> = {
    age: new Histogram(),
    decode: new Histogram(),
    inference: new Histogram(),
    act: new Histogram(),
  };
  #policy: Policy | undefined;
  /** How the policy sees; set it with the policy. */
  input: PolicyInput = cameraOnly;
  #waiting: Frame | undefined;
  #busy = false;
  #slow = 0;
  /** Counts the stops: an answer to a frame of before one is of no use after it. */
  #stops = 0;
  #lastFrame: Micros | undefined;
  #lastTaken = Number.NEGATIVE_INFINITY;
  #frames = 0;
  #dropped = 0;
  #earlier = { frames: 0, dropped: 0 };

  constructor(parts: DrivingLoopParts) {
    this.#parts = parts;
    this.#frameTime = 1_000_000 / parts.rate;
    this.#staleAfter = staleAfter(parts.rate);
  }

  set policy(policy: Policy | undefined) {
    this.#policy = policy;
    this.#slow = 0;
  }

  get policy(): Policy | undefined {
    return this.#policy;
  }

  /** More than three frame times (at least 100 ms) since the last fresh frame, or none ever came. */
  isStale(at: Micros): boolean {
    return this.#lastFrame === undefined || at - this.#lastFrame > this.#staleAfter;
  }

  /** Shows where the car was: it waited somewhere on its way, or its policy took too long. */
  #isOld(frame: Frame, at: Micros): boolean {
    return at - frame.at > this.#staleAfter;
  }

  /** The car stops: what is under way, however late it comes, neither acts nor fails after this. */
  stopped(): void {
    this.#stops += 1;
    this.#slow = 0;
  }

  /** A frame is looked at since so long that its answer will be of no use: decoder or policy hangs. */
  isHung(at: Micros): boolean {
    return this.#busy && at - this.#lastTaken > hungAfter;
  }

  /** Since the start. */
  get totals(): { readonly frames: number; readonly dropped: number } {
    return { frames: this.#earlier.frames + this.#frames, dropped: this.#earlier.dropped + this.#dropped };
  }

  /** Frames that came and frames that nobody looked at since the last call. */
  takeCounts(): { readonly frames: number; readonly dropped: number } {
    const counts = { frames: this.#frames, dropped: this.#dropped };
    this.#earlier = this.totals;
    this.#frames = 0;
    this.#dropped = 0;
    return counts;
  }

  frame(frame: Frame): void {
    const at = this.#parts.now();
    if (!this.#isOld(frame, at)) this.#lastFrame = at;
    this.#frames += 1;
    this.#measure('age', at - frame.at);
    if (!this.#looks) return;
    const limit = this.#limit();
    if (limit > 0 && at - this.#lastTaken < leastBetween(limit, this.#frameTime)) return;
    if (this.#busy) {
      if (this.#waiting !== undefined) this.#dropped += 1;
      this.#waiting = frame;
      return;
    }
    this.#lastTaken = at;
    void this.#run(frame, this.#policy);
  }

  #limit(): number {
    const { limit, resting } = this.#parts;
    return resting?.() === true ? restingRate : limit;
  }

  get #looks(): boolean {
    return this.#policy !== undefined || this.#parts.processed !== undefined;
  }

  async #run(frame: Frame, policy: Policy | undefined): Promise<void> {
    this.#busy = true;
    const stops = this.#stops;
    const { now } = this.#parts;
    const begun = now();
    const took: Partial<Record<Stage, number>> = { age: begun - frame.at };
    let camera: Uint8Array | null = null;
    let right: Uint8Array | null = null;
    let lidar: readonly Range[] | null = null;
    let decision: Decision | null = null;
    const measure = (stage: Stage, micros: number) => {
      took[stage] = micros;
      this.#measure(stage, micros);
    };
    try {
      const { input } = this;
      const plane = this.#parts.decode(frame);
      camera = plane instanceof Uint8Array ? plane : await plane;
      if (input.stereo && frame.right !== undefined) right = await this.#parts.decode(frame.right, 'right');
      const decoded = now();
      measure('decode', decoded - begun);
      if (policy === undefined) return;
      lidar = input.ranges() ?? null;
      const made = await policy.decide(input.observe(camera, right ?? undefined, lidar ?? undefined));
      const decided = now();
      measure('inference', decided - decoded);
      if (policy !== this.#policy) return;
      const { action } = made;
      const isOver = stops !== this.#stops;
      if (!Number.isFinite(action.steeringDeg) || !Number.isFinite(action.speedMps)) {
        if (!isOver) this.#parts.failed('inference-not-finite');
        return;
      }
      decision = made;
      if (isOver) return;
      this.#slow = decided - begun > 2 * this.#frameTime ? this.#slow + 1 : 0;
      if (this.#slow >= 5) {
        this.#slow = 0;
        this.#parts.failed('inference-slow');
        return;
      }
      if (this.#isOld(frame, decided)) return;
      this.#parts.act(action);
      measure('act', now() - decided);
    } catch (cause) {
      if (policy === undefined || policy !== this.#policy || stops !== this.#stops) return;
      const notFinite = isPitwallError(cause) && cause.code === 'output-invalid';
      this.#parts.failed(notFinite ? 'inference-not-finite' : 'inference-failed', cause);
    } finally {
      this.#parts.processed?.({ frame, camera, right, lidar, decision, took, behind: this.#waiting !== undefined });
      this.#busy = false;
      this.#next();
    }
  }

  #next(): void {
    const next = this.#waiting;
    this.#waiting = undefined;
    if (next === undefined || !this.#looks) return;
    this.#lastTaken = this.#parts.now();
    void this.#run(next, this.#policy);
  }

  #measure(stage: Stage, micros: number): void {
    this.stages[stage].add(micros);
    this.#parts.observe?.(stage, micros);
  }
}
