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
import type { Now } from '@pitwall/runtime';
import type { Car, openPort } from '../driving/index.js';
import { Calibrator, pulsedOf } from './calibrator.js';
import { type PulsePair, pointsOf, polarityOf } from './points.js';

export interface RemoteCalibrationParts {
  readonly car: Car;
  readonly profile: CarProfile;
  /** Where this car's calibration is kept; undefined: nowhere, so it cannot be calibrated from afar. */
  readonly file: string | undefined;
  readonly now: Now;
  readonly epoch: () => number;
  readonly say: (line: string) => void;
  readonly openPort?: typeof openPort;
}

/** A calibration that nobody goes on with ends by itself, in ms. */
const patience = 120_000;
/** So many versions are listed. */
const listed = 50;

/** The calibration of a running agent's car, step by step over the link: the car lends its outputs for it. */
export class RemoteCalibration {
  readonly #parts: RemoteCalibrationParts;
  #profile: CarProfile;
  /** What is under way, with the outputs that it has. */
  #current: { readonly calibrator: Calibrator; readonly giveBack: (found: CarProfile) => void } | undefined;
  #ending: Promise<void> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  /** The outputs change hands: who else wants them comes too late. */
  #taking = false;
  /** So many emergency stops there were. */
  #eStops = 0;

  constructor(parts: RemoteCalibrationParts) {
    this.#parts = parts;
    this.#profile = parts.profile;
    // An emergency stop ends it as it ends driving.
    parts.car.onEStop(() => {
      this.#eStops += 1;
      void this.stop();
    });
  }

  /** @throws PitwallError when it is refused */
  async step(step: CalibrationStep, who: string): Promise<CalibrationAnswer> {
    switch (step.do) {
      case 'list':
        return { calibrations: calibrationVersions(this.#file()).slice(-listed).map(versionOf) };
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
    const calibrator = this.#current?.calibrator;
    if (calibrator === undefined) {
      throw new PitwallError('command-refused', 'No calibration is under way; begin one, with the wheels in the air.');
    }
    this.#wait();
    switch (step.do) {
      case 'show':
        this.#parts.car.demandDisarmed();
        await calibrator.show(step.point);
        break;
      case 'nudge':
        this.#parts.car.demandDisarmed();
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

  /** Neutral at once; then the car has its outputs again. Idempotent. */
  stop(): Promise<void> {
    clearTimeout(this.#idle);
    const held = this.#current;
    if (held === undefined) return this.#ending;
    this.#current = undefined;
    this.#ending = held.calibrator.stop().then(() => held.giveBack(this.#profile));
    return this.#ending;
  }

  async #begin(): Promise<CalibrationView> {
    const { now, say, openPort } = this.#parts;
    const file = this.#file();
    const calibrator = new Calibrator({
      profile: this.#profile,
      now,
      version: readCalibration(file)?.version ?? 0,
      onLost: (message) => say(`outputs lost in calibration: ${message}`),
      ...(openPort === undefined ? {} : { openPort }),
    });
    await this.#borrow((giveBack) => {
      this.#current = { calibrator, giveBack };
    });
    try {
      await calibrator.start();
      if (this.#current?.calibrator !== calibrator) throw endedMeanwhile();
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
    return this.#alone(() =>
      this.#borrow((giveBack) => {
        try {
          return this.#keep(found, who);
        } finally {
          giveBack(this.#profile);
        }
      }),
    );
  }

  /**
   * The outputs, once whatever was under way has let go of them. An emergency stop that comes meanwhile ends what wants
   * them, also where the car was cleared since. @throws PitwallError `command-refused`
   */
  async #borrow<T>(take: (giveBack: (found: CarProfile) => void) => T): Promise<T> {
    const eStops = this.#eStops;
    await this.stop();
    const giveBack = await this.#parts.car.lend();
    if (eStops === this.#eStops) return take(giveBack);
    giveBack();
    throw endedMeanwhile();
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

const endedMeanwhile = () =>
  new PitwallError('command-refused', 'An emergency stop came meanwhile: the calibration was not begun.');

function viewOf({ version, ...pulses }: PulsePair & { readonly version: number }): CalibrationView {
  const points = pointsOf(pulses);
  return { points, polarity: polarityOf(points), version };
}

function versionOf(one: ReturnType<typeof calibrationVersion>) {
  const { at, who } = one;
  return { ...viewOf(one), at, who };
}
