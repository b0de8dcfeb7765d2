import type { CarProfile } from '@pitwall/firmware-config';
import { type BootId, spokenProtocol } from '@pitwall/protocol';
import { now, thisComputer } from '@pitwall/runtime';
import { type AgentConfig, version } from '../config/index.js';
import type { Car } from '../driving/index.js';
import type { Garage } from '../garage/index.js';
import type { SimulatedHardware } from '../hardware/index.js';
import { CarLink, type LinkSettings } from '../link/index.js';
import type { Recorder } from '../recorder/index.js';
import { simulatorVersion } from '../simulator/index.js';
import type { Versions } from '../versions/index.js';
import type { AgentCommands } from './agent-commands.js';

interface Parts {
  readonly settings: LinkSettings;
  readonly bootId: BootId;
  readonly car: Car;
  readonly garage: Garage;
  readonly versions: Versions;
  readonly simulated: SimulatedHardware | undefined;
  readonly recorder: Recorder | undefined;
  readonly commands: AgentCommands;
  readonly say: (line: string) => void;
}

/** Who drives by hand sees the car: it stops before it is where they did not steer it. */
const byHandMs = 300;

/** The car's link to its track, and what the car does when it is lost: stop, or carry on where the configuration says so. */
export function carLink(
  config: AgentConfig,
  { lost, after }: NonNullable<AgentConfig['link']>,
  profile: CarProfile,
  { settings, bootId, car, garage, versions, simulated, recorder, commands, say }: Parts,
): CarLink {
  if (lost === 'carry-on') car.requireLocalStop();
  /** Why there is no link, as far as it was said: each reason once in an outage. */
  const outage = new Set<string>();
  const foreign = new Set<string>();
  return new CarLink({
    settings,
    car: config.car,
    computer: thisComputer(bootId),
    bootId,
    now,
    random: Math.random,
    presence: () => ({
      version,
      protocol: spokenProtocol,
      architecture: process.arch,
      profile: profile.name,
      model: car.snapshot().model,
      ...(simulated === undefined ? {} : { simulator: { version: simulatorVersion, seed: simulated.seed } }),
    }),
    state: () => ({ ...car.snapshot(), ...garage.state, ...versionsOf(versions) }),
    command: (command) => commands.perform(command),
    onForeign: (sentence) => {
      if (!foreign.has(sentence)) say(`version-incompatible: ${sentence}`);
      foreign.add(sentence);
    },
    onLap: (lap) => recorder?.lapped(lap),
    onCrossing: (crossing) => recorder?.crossed(crossing),
    onConnected: () => {
      outage.clear();
      say('linked to the track');
      versions.proven();
    },
    onDisconnected: (why) => {
      if (!outage.has(why)) say(`no link to the track: ${why} (trying again until it comes)`);
      outage.add(why);
    },
    patience: () => (car.safety.manual ? Math.min(after, byHandMs) : after) * 1000,
    onSilent: () => {
      if (lost === 'stop-after') car.raised('link-lost');
    },
    onHeard: () => car.passed('link-lost'),
  });
}

const versionsOf = ({ state }: Versions) => (state === undefined ? {} : { versions: state });
