import type { CarProfile, DrivetrainProfile, Pulses } from '@pitwall/firmware-config';
import { type Micros, PitwallError } from '@pitwall/protocol';
import type { CalibrationPoint, CalibrationView } from '@pitwall/protocol/messages';
import type { Now } from '@pitwall/runtime';
import { openPort, type Port } from '../driving/index.js';
import { neutral, type Outputs } from '../hardware/index.js';
import {
  flipped,
  isRest,
  nudged,
  type Output,
  outputOf,
  type Points,
  type PulsePair,
  pointsOf,
  polarityOf,
  pulsesOf,
} from './points.js';

type PulsedProfile = Exclude<DrivetrainProfile, { kind: 'simulated' | 'h-bridge' }>;

/** @throws PitwallError `command-refused` for a car without pulses */
export function pulsedOf({ drivetrain }: CarProfile): PulsedProfile {
  if (drivetrain.kind === 'simulated') {
    throw new PitwallError('command-refused', 'A simulated car needs no calibration.');
  }
  if (drivetrain.kind === 'h-bridge') {
    throw new PitwallError(
      'command-refused',
      'Motors behind an H-bridge have no pulse widths: exchange forward and backward in the profile where one turns the wrong way, and set calibrated: true.',
    );
  }
  return drivetrain;
}

/** How long a shown point holds without being shown again, in µs: the dead-man. */
const holds: Readonly<Record<Output, number>> = { steering: 10_000_000, motor: 500_000 };
/** Of the way from stop to the end: enough to see which way the wheels turn. */
const motorShare = 0.3;
/** A setpoint's promise while it is renewed, in µs. */
const promise = 150_000;
const tickMs = 40;
const readyMs = 8000;
/** Ends of the pulses that the actuator process is told to be able to make, in ns. */
const widest = { min: 400_000, max: 2_600_000 } as const;

export interface CalibratorParts {
  readonly profile: CarProfile;
  readonly now: Now;
  /** Of the calibration in force; 0 for none. */
  readonly version: number;
  readonly onLost: (message: string) => void;
  readonly openPort?: typeof openPort;
}

/**
 * Shows a car its points, one at a time, through an actuator process of its own; everything that protects driving
 * protects it, too. What is not shown again falls back to neutral.
 */
export class Calibrator {
  readonly #parts: CalibratorParts;
  readonly #drivetrain: PulsedProfile;
  #points: Points;
  #port: Port | undefined;
  /** The rests that the running actuator process takes for neutral. */
  #rests: Pick<Points, 'center' | 'stop'>;
  #shown: { readonly outputs: Outputs; readonly until: Micros } | undefined;
  #tick: NodeJS.Timeout | undefined;
  #opening: Promise<void> | undefined;
  /** Ends the wait for outputs that are being opened. */
  #giveUp: (why: PitwallError) => void = () => {};
  #stopped = false;

  /** @throws PitwallError `command-refused` for a car without pulses */
  constructor(parts: CalibratorParts) {
    const drivetrain = pulsedOf(parts.profile);
    this.#parts = parts;
    this.#drivetrain = drivetrain;
    this.#points = pointsOf(drivetrain);
    this.#rests = this.#points;
  }

  get view(): CalibrationView {
    return { points: { ...this.#points }, polarity: polarityOf(this.#points), version: this.#parts.version };
  }

  get pulses(): PulsePair {
    return pulsesOf(this.#points);
  }

  /** Neutral first. @throws PitwallError `outputs-lost`; `command-refused` where it was stopped meanwhile */
  async start(): Promise<void> {
    await this.#open();
    this.#demandGoing();
    this.#tick = setInterval(() => this.#renew(), tickMs);
  }

  /** @throws PitwallError `outputs-lost`; `command-refused` where it was stopped, also meanwhile: nothing is shown then */
  async show(point: CalibrationPoint): Promise<void> {
    const { center, stop } = this.#rests;
    // A rest that was moved becomes the neutral of everything that is shown after it.
    if (!isRest(point) && (center !== this.#points.center || stop !== this.#points.stop)) await this.#open();
    this.#demandGoing();
    this.#shown = { outputs: this.#outputs(point), until: (this.#parts.now() + holds[outputOf(point)]) as Micros };
    this.#renew();
  }

  /** @throws PitwallError `calibration-invalid`, and as {@link show} */
  async nudge(point: CalibrationPoint, by: number): Promise<void> {
    this.#points = nudged(this.#points, point, by);
    await this.show(point);
  }

  flip(output: Output): void {
    this.rest();
    this.#points = flipped(this.#points, output);
  }

  /** Neutral at once. */
  rest(): void {
    this.#shown = undefined;
    this.#port?.neutral();
  }

  /** Neutral at once, then off and closed, whatever is under way. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#tick);
    this.rest();
    this.#port?.power(false);
    const closed = this.#port?.stop();
    this.#giveUp(ended());
    await this.#opening?.catch(() => {});
    await closed;
  }

  #demandGoing(): void {
    if (this.#stopped) throw ended();
  }

  #open(): Promise<void> {
    this.#opening = (this.#opening ?? Promise.resolve())
      .catch(() => {})
      .then(async () => {
        this.#shown = undefined;
        await this.#port?.stop();
        if (this.#stopped) return;
        const { center, stop } = this.#points;
        this.#rests = { center, stop };
        await this.#begin();
      });
    return this.#opening;
  }

  async #begin(): Promise<void> {
    let port: Port | undefined;
    await new Promise<void>((resolve, reject) => {
      let why = 'it does not answer';
      const late = setTimeout(
        () => reject(new PitwallError('outputs-lost', `Motor and steering cannot be calibrated: ${why}.`)),
        readyMs,
      );
      this.#giveUp = (error) => {
        clearTimeout(late);
        reject(error);
      };
      port = (this.#parts.openPort ?? openPort)({
        profile: this.#wide(),
        motor: true,
        now: this.#parts.now,
        onReady: () => {
          clearTimeout(late);
          resolve();
        },
        onLost: (message) => {
          why = message;
          this.#shown = undefined;
          this.#parts.onLost(message);
        },
        onMissed: () => {},
        onTripped: () => {},
      });
      this.#port = port;
      port.start();
    });
    this.#demandGoing();
    port?.power(true);
  }

  /** The profile with room for every pulse, so that a share says it: `mid + share · reach`. */
  #wide(): PulsedProfile {
    const wide = (mid: number): Pulses => ({ min: mid - reach(mid), mid, max: mid + reach(mid), polarity: 1 });
    const { steering, motor } = this.#drivetrain;
    return {
      ...this.#drivetrain,
      steering: { ...steering, ...wide(this.#rests.center) },
      motor: { ...motor, ...wide(this.#rests.stop) },
    } as PulsedProfile;
  }

  #outputs(point: CalibrationPoint): Outputs {
    const { center, stop } = this.#rests;
    const pulse = this.#points[point];
    if (outputOf(point) === 'steering') return { ...neutral, steering: (pulse - center) / reach(center) };
    const shown = point === 'stop' ? pulse : stop + motorShare * (pulse - stop);
    return { ...neutral, throttle: (shown - stop) / reach(stop) };
  }

  #renew(): void {
    const shown = this.#shown;
    if (shown === undefined) return;
    const at = this.#parts.now();
    if (at >= shown.until) this.rest();
    else this.#port?.setpoint(shown.outputs, (at + promise) as Micros);
  }
}

const ended = () => new PitwallError('command-refused', 'The calibration was ended meanwhile; begin it anew.');

const reach = (mid: number): number => Math.min(mid - widest.min, widest.max - mid);
