import type { BatchPolicy, Observation, Policy } from '@pitwall/protocol/policy';
import { type SimtraceRow, type StepStatus, stepsPerSecond } from '@pitwall/protocol/simtrace';
import {
  type Judgement,
  type Pose,
  progressPoint,
  Random,
  Referee,
  type Setpoint,
  type Verdict,
  type World,
} from '../simulator/index.js';
import { LapCounter, type LapEnd, type LapRecord } from './lap.js';
import { joinedTraces, type PolicyTrace, PolicyTraceRecorder, type TrialTrace } from './policy-trace.js';
import type { EvaluationRules } from './rules.js';
import { SharedPolicy } from './shared-policy.js';

export interface Run {
  readonly laps: readonly LapRecord[];
  readonly rows: readonly SimtraceRow[];
  /** What the policy saw and answered, row by row. */
  readonly trace: PolicyTrace;
  readonly steps: number;
}

export interface RunOptions {
  readonly world: World;
  /** A policy that decides on several observations at once drives several trials side by side; the result is the same. */
  readonly policy: Policy | BatchPolicy;
  readonly rules: EvaluationRules;
  /** Makes what tells what the policy sees of a world now. */
  readonly observer: () => (world: World) => Observation;
  readonly seed: number;
  /** At most so many side by side; absent: as many as the policy takes. */
  readonly sideBySide?: number;
  /** Ends the run after the step under way; it keeps what it has. */
  readonly signal?: AbortSignal;
  /** Hears of every finished lap. */
  readonly onLap?: (lap: LapRecord) => void;
}

/** Starts vary by so much, so that trials of one model differ as they do in the cloud simulator. */
const startOffsetM = 0.03;
const startYawRad = (2 * Math.PI) / 180;
/** Of an evaluation without a time limit. */
const longestUs = 20 * 60 * 1_000_000;
/** A lap that may finish after time has run out must do so within this. */
const graceMs = 3 * 60 * 1000;
/** After a crash the car is set back by this much. */
const setBackM = 1;

/**
 * Drives the trials of one policy in lock-step: render, decide, move, 15 times a simulated second, as fast as it goes. Trials
 * know nothing of each other, so that it does not matter how many are under way at once; their clocks are put one behind
 * the other afterwards.
 */
export async function runTrials(options: RunOptions): Promise<Run> {
  const { rules, policy, sideBySide = Number.POSITIVE_INFINITY } = options;
  const shared = new SharedPolicy(policy);
  const driven: TrialRun[] = [];
  const end = endTick(rules);
  let next = 1;
  let isStopped = false;
  /** Whether the trials before this one take all the time there is. */
  const isTooLate = (trial: number) => {
    const before = driven.slice(0, trial - 1);
    return Object.keys(before).length === trial - 1 && ticksOf(before) > end;
  };
  const lane = async (world: World) => {
    const seat = shared.join();
    try {
      while (next <= rules.trials && !isStopped && !isTooLate(next)) {
        const trial = next++;
        const run = await new TrialDriver({ ...options, world, policy: seat }).drive(trial);
        driven[trial - 1] = run;
        isStopped ||= run.laps.at(-1)?.end === 'stopped';
      }
    } finally {
      seat.leave();
    }
  };
  const lanes = Math.min(shared.most, sideBySide, rules.trials);
  const worlds = Array.from({ length: lanes }, (_, at) => (at === 0 ? options.world : options.world.another()));
  await Promise.all(worlds.map(lane));
  const complete: TrialRun[] = [];
  for (const run of driven) {
    const before = ticksOf(complete);
    if (before + run.ticks <= end) {
      complete.push(run);
      continue;
    }
    // Time ran out in it: driven again, so far.
    const seat = shared.join();
    const alone = { ...options, policy: seat, onLap: () => {} };
    complete.push(await new TrialDriver(alone, before).drive(complete.length + 1));
    seat.leave();
    break;
  }
  return joined(complete);
}

/** An evaluation without a time limit still ends. */
const limitMs = (rules: EvaluationRules) => (rules.timeLimit ?? longestUs) / 1000;
/** The last tick within the time limit. */
const endTick = (rules: EvaluationRules) => Math.floor((limitMs(rules) * stepsPerSecond) / 1000 + 1e-9);
const ticksOf = (runs: readonly TrialRun[]) => runs.reduce((sum, { ticks }) => sum + ticks, 0);

/** One trial, on its own clock, its laps and episodes counted from its own first. */
interface TrialRun {
  readonly laps: readonly LapRecord[];
  readonly rows: readonly { readonly row: SimtraceRow; readonly tick: number }[];
  readonly trace: TrialTrace;
  readonly ticks: number;
}

class TrialDriver {
  readonly #options: RunOptions;
  readonly #referee: Referee;
  readonly #rows: { row: SimtraceRow; tick: number }[] = [];
  readonly #laps: LapRecord[] = [];
  readonly #trace = new PolicyTraceRecorder();
  readonly #observe: (world: World) => Observation;
  /** Ticks of the trials before, where the time limit may end this one. */
  readonly #before: number;
  #tick = 0;
  /** Rows of one episode count on through the laps of one trial. */
  #step = 0;
  #episode = -1;
  #setpoint: Setpoint & { index?: number } = { steeringDeg: 0, speedMps: 0 };

  constructor(options: RunOptions, before = 0) {
    this.#options = options;
    this.#before = before;
    this.#referee = new Referee(options.world.track);
    this.#observe = options.observer();
  }

  async drive(trial: number): Promise<TrialRun> {
    await this.#drive(trial);
    return { laps: this.#laps, rows: this.#rows, trace: this.#trace.trace, ticks: this.#tick };
  }

  get #nowMs(): number {
    return (this.#tick * 1000) / stepsPerSecond;
  }

  async #drive(trial: number): Promise<void> {
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
        if (last || this.#isTimeUp(0)) return;
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
    return ((this.#before + this.#tick) * 1000) / stepsPerSecond > limitMs(this.#options.rules) + graceMs;
  }

  async #decide(): Promise<void> {
    const { world, policy } = this.#options;
    const observation = this.#observe(world);
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
    const row = {
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
    };
    this.#rows.push({ row, tick: this.#tick });
  }
}

const toThousandths = (value: number) => Math.round(value * 1000) / 1000;

/** Resets of one trial's laps. */
const resetsIn = (laps: readonly LapRecord[], trial: number) =>
  laps.filter((one) => one.trial === trial).reduce((sum, one) => sum + one.resets, 0);

/** Trials one behind the other, as one run. */
function joined(trials: readonly TrialRun[]): Run {
  const laps: LapRecord[] = [];
  const rows: SimtraceRow[] = [];
  const atMs = (tick: number) => (tick * 1000) / stepsPerSecond;
  const later = (ms: number, by: number) => atMs(Math.round((ms * stepsPerSecond) / 1000) + by);
  let before = 0;
  for (const trial of trials) {
    const [lapsBefore, episodesBefore] = [laps.length, (rows.at(-1)?.episode ?? -1) + 1];
    for (const lap of trial.laps) {
      const incidents = lap.incidents.map((incident) => ({ ...incident, atMs: later(incident.atMs, before) }));
      const [startMs, endMs] = [later(lap.startMs, before), later(lap.endMs, before)];
      laps.push({ ...lap, lap: lap.lap + lapsBefore, startMs, endMs, incidents });
    }
    for (const { row, tick } of trial.rows)
      rows.push({ ...row, episode: row.episode + episodesBefore, timeS: toThousandths(atMs(tick + before) / 1000) });
    before += trial.ticks;
  }
  return { laps, rows, trace: joinedTraces(trials.map(({ trace }) => trace)), steps: before };
}
