import type { CarProfile } from '@pitwall/firmware-config';
import { now } from '@pitwall/runtime';
import { type AgentConfig, firstScale } from '../config/index.js';
import {
  Car,
  type DriveMonitor,
  type LoadedPolicy,
  physicalMapping,
  policyInputOf,
  stockMapping,
} from '../driving/index.js';
import { type Camera, type Decoder, openCamera, type SimulatedHardware } from '../hardware/index.js';
import type { Metrics } from '../link/index.js';
import { type LoadedModel, listPictures, readPicture } from '../model/index.js';
import type { CarPeripherals } from '../peripherals/index.js';
import type { AgentFaults } from './agent-faults.js';
import type { NeutralGuard } from './neutral-guard.js';
import { keepNeutralScript } from './neutral-script.js';

interface Parts {
  readonly simulated: SimulatedHardware | undefined;
  readonly decoder: Decoder;
  readonly monitor: DriveMonitor;
  readonly peripherals: CarPeripherals;
  readonly metrics: Metrics | undefined;
  readonly guard: NeutralGuard;
  readonly say: (line: string) => void;
}

/** The car that the profile describes, not started, with its peripherals. */
export function openCar(
  config: AgentConfig,
  profile: CarProfile,
  { simulated, decoder, monitor, peripherals, metrics, guard, say }: Parts,
): Car {
  const car = new Car({
    profile,
    drivetrain:
      profile.drivetrain.kind === 'simulated' && simulated !== undefined
        ? { ...profile.drivetrain, socket: simulated.wires }
        : profile.drivetrain,
    camera: cameraOf(profile, simulated, say),
    decode: decoder.decode,
    now,
    log: say,
    monitor,
    imu: {
      motion: (motion) => peripherals.moved(motion),
      lost: (message) => say(`${message} The car drives without it.`),
      found: () => say('the IMU is there'),
    },
    ...config.driving,
    scale: firstScale(config, profile),
    outputsReady: (drivetrain, motor) =>
      void Promise.all([keepNeutralScript(drivetrain, motor), guard.keep(drivetrain, motor)]).catch((error: unknown) =>
        say(`what makes the outputs neutral after a sudden end cannot be kept: ${(error as Error).message}`),
      ),
    ...(metrics === undefined ? {} : { observe: metrics.observe }),
  });
  peripherals.attach(car);
  return car;
}

function cameraOf(
  { camera }: CarProfile,
  simulated: SimulatedHardware | undefined,
  say: (line: string) => void,
): Camera {
  // A car with a simulated camera always has a simulated world.
  if (camera.kind === 'simulated') return simulated!;
  return openCamera(camera, {
    now,
    listPictures,
    readPicture,
    skipped: say,
    events: { lost: say, found: () => say('the camera is there') },
  });
}

/** Whether JPEG frames will be decoded at all. */
export const sendsJpeg = ({ camera }: CarProfile): boolean =>
  camera.kind === 'file' || ((camera.kind === 'v4l2' || camera.kind === 'libcamera') && camera.format === 'mjpeg');

/** Makes of a loaded model what this car drives by: its policy, what it sees, and what its actions mean for these wheels. */
export function policyPreparer(
  { mapping }: CarProfile,
  faults: AgentFaults,
  peripherals: CarPeripherals,
  say: (line: string) => void,
): (model: LoadedModel) => LoadedPolicy {
  return ({ hash, name, metadata, policy }) => {
    for (const warning of metadata.warnings) say(warning);
    return {
      model: { hash, name },
      policy: faults.slowed(policy),
      mapping: mapping.kind === 'stock' ? stockMapping(metadata.actionSpace) : physicalMapping(mapping),
      input: policyInputOf(metadata, peripherals.scan),
    };
  };
}
