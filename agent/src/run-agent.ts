import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import type { CarProfile } from '@pitwall/firmware-config';
import { PitwallError } from '@pitwall/protocol';
import { type CarAction, isOfGarage, isOfRecorder } from '@pitwall/protocol/messages';
import { type BlackBox, openBlackBox } from './black-box.js';
import type { AgentConfig } from './config.js';
import { Car, isPowered, type LoadedPolicy, physicalMapping, reasons, sightOf, stockMapping } from './driving/index.js';
import {
  kernelBootId,
  keyboardHelp,
  now,
  openCamera,
  openDecoder,
  SimulatedHardware,
  StallingRelay,
} from './hardware/index.js';
import { Link, readLink, thisComputer } from './link/index.js';
import type { Metrics } from './link/metrics.js';
import { byHand, localControls } from './local-controls.js';
import { type LoadedModel, readPicture } from './model/index.js';
import { openGarage } from './open-garage.js';
import { Senses } from './senses.js';
import { feedWatchdog } from './service.js';
import { Faults, SlowPolicy, simulatorVersion } from './simulator/index.js';
import { version } from './version.js';

const telemetryMs = 100;
/** Of a car at rest, which has little to tell, every so many are sent. */
const restingTelemetry = 5;
/** How much longer an inference takes while the fault slow-inference holds. */
const slowMs = 400;

/** Drives one car until it is told to end: chooses every part, and wires them. */
export async function runAgent(config: AgentConfig, profile: CarProfile): Promise<void> {
  const say = (line: string) => {
    console.log(`${config.car}  ${line}`);
    box?.recorder?.said(line);
  };
  let box: BlackBox | undefined;
  const bootId = kernelBootId();
  const givenLink = config.link === undefined ? undefined : readLink(config.link);
  const faults = new Faults(config.simulated?.faults ?? []);
  const born = now();
  const age = () => (now() - born) / 1e6;
  const relay =
    givenLink !== undefined && faults.expects('lost-link')
      ? new StallingRelay(givenLink.url, () => faults.has('lost-link', age()))
      : undefined;
  const linkSettings =
    relay === undefined || givenLink === undefined ? givenLink : { ...givenLink, url: await relay.start() };
  const simulated = simulatedHardware(config, profile, fatal);
  const decoder = await openDecoder();
  if (decoder.warning !== undefined && sendsJpeg(profile)) say(decoder.warning);
  const metrics = config.metrics === undefined ? undefined : await openMetrics(config.metrics.port);
  box = await openBlackBox(config, profile, bootId, say, {
    link: () => link,
    drives: () => car.safety.phase === 'driving',
  });
  const { recorder, witness } = box;
  const car = new Car({
    profile,
    drivetrain:
      profile.drivetrain.kind === 'simulated' && simulated !== undefined
        ? { ...profile.drivetrain, socket: simulated.wires }
        : profile.drivetrain,
    camera:
      profile.camera.kind === 'simulated'
        ? simulated!
        : openCamera(profile.camera, {
            now,
            readPicture,
            events: { lost: say, found: () => say('the camera is there') },
          }),
    decode: decoder.decode,
    now,
    log: say,
    witness,
    imu: {
      motion: (motion) => senses.moved(motion),
      lost: (message) => say(`${message} The car drives without it.`),
      found: () => say('the IMU is there'),
    },
    ...config.driving,
    ...(metrics === undefined ? {} : { observe: metrics.observe }),
  });

  const prepare = ({ hash, name, metadata, policy }: LoadedModel): LoadedPolicy => {
    for (const warning of metadata.warnings) say(warning);
    const { mapping } = profile;
    return {
      model: { hash, name },
      policy: faults.expects('slow-inference')
        ? new SlowPolicy(policy, { faults, seconds: age, wait: setTimeoutPromise, delayMs: slowMs })
        : policy,
      mapping: mapping.kind === 'stock' ? stockMapping(metadata.actionSpace) : physicalMapping(mapping),
      sight: sightOf(metadata, senses.scan),
    };
  };
  const { garage, firstModel } = openGarage(config, profile, {
    car,
    settings: givenLink,
    link: () => link,
    prepare,
    light: () => senses.light,
    say,
    restart: () => void end().finally(() => process.exit(0)),
  });

  let link: Link | undefined;
  /** Why there is no link, as far as it was said: each reason once in an outage. */
  const outage = new Set<string>();
  if (linkSettings !== undefined && config.link !== undefined) {
    const { lost, after } = config.link;
    if (lost === 'carry-on') car.requireLocalStop();
    link = new Link({
      settings: linkSettings,
      car: config.car,
      computer: thisComputer(bootId),
      bootId,
      now,
      random: Math.random,
      presence: () => ({
        version,
        profile: profile.name,
        model: car.snapshot().model,
        ...(simulated === undefined ? {} : { simulator: { version: simulatorVersion, seed: simulated.seed } }),
      }),
      state: () => ({ ...car.snapshot(), ...garage.state }),
      command: ({ action, who }) => {
        if (isOfRecorder(action)) return box?.command(action);
        if (!isRenewal(action) && action.type !== 'check') say(`${action.type} (${who})`);
        if (isOfGarage(action)) return garage.command(action, who);
        if (action.type === 'check') return { armable: car.armable() };
        if (action.type === 'set-on-start') return setOnStart(simulated);
        car.command(action);
        if (car.safety.phase !== 'starting' || senses.canWarn) return undefined;
        const message = 'This car has no light to warn with: it stands for that time, and then drives.';
        say(message);
        return { message };
      },
      onLap: (lap) => recorder?.lapped(lap),
      onCrossing: (crossing) => recorder?.crossed(crossing),
      onConnected: () => {
        outage.clear();
        say('linked to the track');
      },
      onDisconnected: (why) => {
        if (!outage.has(why)) say(`no link to the track: ${why} (trying again until it comes)`);
        outage.add(why);
      },
      patience: after * 1000,
      onSilent: () => {
        if (lost === 'stop-after') car.raised('link-lost');
      },
      onHeard: () => car.passed('link-lost'),
    });
  }

  const controls = localControls(config, profile);
  const senses = new Senses({ profile, car, say, recorder, tell: (happening) => link?.publishEvent(happening) });
  const unwatched = feedWatchdog();
  let ending: Promise<void> | undefined;
  /** Neutral first, then the rest of the house; the link says goodbye last but one. */
  function end(): Promise<void> {
    ending ??= (async () => {
      unwatched();
      clearInterval(telemetry);
      await car.stop();
      await senses.stop();
      decoder.close();
      metrics?.stop();
      await box?.stop();
      for (const one of controls) one.stop();
      await garage.stop();
      await link?.stop();
      await relay?.stop();
    })();
    return ending;
  }
  function fatal(message: string): void {
    console.error(`internal-error: ${message}; the car is stopped and the agent ends.`);
    void end().finally(() => process.exit(1));
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void end().finally(() => process.exit(0)));
  }
  process.on('uncaughtException', (error) => fatal(error.stack ?? error.message));
  process.on('unhandledRejection', (error) =>
    fatal(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  );

  recorder?.changed(car.snapshot(), false);
  let shown = car.safety.phase;
  car.onChange((safety) => {
    link?.publishState();
    recorder?.changed(car.snapshot(), isPowered(safety));
    if (safety.phase === shown) return;
    shown = safety.phase;
    say(safety.reason === null ? safety.phase : `${safety.phase}: ${reasons[safety.reason].text}`);
  });
  let beats = 0;
  const telemetry = setInterval(() => {
    beats += 1;
    if (!isPowered(car.safety) && beats % restingTelemetry !== 0) return;
    // Also without a link: the recorder hears of the battery there, and the metrics of the rate.
    const sensed = senses.telemetry();
    const driven = car.takeTelemetry();
    if (link?.online) {
      const recorded = recorder === undefined ? {} : { recorder: recorder.state };
      link.publishTelemetry({ ...driven, pose: simulated?.pose ?? null, ...recorded, ...sensed });
    }
  }, telemetryMs);

  try {
    const world = simulated?.open();
    const [loaded] = await Promise.all([
      firstModel(),
      world,
      // Simulated wheels are in that world; real ones answer while it is built and the model loads.
      Promise.resolve(profile.drivetrain.kind === 'simulated' ? world : undefined).then(() => car.start()),
    ]);
    await metrics?.start(car);
    await senses.start();
    if (loaded !== undefined) {
      car.load(prepare(loaded));
      say(`model ${loaded.name} (${loaded.hash.slice(0, 12)}) is ready`);
    }
    link?.start();
    for (const one of controls) one.start(byHand(car, say));
    if (config.controls.keyboard && process.stdin.isTTY) say(keyboardHelp);
  } catch (error) {
    await end();
    throw error;
  }
}

async function openMetrics(port: number): Promise<Metrics> {
  const { Metrics } = await import('./link/metrics.js');
  return new Metrics(port);
}

function setOnStart(simulated: SimulatedHardware | undefined): undefined {
  if (simulated === undefined) {
    throw new PitwallError('command-refused', 'This car is a real one: carry it to the start line.');
  }
  simulated.setOnStart();
}

const sendsJpeg = ({ camera }: CarProfile): boolean =>
  camera.kind === 'file' || ((camera.kind === 'v4l2' || camera.kind === 'libcamera') && camera.format === 'mjpeg');

/** The world of a car whose camera or drivetrain is simulated. */
function simulatedHardware(
  { car, simulated }: AgentConfig,
  { camera, drivetrain }: CarProfile,
  onGone: (message: string) => void,
): SimulatedHardware | undefined {
  if (camera.kind !== 'simulated' && drivetrain.kind !== 'simulated') return undefined;
  if (simulated === undefined) {
    throw new PitwallError('config-invalid', 'The profile is simulated; the configuration must name simulated.track.');
  }
  return new SimulatedHardware({ car, rate: camera.kind === 'simulated' ? camera.rate : 15, ...simulated }, onGone);
}

/** Said again and again while a hand holds. */
const isRenewal = (action: CarAction): boolean =>
  action.type === 'drive' || (action.type === 'calibrate' && (action.step.do === 'show' || action.step.do === 'rest'));
