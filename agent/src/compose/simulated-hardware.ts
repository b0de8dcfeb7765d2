import type { CarProfile } from '@pitwall/firmware-config';
import { PitwallError } from '@pitwall/protocol';
import type { AgentConfig } from '../config/index.js';
import { SimulatedHardware } from '../hardware/index.js';

/** Frames a second of the world of a car whose own camera is a real one. */
const worldRate = 15;

/**
 * The world of a car whose camera or drivetrain is simulated, not started; undefined for a real car.
 * @throws PitwallError `config-invalid`
 */
export function simulatedHardware(
  { car, simulated }: AgentConfig,
  { camera, drivetrain }: CarProfile,
  onGone: (message: string) => void,
): SimulatedHardware | undefined {
  if (camera.kind !== 'simulated' && drivetrain.kind !== 'simulated') return undefined;
  if (simulated === undefined) {
    throw new PitwallError('config-invalid', 'The profile is simulated; the configuration must name simulated.track.');
  }
  return new SimulatedHardware(
    { car, rate: camera.kind === 'simulated' ? camera.rate : worldRate, ...simulated },
    onGone,
  );
}
