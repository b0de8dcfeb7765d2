import type { Observation, Policy } from '@pitwall/protocol/policy';
import {
  type Judgement,
  type Pose,
  progressPoint,
  Random,
  Referee,
  type Setpoint,
  type SimtraceRow,
  type StepStatus,
  stepsPerSecond,
  type Verdict,
  type World,
} from '../simulator/index.js';
import { LapCounter, type LapEnd, type LapRecord } from './lap.js';
import { type PolicyTrace, PolicyTraceRecorder } from './policy-trace.js';
import type { EvaluationRules } from './rules.js';

export interface Run {
  readonly laps: readonly LapRecord[];
  readonly rows: readonly SimtraceRow[];
  /** What the policy saw and answered, row by row. */
  readonly trace: PolicyTrace;
  readonly steps: number;
}

export interface RunOptions {
  readonly world: World;
  readonly policy: Policy;
  readonly rules: EvaluationRules;
  /** What the policy sees of the world now. */
  readonly observe: (world: World) => Observation;
  readonly seed: number;
  /** Ends the run after the step under way; it keeps what it has. */
  readonly signal?: AbortSignal;
  /** Hears of every finished lap. */
  readonly onLap?: (lap: LapRecord) => void;
}

/** Starts vary by so much, so that trials of one model differ as they do in the cloud simulator. */
const startOffsetM = 0.03;
const startYawRad = (2 * Math.PI) / 180;
/** An evaluation without a time limit still ends. */
const longestUs = 20 * 60 * 1_000_000;
/** A lap that may finish after time has run out must do so within this. */
const graceMs = 3 * 60 * 1000;
/** After a crash the car is set back by this much. */
const setBackM = 1;

/** Drives the trials of one policy in lock-step: render, decide, move, 15 times a simulated second, as fast as it goes. */
export async function runTrials(options: RunOptions): Promise<Run> {
  const driver = new TrialDriver(options);
  for (let trial = 1; trial <= options.rules.trials && !driver.over; trial++) await driver.drive(trial);
  return driver.run;
}

class TrialDriver {
  readonly #options: RunOptions;
  readonly #referee: Referee;
  readonly #rows: SimtraceRow[] = [];
  readonly #laps: LapRecord[] = [];
  readonly #trace = new PolicyTraceRecorder();
  #tick = 0;
  /** Rows of one episode count on through the laps of one trial. */
  #step = 0;
  #episode = -1;
  #setpoint: Setpoint & { index?: number } = { steeringDeg: 0, speedMps: 0 };
  over = false;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#referee = new Referee(options.world.track);
  }

  get run(): Run {
    return { laps: this.#laps, rows: this.#rows, trace: this.#trace.trace, steps: this.#tick };
  }

  get #nowMs(): number {
    return (this.#tick * 1000) / stepsPerSecond;
  }

  async drive(trial: number): Promise<void> {
    const { world, rules, seed, signal } = this.#options;
    let lap = await this.#begin(trial, new Random((seed * 1_000_003 + trial) >>> 0));
    let lapsDriven = 0;
    /** While waiting: until when, in ms. */
    let pausedUntil: number | undefined;
    let still = true;
    let progressPct = 0;
    for (;;) {
      this.#tick++;
      this.#step++;
      const stopped = signal?.aborted === true;
      if (stopped || this.#isTimeUp(rules.graceLap ? graceMs : 0)) {
        this.over = true;
        return this.#finish(lap, stopped ? 'stopped' : 'time_up', progressPct);
      }
      if (pausedUntil !== undefined) {
        world.pass(1 / stepsPerSecond);
        const leftMs = pausedUntil - this.#nowMs;
        const judgement = this.#referee.setDown(world.pose());
        this.#record('pause', judgement, leftMs / 1000);
        if (leftMs <= 0) {
          pausedUntil = undefined;
          still = true;
          await this.#decide();
        }
        continue;
      }
      // The first step after a start or a reset still shows the car where it was set down.
      if (still) world.pass(1 / stepsPerSecond);
      else world.step(1 / stepsPerSecond, this.#setpoint);
      still = false;
      const judgement = this.#referee.judge(world.pose(), world.hit() !== undefined);
      progressPct = Math.max(0, judgement.progressPct);
      lap.progress(progressPct, this.#nowMs);
      const { verdict } = judgement;
      if (verdict === 'in_progress') {
        await this.#decide();
        this.#record('in_progress', judgement, 0);
        continue;
      }
      if (verdict === 'lap_complete') {
        lapsDriven++;
        const last = lapsDriven === rules.laps;
        if (!last) await this.#decide();
        this.#record(last ? 'lap_complete' : 'in_progress', judgement, 0, last);
        this.#finish(lap, 'lap_complete', 100);
        if (this.#isTimeUp(0)) this.over = true;
        if (last || this.over) return;
        this.#referee.nextLap();
        this.#episode++;
        lap = new LapCounter(this.#laps.length + 1, trial, this.#nowMs);
        continue;
      }
      const { x, y } = world.pose();
      lap.incident(verdict, x, y, this.#nowMs);
      const givenUp = rules.resets.perLap !== null && lap.resets >= rules.resets.perLap;
      const penaltyMs = (verdict === 'crashed' ? rules.penalties.collision : rules.penalties.offTrack) / 1000;
      this.#record(verdict, judgement, givenUp ? 0 : penaltyMs / 1000, givenUp);
      if (givenUp) return this.#finish(lap, verdict, progressPct);
      lap.resets++;
      pausedUntil = this.#nowMs + penaltyMs;
      if (rules.resets.where === 'in-place') {
        world.place(this.#resetPose(verdict));
        this.#referee.setDown(world.pose());
      } else {
        // From the start line, the lap under way is given up.
        this.#finish(lap, verdict, progressPct);
        if (resetsIn(this.#laps, trial) > (rules.resets.perLap ?? Number.POSITIVE_INFINITY)) return;
        world.place(world.startPose());
        this.#referee.begin(world.pose());
        this.#episode++;
        lap = new LapCounter(this.#laps.length + 1, trial, this.#nowMs);
      }
    }
  }

  async #begin(trial: number, random: Random): Promise<LapCounter> {
    const { world } = this.#options;
    const start = world.startPose(0, random.between(-startOffsetM, startOffsetM));
    world.place({ ...start, yaw: start.yaw + random.between(-startYawRad, startYawRad) });
    world.beginTrial(random);
    const judgement = this.#referee.begin(world.pose());
    this.#episode++;
    this.#step = 1;
    const lap = new LapCounter(this.#laps.length + 1, trial, this.#nowMs);
    this.#tick++;
    await this.#decide();
    this.#record('prepare', judgement, 0);
    return lap;
  }

  #isTimeUp(graceMs: number): boolean {
    const limitMs = (this.#options.rules.timeLimit ?? longestUs) / 1000;
    return this.#nowMs > limitMs + graceMs;
  }

  async #decide(): Promise<void> {
    const { world, policy, observe } = this.#options;
    const observation = observe(world);
    const { action, output } = await policy.decide(observation);
    this.#trace.decided(observation.camera, output);
    // Logs hold what was driven.
    this.#setpoint = world.possible(action);
  }

  #finish(lap: LapCounter, end: LapEnd, progressPct: number): void {
    const record = lap.close(end, progressPct, this.#nowMs);
    this.#laps.push(record);
    this.#options.onLap?.(record);
  }

  #resetPose(verdict: Verdict): Pose {
    const { world } = this.#options;
    const { lane, along } = this.#referee.nearerLane(world.pose());
    const { track } = world;
    if (verdict !== 'crashed') return world.startPose(along, track.laneOffset(lane));
    const hit = world.hit();
    const other = hit === undefined || track.locate(hit.x, hit.y).offset > 0 === track.laneOffset('inner') > 0;
    const from = hit === undefined ? along : track.locate(hit.x, hit.y).along;
    return world.startPose(from - setBackM, track.laneOffset(other ? 'outer' : 'inner'));
  }

  #record(status: StepStatus, judgement: Judgement, pauseS: number, done = false): void {
    this.#trace.step();
    const { world } = this.#options;
    const pose = world.pose();
    const front = progressPoint(pose);
    const { steeringDeg, speedMps, index } = this.#setpoint;
    this.#rows.push({
      episode: this.#episode,
      step: this.#step,
      x: front.x,
      y: front.y,
      yawDeg: (pose.yaw * 180) / Math.PI,
      steeringDeg,
      speedMps,
      action: index,
      reward: 0,
      done,
      allWheelsOnTrack: judgement.wheelsOnRoad === 4,
      progressPct: judgement.progressPct,
      waypoint: judgement.waypoint,
      trackLengthM: world.track.lengthM,
      timeS: toThousandths(this.#nowMs / 1000),
      status,
      pauseS: toThousandths(pauseS),
      crashes: status === 'crashed' ? 1 : 0,
    });
  }
}

const toThousandths = (value: number) => Math.round(value * 1000) / 1000;

/** Resets of one trial's laps. */
const resetsIn = (laps: readonly LapRecord[], trial: number) =>
  laps.filter((one) => one.trial === trial).reduce((sum, one) => sum + one.resets, 0);
