import { type CarProfile, type DrivetrainProfile, mostScale } from '@pitwall/firmware-config';
import { type Micros, PitwallError } from '@pitwall/protocol';
import type { Armable, CarState, DrivingAction, LoadedModel, Telemetry } from '@pitwall/protocol/messages';
import type { Action, Policy } from '@pitwall/protocol/policy';
import type { Now } from '@pitwall/runtime';
import type { Camera, Decode, Outputs } from '../hardware/index.js';
import { ActionWatch } from './action-watch.js';
import { type ActuatorPortParts, openPort } from './actuator/index.js';
import { CarOutputs } from './car-outputs.js';
import { DrivingLoop, type ProcessedFrame, type Stage } from './driving-loop.js';
import { LoopStatistics, type LoopTelemetry, type Totals } from './loop-statistics.js';
import { ManualInput } from './manual-input.js';
import type { Mapping, TargetMotion } from './mapping.js';
import type { PolicyInput } from './policy-input.js';
import type { Reason } from './reasons.js';
import {
  hindrances,
  initialSafety,
  isPowered,
  isWatched,
  mayMove,
  type Readiness,
  type Safety,
  scaleNow,
  transition,
} from './safety.js';

/** How long a setpoint holds, in µs. */
const promise = 150_000;
/** A local stop that was tested counts for so long, in µs: for that day, whatever the car's clock on the wall says. */
const day = 12 * 3_600_000_000;
/** How often frames, hand and setpoint are looked after while it may move, in ms. */
const tickMs = 20;

export interface CarParts {
  readonly profile: CarProfile;
  readonly drivetrain: DrivetrainProfile;
  readonly camera: Camera;
  readonly decode: Decode;
  readonly now: Now;
  readonly log: (line: string) => void;
  /** 0…1: how much of the last steering stays in the next one. */
  readonly smoothing: number;
  /** Actions a second at most; 0 is no limit. */
  readonly limit: number;
  /** Percent at the start. */
  readonly scale: number;
  /** Told each time the outputs answer: what they are by now, and whether the motor gets pulses. */
  readonly outputsReady?: (drivetrain: DrivetrainProfile, motor: boolean) => void;
  readonly observe?: (stage: Stage, micros: number) => void;
  /** What an IMU on the drivetrain's board says. */
  readonly imu?: ActuatorPortParts['onImu'];
  readonly monitor?: DriveMonitor;
  /** Where motor and steering are held: a process of its own. */
  readonly openPort?: typeof openPort;
}

/** Sees what the car sees and does, after it was done, and must neither fail nor take long. */
export interface DriveMonitor {
  processed(frame: ProcessedFrame): void;
  /** Somebody watches, or it is written down: every frame counts, also of a disarmed car. */
  readonly wantsFrames?: boolean;
  /** What was sent to motor and steering, and until when it holds. */
  sent(outputs: Outputs, deadline: Micros): void;
  /** It was noticed; whether it stops the car the state says. */
  noticed(reason: Reason): void;
}

export interface LoadedPolicy {
  readonly model: LoadedModel;
  readonly policy: Policy;
  readonly mapping: Mapping;
  readonly input: PolicyInput;
}

export type CarSnapshot = Omit<CarState, 'sessionId' | 'seq' | 'bootId' | 'at'>;
export type CarTelemetry = LoopTelemetry & Pick<Telemetry, 'action'>;

/**
 * One car, driven: performs what the safety state machine decides. Whatever wants the wheels to turn goes through
 * here, and only in the phase `driving` does anything but neutral leave for the actuator process.
 */
export class Car {
  readonly #parts: CarParts;
  readonly #loop: DrivingLoop;
  readonly #outputs: CarOutputs;
  readonly #manual = new ManualInput();
  readonly #actions: ActionWatch;
  readonly #listeners = new Set<(safety: Safety) => void>();
  readonly #eStopListeners = new Set<() => void>();
  #safety: Safety;
  #loaded: LoadedPolicy | undefined;
  #target: TargetMotion | null = null;
  #steering = 0;
  #tick: NodeJS.Timeout | undefined;
  #rest: NodeJS.Timeout | undefined;
  #warning: NodeJS.Timeout | undefined;
  readonly #statistics: LoopStatistics;
  #needsLocalStop = false;
  #localStopAt: Micros | undefined;

  constructor(parts: CarParts) {
    this.#parts = parts;
    this.#safety = { ...initialSafety, scale: Math.min(parts.scale, mostScale(parts.profile.drivetrain)) };
    this.#actions = new ActionWatch({ rate: parts.camera.rate, limit: parts.limit });
    this.#loop = new DrivingLoop({
      now: parts.now,
      decode: parts.decode,
      rate: parts.camera.rate,
      limit: parts.limit,
      resting: () => !isPowered(this.#safety) && parts.monitor?.wantsFrames !== true,
      act: (action) => this.#act(action),
      failed: (reason, cause) => {
        if (cause !== undefined)
          parts.log(`inference failed: ${cause instanceof Error ? cause.message : String(cause)}`);
        if (!this.#safety.manual) this.happened(reason);
      },
      ...(parts.observe === undefined ? {} : { observe: parts.observe }),
      ...(parts.monitor === undefined ? {} : { processed: (frame: ProcessedFrame) => parts.monitor?.processed(frame) }),
    });
    this.#statistics = new LoopStatistics(this.#loop, parts.now);
    this.#outputs = new CarOutputs({
      profile: parts.profile,
      drivetrain: parts.drivetrain,
      now: parts.now,
      log: parts.log,
      openPort: parts.openPort ?? openPort,
      imu: parts.imu,
      onReady: (drivetrain, motor) => {
        parts.outputsReady?.(drivetrain, motor);
        this.passed('outputs-lost');
      },
      onLost: () => this.raised('outputs-lost'),
      onTripped: () => this.happened('outputs-lost'),
    });
  }

  async start(): Promise<void> {
    this.#outputs.start();
    await this.#parts.camera.start((frame) => this.#loop.frame(frame));
  }

  /** Neutral first; idempotent. */
  async stop(): Promise<void> {
    clearInterval(this.#tick);
    clearTimeout(this.#rest);
    clearTimeout(this.#warning);
    this.#safety = { ...this.#safety, phase: 'disarmed', reason: null };
    await this.#outputs.stop();
    await this.#parts.camera.stop();
  }

  /** @throws PitwallError when it is refused, with the reason; the car is then as it was. */
  command(action: DrivingAction): void {
    if (action.type === 'drive') {
      this.#manual.moved({ steering: action.steering, throttle: action.throttle }, this.#parts.now());
      if (this.#safety.manual && mayMove(this.#safety)) this.#sendManual();
      return;
    }
    if (action.type === 'e-stop') this.#eStopped();
    if (action.type === 'throttle-scale') this.#demandScale(action.percent);
    this.#change(transition(this.#safety, { type: 'command', action, ready: this.readiness() }));
    if (action.type === 'start' && this.#safety.phase === 'starting') this.#warn(action.warn ?? 0);
  }

  #demandScale(percent: number): void {
    const most = mostScale(this.#parts.profile.drivetrain);
    if (percent <= most) return;
    throw new PitwallError(
      'command-refused',
      `Only its computer can stop this car's motor, so it is held to ${most} % of the throttle; wire a cut and name it in drivetrain.enable or drivetrain.cut, or accept it there by name.`,
    );
  }

  /** Node's timers may come up to a millisecond early. */
  #warn(micros: number): void {
    this.#warning = setTimeout(
      () => this.#change(transition(this.#safety, { type: 'warned' })),
      Math.ceil(micros / 1000) + 1,
    );
  }

  /**
   * Lets somebody else have the outputs, for a calibration: until they are given back, with what was found or as they
   * were, nothing here can be armed. @throws PitwallError `command-refused` where the car is not disarmed, or does not
   * stay so until they are free
   */
  async lend(): Promise<(found?: CarProfile) => void> {
    this.demandDisarmed();
    const giveBack = await this.#outputs.lend();
    try {
      this.demandDisarmed();
    } catch (error) {
      giveBack();
      throw error;
    }
    return giveBack;
  }

  /** @throws PitwallError `command-refused` */
  demandDisarmed(): void {
    const { phase } = this.#safety;
    if (phase === 'disarmed') return;
    throw new PitwallError('command-refused', `Only a disarmed car can be calibrated; it is ${phase}.`);
  }

  /** A stop that does not use the link: keyboard, gamepad, button. That it worked is remembered for that day. */
  localStop(): void {
    this.#localStopAt = this.#parts.now();
    this.command({ type: 'e-stop' });
  }

  /** The loss of the link does not stop the car: it wants a local stop that was tested. */
  requireLocalStop(): void {
    this.#needsLocalStop = true;
  }

  raised(reason: Reason): void {
    if (!this.#safety.active.includes(reason)) this.#parts.monitor?.noticed(reason);
    this.#change(transition(this.#safety, { type: 'raised', reason }));
  }

  passed(reason: Reason): void {
    this.#change(transition(this.#safety, { type: 'passed', reason }));
  }

  happened(reason: Reason): void {
    this.#parts.monitor?.noticed(reason);
    this.#change(transition(this.#safety, { type: 'happened', reason }));
  }

  /** @returns the policy that drove before: nobody asks it any more, and it may be closed. */
  load(loaded: LoadedPolicy): Policy | undefined {
    const before = this.#loaded?.policy;
    this.#loaded = loaded;
    this.#loop.input = loaded.input;
    this.#loop.policy = loaded.policy;
    this.#tell();
    return before;
  }

  readiness(): Readiness {
    const at = this.#parts.now();
    return {
      policy: this.#loaded !== undefined,
      answers: !this.#loop.isHung(at),
      frames: !this.#loop.isStale(at),
      sensors: this.#loaded?.input.isBlind(at) !== true,
      outputs: this.#outputs.ready,
      calibrated: this.#outputs.calibrated,
      localStop: !this.#needsLocalStop || (this.#localStopAt !== undefined && at - this.#localStopAt < day),
    };
  }

  /** Whether it could be armed and started now. */
  armable(): Armable {
    const { profile } = this.#parts;
    const missing = hindrances(this.#safety, this.readiness());
    const seesTwice = this.#loaded?.input.stereo === true && !isPair(profile);
    const warnings = seesTwice ? ['its model was trained with two cameras and sees the picture of one twice'] : [];
    return { ok: missing.length === 0, missing, warnings };
  }

  get safety(): Safety {
    return this.#safety;
  }

  snapshot(): CarSnapshot {
    const { phase, reason, manual, flag, scale, runSpeed } = this.#safety;
    return {
      safety: phase,
      reason,
      manual,
      flag,
      model: this.#loaded?.model ?? null,
      throttleScale: scale,
      throttleScaleNow: scaleNow(this.#safety, this.#parts.profile.yellow),
      runSpeed,
    };
  }

  /** Since the start; the rate is that of the last whole second. */
  get totals(): Totals {
    return this.#statistics.totals;
  }

  /** What happened since the last call; the rate is that of the last whole second. */
  takeTelemetry(): CarTelemetry {
    return { ...this.#statistics.take(), action: this.#target };
  }

  onChange(listener: (safety: Safety) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * For who has the outputs: every emergency stop, of whatever source, also one that finds the car faulted, which changes
   * nothing of it.
   */
  onEStop(listener: () => void): () => void {
    this.#eStopListeners.add(listener);
    return () => this.#eStopListeners.delete(listener);
  }

  /** Neutral before anything else, and every time anew. */
  #eStopped(): void {
    this.#outputs.neutral();
    for (const listener of this.#eStopListeners) listener();
  }

  #act(action: Action): void {
    const keep = this.#parts.smoothing;
    this.#steering = keep * this.#steering + (1 - keep) * action.steeringDeg;
    this.#target = { steeringDeg: this.#steering, speedMps: action.speedMps };
    if (!isWatched(this.#safety) || this.#safety.manual || this.#loaded === undefined) return;
    const at = this.#parts.now();
    // What blocked this very process kept the watch from looking, too: it is looked at before anything moves.
    if (this.#actions.isSilent(at)) {
      this.happened('inference-slow');
      return;
    }
    this.#actions.acted(at);
    if (!mayMove(this.#safety)) return;
    this.#send(this.#loaded.mapping(this.#target, scaleNow(this.#safety, this.#parts.profile.yellow)));
  }

  #sendManual(): void {
    this.#send(this.#manual.outputs(scaleNow(this.#safety, this.#parts.profile.yellow)));
  }

  #send(outputs: Outputs): void {
    const deadline = (this.#parts.now() + promise) as Micros;
    this.#outputs.setpoint(outputs, deadline);
    this.#parts.monitor?.sent(outputs, deadline);
  }

  #check(): void {
    const at = this.#parts.now();
    if (!this.#safety.manual) {
      if (this.#loop.isStale(at)) this.happened('stale-frame');
      else if (this.#loaded?.input.isBlind(at) === true) this.happened('lidar-lost');
      else if (this.#actions.isSilent(at)) this.happened('inference-slow');
    } else if (this.#manual.isSilent(at)) {
      this.happened('dead-man');
    } else if (mayMove(this.#safety)) {
      this.#sendManual();
    }
  }

  #change(next: Safety): void {
    const before = this.#safety;
    if (next === before) return;
    this.#safety = next;
    if (mayMove(before) && !mayMove(next)) this.#outputs.neutral();
    if (isWatched(before) && !isWatched(next)) {
      clearInterval(this.#tick);
      this.#loop.stopped();
    } else if (!isWatched(before) && isWatched(next)) {
      this.#tick = setInterval(() => this.#check(), tickMs);
    }
    if (isPowered(before) !== isPowered(next)) this.#outputs.power(isPowered(next));
    if (next.phase !== before.phase) {
      clearTimeout(this.#rest);
      clearTimeout(this.#warning);
      if (next.phase === 'stopping') {
        this.#rest = setTimeout(
          () => this.#change(transition(this.#safety, { type: 'at-rest' })),
          this.#parts.profile.rest,
        );
      }
      if (isWatched(next)) {
        const at = this.#parts.now();
        this.#manual.starts(at);
        this.#actions.starts(at);
      }
    }
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.#safety);
  }
}

const isPair = ({ camera }: CarProfile): boolean =>
  camera.kind === 'simulated' || ('right' in camera && camera.right !== undefined);
