import { PitwallError } from '@pitwall/protocol';
import type { CalibrationAnswer, CarState, GarageAction } from '@pitwall/protocol/messages';
import type { RemoteCalibration } from '../calibration/index.js';
import type { Car } from '../driving/index.js';
import type { CarriedModels } from './carried-models.js';

type Colour = Extract<GarageAction, { type: 'light' }>['colour'];

export interface GarageParts {
  readonly car: Car;
  readonly models: CarriedModels;
  readonly calibration: RemoteCalibration;
  /** Undefined on a car without one. A colour goes over what the car shows by itself, until null. */
  readonly light: () => { override(colour: Colour): void } | undefined;
  /** Ends the agent in order; whoever supervises it starts it again. */
  readonly restart: () => void;
}

/** How often a light changes that says "here I am", in ms. */
const blinkMs = 250;
const bright = { red: 1, green: 1, blue: 1 };
const dark = { red: 0, green: 0, blue: 0 };

/** What the pit crew does with a car that does not drive, performed. */
export class Garage {
  readonly #parts: GarageParts;
  #blink: NodeJS.Timeout | undefined;

  constructor(parts: GarageParts) {
    this.#parts = parts;
  }

  /** What it adds to the car's state. */
  get state(): Pick<CarState, 'models' | 'refusedModels'> {
    const { models, refused } = this.#parts.models;
    return { models: [...models], ...(refused.length === 0 ? {} : { refusedModels: [...refused] }) };
  }

  async stop(): Promise<void> {
    clearInterval(this.#blink);
    await this.#parts.calibration.stop();
    await this.#parts.models.stop();
  }

  /** @throws PitwallError when it is refused, with the reason */
  async command(action: GarageAction, who: string): Promise<CalibrationAnswer | undefined> {
    switch (action.type) {
      case 'stage':
      case 'load':
      case 'delete-model':
        await this.#parts.models.command(action);
        return undefined;
      case 'calibrate':
        return await this.#parts.calibration.step(action.step, who);
      case 'light':
        this.#show(action.colour);
        return undefined;
      case 'identify':
        this.#identify(action.seconds);
        return undefined;
      case 'restart':
        this.#restart();
        return undefined;
    }
  }

  #show(colour: Colour): void {
    const light = this.#parts.light();
    if (light === undefined) throw new PitwallError('command-refused', 'This car has no light that can be switched.');
    clearInterval(this.#blink);
    light.override(colour);
  }

  #identify(seconds: number): void {
    let left = Math.round((seconds * 1000) / blinkMs);
    this.#show(bright);
    this.#blink = setInterval(() => {
      left -= 1;
      if (left <= 0) this.#show(null);
      else this.#parts.light()?.override(left % 2 === 0 ? bright : dark);
    }, blinkMs);
  }

  #restart(): void {
    const { phase } = this.#parts.car.safety;
    if (phase === 'starting' || phase === 'driving' || phase === 'stopping') {
      throw new PitwallError('command-refused', `The agent is not restarted while the car is ${phase}; stop it first.`);
    }
    // The answer leaves first.
    setImmediate(this.#parts.restart);
  }
}
