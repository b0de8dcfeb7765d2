import { type CarProfile, readCalibration, saveCalibration, withCalibration } from '@pitwall/firmware-config';
import { type EpochMs, PitwallError } from '@pitwall/protocol';
import type { CalibrationStep, CalibrationView } from '@pitwall/protocol/messages';
import type { Car } from '../driving/index.js';
import type { Now } from '../hardware/index.js';
import { Calibrator } from './calibrator.js';

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

/** The calibration of a running agent's car, step by step over the link: the car lends its outputs for it. */
export class Bench {
  readonly #parts: BenchParts;
  #profile: CarProfile;
  #calibrator: Calibrator | undefined;
  #giveBack: ((profile: CarProfile) => void) | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(parts: BenchParts) {
    this.#parts = parts;
    this.#profile = parts.profile;
    // An emergency stop ends it as it ends driving.
    parts.car.onChange(({ phase }) => {
      if (phase !== 'disarmed') void this.stop();
    });
  }

  /** @throws PitwallError when it is refused */
  async step(step: CalibrationStep, who: string): Promise<CalibrationView> {
    if (step.do === 'begin') await this.#begin();
    const calibrator = this.#calibrator;
    if (calibrator === undefined) {
      throw new PitwallError('command-refused', 'No calibration is under way; begin one, with the wheels in the air.');
    }
    this.#wait();
    switch (step.do) {
      case 'begin':
        break;
      case 'show':
        await calibrator.show(step.point);
        break;
      case 'nudge':
        await calibrator.nudge(step.point, step.by);
        break;
      case 'flip':
        calibrator.flip(step.output);
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

  async #begin(): Promise<void> {
    const { car, file, now, say } = this.#parts;
    if (file === undefined) {
      throw new PitwallError('command-refused', 'The car’s configuration has no calibration file to write.');
    }
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
  }

  async #save(calibrator: Calibrator, who: string): Promise<CalibrationView> {
    const { file, epoch, say } = this.#parts;
    const found = calibrator.pulses;
    const { version } = saveCalibration(file as string, { ...found, who, at: epoch() as EpochMs });
    this.#profile = withCalibration(this.#profile, found);
    await this.stop();
    say(`calibrated: version ${version} (${who})`);
    return { ...calibrator.view, version };
  }

  #wait(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.stop(), patience);
  }
}
