import {
  type CarProfile,
  calibrationVersion,
  calibrationVersions,
  presentCalibration,
  readCalibration,
  readStockCalibration,
  saveCalibration,
  withCalibration,
  writeStockCalibration,
} from '@pitwall/firmware-config';
import { type EpochMs, PitwallError } from '@pitwall/protocol';
import type { CalibrationAnswer, CalibrationStep, CalibrationView } from '@pitwall/protocol/messages';
import type { Car } from '../driving/index.js';
import type { Now } from '../hardware/index.js';
import { Calibrator, pulsedOf } from './calibrator.js';
import { type PulsePair, pointsOf, polarityOf } from './points.js';

export interface BenchParts {
  readonly car: Car;
  readonly profile: CarProfile;
  /** Where this car's calibration is kept; undefined: nowhere, so it cannot be calibrated from afar. */
  readonly file: string | undefined;
  readonly now: Now;
  readonly epoch: () => number;
  readonly say: (line: string) => void;
}

/** A calibration that nobody goes on with ends by itself, in ms. */
const patience = 120_000;
/** So many versions are listed. */
const listed = 50;

/** The calibration of a running agent's car, step by step over the link: the car lends its outputs for it. */
export class Bench {
  readonly #parts: BenchParts;
  #profile: CarProfile;
  #calibrator: Calibrator | undefined;
  #giveBack: ((profile: CarProfile) => void) | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** The outputs change hands: who else wants them comes too late. */
  #taking = false;

  constructor(parts: BenchParts) {
    this.#parts = parts;
    this.#profile = parts.profile;
    // An emergency stop ends it as it ends driving.
    parts.car.onChange(({ phase }) => {
      if (phase !== 'disarmed') void this.stop();
    });
  }

  /** @throws PitwallError when it is refused */
  async step(step: CalibrationStep, who: string): Promise<CalibrationAnswer> {
    switch (step.do) {
      case 'list':
        return { calibrations: calibrationVersions(this.#file()).slice(-listed).map(kept) };
      case 'export':
        return { stock: writeStockCalibration(presentCalibration(this.#file())) };
      case 'restore':
        return { calibration: await this.#put(calibrationVersion(this.#file(), step.version), who) };
      case 'import':
        return { calibration: await this.#put(readStockCalibration(step.stock, 'that was sent'), who) };
      case 'begin':
        return { calibration: await this.#alone(() => this.#begin()) };
      default:
        return { calibration: await this.#go(step, who) };
    }
  }

  async #go(
    step: Extract<CalibrationStep, { do: 'show' | 'nudge' | 'flip' | 'rest' | 'save' | 'cancel' }>,
    who: string,
  ): Promise<CalibrationView> {
    const calibrator = this.#calibrator;
    if (calibrator === undefined) {
      throw new PitwallError('command-refused', 'No calibration is under way; begin one, with the wheels in the air.');
    }
    this.#wait();
    switch (step.do) {
      case 'show':
        await calibrator.show(step.point);
        break;
      case 'nudge':
        await calibrator.nudge(step.point, step.by);
        break;
      case 'flip':
        calibrator.flip(step.output);
        break;
      case 'rest':
        calibrator.rest();
        break;
      case 'save':
        return await this.#save(calibrator, who);
      case 'cancel':
        await this.stop();
    }
    return calibrator.view;
  }

  /** Neutral; the car has its outputs again. Idempotent. */
  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    const { 0: calibrator, 1: giveBack } = [this.#calibrator, this.#giveBack] as const;
    this.#calibrator = undefined;
    this.#giveBack = undefined;
    await calibrator?.stop();
    giveBack?.(this.#profile);
  }

  async #begin(): Promise<CalibrationView> {
    const { car, now, say } = this.#parts;
    const file = this.#file();
    await this.stop();
    const calibrator = new Calibrator({
      profile: this.#profile,
      now,
      version: readCalibration(file)?.version ?? 0,
      onLost: (message) => say(`outputs lost in calibration: ${message}`),
    });
    this.#giveBack = await car.lend();
    this.#calibrator = calibrator;
    try {
      await calibrator.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#wait();
    return calibrator.view;
  }

  async #save(calibrator: Calibrator, who: string): Promise<CalibrationView> {
    const view = this.#keep(calibrator.pulses, who);
    await this.stop();
    return view;
  }

  /** What was found before, or elsewhere, takes over: the car's outputs begin anew with it. */
  #put(found: PulsePair, who: string): Promise<CalibrationView> {
    return this.#alone(async () => {
      await this.stop();
      const giveBack = await this.#parts.car.lend();
      try {
        return this.#keep(found, who);
      } finally {
        giveBack(this.#profile);
      }
    });
  }

  #keep({ steering, motor }: PulsePair, who: string): CalibrationView {
    const { epoch, say } = this.#parts;
    const saved = saveCalibration(this.#file(), { steering, motor, who, at: epoch() as EpochMs });
    this.#profile = withCalibration(this.#profile, saved);
    say(`calibrated: version ${saved.version} (${who})`);
    return viewOf(saved);
  }

  /** @throws PitwallError `command-refused` */
  #file(): string {
    const { file } = this.#parts;
    pulsedOf(this.#profile);
    if (file === undefined) {
      throw new PitwallError('command-refused', 'The car’s configuration has no calibration file to write.');
    }
    return file;
  }

  async #alone<T>(take: () => Promise<T>): Promise<T> {
    if (this.#taking) throw new PitwallError('command-refused', 'Somebody else begins to calibrate this car just now.');
    this.#taking = true;
    try {
      return await take();
    } finally {
      this.#taking = false;
    }
  }

  #wait(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.stop(), patience);
  }
}

function viewOf({ version, ...pulses }: PulsePair & { readonly version: number }): CalibrationView {
  const points = pointsOf(pulses);
  return { points, polarity: polarityOf(points), version };
}

function kept(one: ReturnType<typeof calibrationVersion>) {
  const { at, who } = one;
  return { ...viewOf(one), at, who };
}
