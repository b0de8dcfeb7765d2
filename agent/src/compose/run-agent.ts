import type { CarProfile } from '@pitwall/firmware-config';
import { kernelBootId, now } from '@pitwall/runtime';
import type { AgentConfig } from '../config/index.js';
import type { Car, LoadedPolicy } from '../driving/index.js';
import { keyboardHelp, openDecoder, type SimulatedHardware } from '../hardware/index.js';
import type { Metrics } from '../link/index.js';
import { readLink } from '../link/index.js';
import type { LoadedModel } from '../model/index.js';
import { CarPeripherals } from '../peripherals/index.js';
import { AgentCommands } from './agent-commands.js';
import { AgentFaults } from './agent-faults.js';
import { AgentLog } from './agent-log.js';
import { carLink } from './car-link.js';
import { CarReports } from './car-reports.js';
import { openGarage } from './garage.js';
import { byHand, localControls } from './local-controls.js';
import { openMonitoring } from './monitoring.js';
import { NeutralGuard } from './neutral-guard.js';
import { openCar, policyPreparer, sendsJpeg } from './open-car.js';
import { Shutdown } from './shutdown.js';
import { simulatedHardware } from './simulated-hardware.js';
import { feedWatchdog, tellReady } from './systemd-watchdog.js';
import { TrackLink } from './track-link.js';
import { openVersions } from './versions.js';

/** Drives one car until it is told to end: makes every part, in the order in which they need each other, and starts them. */
export async function runAgent(config: AgentConfig, profile: CarProfile, file: string | undefined): Promise<void> {
  const log = new AgentLog(config.car);
  const { say } = log;
  const shutdown = new Shutdown();
  const link = new TrackLink();
  const bootId = kernelBootId();
  const configuredLink = config.link === undefined ? undefined : readLink(config.link);
  const faults = new AgentFaults(config.simulated?.faults ?? [], now);
  const linkSettings = await faults.relayed(configuredLink);
  const simulated = simulatedHardware(config, profile, shutdown.fatal);
  const decoder = await openDecoder();
  if (decoder.warning !== undefined && sendsJpeg(profile)) say(decoder.warning);
  const metrics = config.metrics === undefined ? undefined : await openMetrics(config.metrics.port);

  const monitoring = await openMonitoring(config, profile, bootId, { link, say });
  const { recorder, monitor } = monitoring;
  log.recordTo(recorder);
  const peripherals = new CarPeripherals({
    profile,
    say,
    recorder,
    lidar: profile.camera.kind === 'simulated' ? simulated?.lidar : undefined,
    tell: (happening) => link.publishEvent(happening),
  });
  const guard = new NeutralGuard();
  const car = openCar(config, profile, { simulated, decoder, monitor, peripherals, metrics, guard, say });
  const prepare = policyPreparer(profile, faults, peripherals, say);
  const { garage, firstModel } = openGarage(config, profile, {
    car,
    settings: configuredLink,
    link,
    prepare,
    light: () => peripherals.light,
    say,
    restart: () => shutdown.exit(0),
  });
  const versions = openVersions(config, file, {
    car,
    settings: configuredLink,
    link,
    say,
    restart: () => shutdown.exit(0),
  });
  const commands = new AgentCommands({ car, garage, versions, monitoring, peripherals, simulated, say });
  if (linkSettings !== undefined && config.link !== undefined) {
    const parts = { settings: linkSettings, bootId, car, garage, versions, simulated, recorder, commands, say };
    link.use(carLink(config, config.link, profile, parts));
  }
  const controls = localControls(config, profile, say);
  const reports = new CarReports({ car, peripherals, simulated, recorder, link, say });

  const stopWatchdog = feedWatchdog();
  // Neutral first, then everything that needs no link; the link says goodbye last but one.
  shutdown.order([
    stopWatchdog,
    () => reports.stop(),
    () => car.stop(),
    () => guard.stop(),
    () => peripherals.stop(),
    () => decoder.close(),
    () => metrics?.stop(),
    () => monitoring.stop(),
    ...controls.map((one) => () => one.stop()),
    () => garage.stop(),
    () => versions.stop(),
    () => link.stop(),
    () => faults.stop(),
  ]);
  shutdown.listen();
  reports.start();
  try {
    await start(profile, { car, simulated, metrics, peripherals, firstModel, prepare, say });
    versions.start();
    link.start();
    // On a car with a link it has proven itself when the track has heard it.
    if (linkSettings === undefined) versions.proven();
    for (const one of controls) one.start(byHand(car, say));
    tellReady();
    if (config.controls.keyboard && process.stdin.isTTY) say(keyboardHelp);
  } catch (error) {
    await shutdown.end();
    throw error;
  }
}

interface Started {
  readonly car: Car;
  readonly simulated: SimulatedHardware | undefined;
  readonly metrics: Metrics | undefined;
  readonly peripherals: CarPeripherals;
  readonly firstModel: () => Promise<LoadedModel | undefined>;
  readonly prepare: (model: LoadedModel) => LoadedPolicy;
  readonly say: (line: string) => void;
}

/** World, car and model at the same time, as far as they need not wait for each other. */
async function start(
  { drivetrain }: CarProfile,
  { car, simulated, metrics, peripherals, firstModel, prepare, say }: Started,
): Promise<void> {
  const world = simulated?.open();
  const [loaded] = await Promise.all([
    firstModel(),
    world,
    // Simulated wheels are in that world; real ones answer while it is built and the model loads.
    Promise.resolve(drivetrain.kind === 'simulated' ? world : undefined).then(() => car.start()),
  ]);
  await metrics?.start(car);
  await peripherals.start();
  if (loaded === undefined) return;
  car.load(prepare(loaded));
  say(`model ${loaded.name} (${loaded.hash.slice(0, 12)}) is ready`);
}

/** Loaded only where it is wanted: the library behind it costs a car memory. */
async function openMetrics(port: number): Promise<Metrics> {
  const { Metrics } = await import('../link/metrics.js');
  return new Metrics(port);
}
