import type { CarProfile } from '@pitwall/firmware-config';
import { errorLine } from '@pitwall/protocol';
import type { DrivingAction } from '@pitwall/protocol/messages';
import type { AgentConfig } from '../config/index.js';
import type { Car } from '../driving/index.js';
import {
  type Controls,
  type ControlsEvents,
  type DeviceEvents,
  EmergencyButton,
  Gamepad,
  Keyboard,
  RcReceiver,
} from '../hardware/index.js';

/** What drives and stops this car at the car itself. */
export function localControls(
  config: AgentConfig,
  profile: CarProfile,
  say: (line: string) => void,
): readonly Controls[] {
  return [
    ...(config.controls.keyboard && process.stdin.isTTY
      ? [new Keyboard(process.stdin, (name) => process.kill(process.pid, name))]
      : []),
    ...localStops(config, profile, { lost: say, found: () => say('the receiver is heard') }),
  ];
}

/** What stops it also while a terminal's keys mean something else. */
export function localStops(
  { controls: { gamepad } }: AgentConfig,
  profile: CarProfile,
  receiver?: DeviceEvents,
): readonly Controls[] {
  return [
    ...(gamepad === undefined ? [] : [new Gamepad(gamepad)]),
    ...(profile.button === undefined ? [] : [new EmergencyButton(profile.button)]),
    ...(profile.receiver === undefined
      ? []
      : [new RcReceiver(profile.receiver, receiver === undefined ? {} : { events: receiver })]),
  ];
}

/** What is refused is said in the terminal; nobody else asked. */
export function byHand(car: Car, say: (line: string) => void): ControlsEvents {
  const attempt = (action: DrivingAction) => {
    try {
      car.command(action);
    } catch (error) {
      say(errorLine(error));
    }
  };
  return {
    emergency: () => car.localStop(),
    drive: ({ steering, throttle }) => {
      // A hand that comes back goes on with the same movement: that is its one command.
      if (car.safety.reason === 'dead-man' && car.safety.phase !== 'faulted') attempt({ type: 'resume' });
      attempt({ type: 'drive', steering, throttle });
    },
    command: (type) => attempt(type === 'arm' ? { type, manual: true } : { type }),
  };
}
