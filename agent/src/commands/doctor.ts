import { type CarProfile, readCalibration } from '@pitwall/firmware-config';
import { now } from '@pitwall/runtime';
import type { Command } from 'commander';
import { localStops } from '../compose/index.js';
import { type AgentConfig, profileOf, readAgentConfig } from '../config/index.js';
import {
  batteryCheck,
  brokerCheck,
  type Check,
  calibrationCheck,
  cameraCheck,
  diskCheck,
  examine,
  imuCheck,
  lidarCheck,
  lightCheck,
  type ModelToCheck,
  modelCheck,
  nextStep,
  outputsCheck,
  sweepCheck,
  table,
  temperatureCheck,
  tiltCheck,
  videoCheck,
} from '../doctor/index.js';
import { openCamera, openPeripherals } from '../hardware/index.js';
import { readLink } from '../link/index.js';
import { listPictures, loadModel, readPicture } from '../model/index.js';
import { ModelStore } from '../model-store/index.js';

interface DoctorFlags {
  readonly config: string;
  readonly sweep?: boolean;
  readonly tilt?: boolean;
  readonly json?: boolean;
}

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check this machine against its profile, and say what to do; exit code 1 where something failed')
    .requiredOption('--config <file>', 'the agent’s configuration; the agent itself must not run meanwhile')
    .option('--sweep', 'turn the wheels left and right: lift the car')
    .option('--tilt', 'ask for the car’s nose and left side up, and find a wrong axis of its IMU')
    .option('--json', 'for programs')
    .action(async ({ config, sweep, tilt, json }: DoctorFlags) => {
      const agentConfig = readAgentConfig(config, process.env, {});
      const checks = await checksOf(agentConfig, profileOf(agentConfig), {
        sweep: sweep === true,
        tilt: tilt === true,
      });
      const results = await examine(checks, () => {});
      const failed = results.some(({ state }) => state === 'failed');
      console.log(
        json === true
          ? JSON.stringify({ car: agentConfig.car, profile: agentConfig.profile, ok: !failed, checks: results })
          : `${table(results)}\n${nextStep(results)}`,
      );
      // Native runtimes keep threads; nothing is left to do.
      process.exit(failed ? 1 : 0);
    });
}

/** Everything that this car has, in the order in which a crew would look. */
async function checksOf(
  config: AgentConfig,
  profile: CarProfile,
  { sweep, tilt }: { sweep: boolean; tilt: boolean },
): Promise<Check[]> {
  const { camera, drivetrain } = profile;
  // What is lost the check itself says.
  const events = { lost: () => {}, found: () => {} };
  const { imu, lidar, battery, light } = openPeripherals(profile, { now, events: () => events });
  const calibrated = config.calibration === undefined ? undefined : readCalibration(config.calibration);
  const rate = 'rate' in camera ? camera.rate : 30;
  return [
    outputsCheck(drivetrain),
    ...(sweep ? [sweepCheck(drivetrain, localStops(config, profile))] : []),
    calibrationCheck(profile, calibrated?.version),
    ...(camera.kind === 'simulated' || camera.kind === 'none'
      ? []
      : [
          cameraCheck(
            camera,
            (skipped) => openCamera(camera, { now, listPictures, readPicture, skipped, events }),
            now,
          ),
        ]),
    ...(imu === undefined ? [] : [imuCheck(() => imu)]),
    ...(tilt && imu !== undefined
      ? [
          tiltCheck(
            () => openPeripherals(profile, { now, events: () => events }).imu!,
            (line) => console.error(line),
          ),
        ]
      : []),
    ...(lidar === undefined ? [] : [lidarCheck(() => lidar)]),
    ...(battery === undefined ? [] : [batteryCheck(() => battery, profile.limits.battery)]),
    ...(light === undefined ? [] : [lightCheck(() => light)]),
    temperatureCheck(profile),
    diskCheck('disk for models', config.models.folder),
    ...(config.recorder.when === 'never'
      ? []
      : [diskCheck('disk for recordings', config.recorder.folder), videoCheck()]),
    modelCheck(await modelOf(config), rate),
    brokerCheck(config.car, config.link === undefined ? undefined : readLink(config.link)),
  ];
}

/** The model that `run` would drive. */
async function modelOf({ model, models }: AgentConfig): Promise<ModelToCheck | undefined> {
  const store = new ModelStore(models.folder, models.quota * 2 ** 20);
  const chosen = await store.chosen();
  if (chosen !== undefined) return { load: () => store.load(chosen), staged: (await store.note(chosen))?.golden };
  return model === undefined ? undefined : { load: () => loadModel(model) };
}
