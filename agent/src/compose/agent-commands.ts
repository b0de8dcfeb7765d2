import { PitwallError } from '@pitwall/protocol';
import { type CarAction, type CarCommand, isOfGarage, isOfRecorder, isOfVersions } from '@pitwall/protocol/messages';
import type { Car } from '../driving/index.js';
import type { Garage } from '../garage/index.js';
import type { SimulatedHardware } from '../hardware/index.js';
import type { CommandAnswer } from '../link/index.js';
import type { CarPeripherals } from '../peripherals/index.js';
import type { Versions } from '../versions/index.js';
import type { Monitoring } from './monitoring.js';

interface Parts {
  readonly car: Car;
  readonly garage: Garage;
  readonly versions: Versions;
  readonly monitoring: Monitoring;
  readonly peripherals: CarPeripherals;
  readonly simulated: SimulatedHardware | undefined;
  readonly say: (line: string) => void;
}

/** Which part of the agent performs a command of the track. */
export class AgentCommands {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws PitwallError when it is refused */
  perform({ action, who }: Pick<CarCommand, 'action' | 'who'>): CommandAnswer | Promise<CommandAnswer> {
    const { car, garage, versions, monitoring, say } = this.#parts;
    if (isOfRecorder(action)) {
      // Reading and sending takes of the time that driving needs.
      if (action.type === 'fetch-recording' && car.safety.phase === 'driving')
        throw new PitwallError('command-refused', 'The car drives; fetch its recordings when it stands.');
      return monitoring.command(action);
    }
    if (!isRenewal(action) && action.type !== 'check') say(`${action.type} (${who})`);
    if (isOfGarage(action)) return garage.command(action, who);
    if (isOfVersions(action)) return versions.command(action).then(() => undefined);
    if (action.type === 'check') return { armable: car.armable() };
    if (action.type === 'set-on-start') return this.#setOnStart();
    car.command(action);
    return this.#warning();
  }

  /** A car that is about to drive warns with its light; the track hears where it cannot. */
  #warning(): CommandAnswer {
    const { car, peripherals, say } = this.#parts;
    if (car.safety.phase !== 'starting' || peripherals.canWarn) return undefined;
    const message = 'This car has no light to warn with: it stands for that time, and then drives.';
    say(message);
    return { message };
  }

  #setOnStart(): undefined {
    const { simulated } = this.#parts;
    if (simulated === undefined) {
      throw new PitwallError('command-refused', 'This car is a real one: carry it to the start line.');
    }
    simulated.setOnStart();
  }
}

/** Sent again and again while somebody holds a control. */
const isRenewal = (action: CarAction): boolean =>
  action.type === 'drive' || (action.type === 'calibrate' && (action.step.do === 'show' || action.step.do === 'rest'));
