import { basename } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { CarProfile, parseCarProfile } from './car-profile.js';

interface Linted {
  readonly profile: CarProfile;
  readonly yaml: string;
  /** What stands in the file, without what the schema fills in. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly file: string;
}

interface Rule {
  /** What a good profile is like, for the style guide. */
  readonly asks: string;
  /** What is wrong and what to do: one message each. */
  readonly check: (linted: Linted) => readonly string[];
}

const when = (wrong: boolean, message: string): readonly string[] => (wrong ? [message] : []);
const firstLine = '# yaml-language-server: $schema=../schema/car-profile.json';

/** What the schema cannot say. The table in docs/profiles.md is written from this list. */
export const carProfileRules: Readonly<Record<string, Rule>> = {
  name: {
    asks: 'The name is the file’s name.',
    check: ({ profile, file }) =>
      when(
        basename(file, '.yaml') !== profile.name,
        `name is ${profile.name}, the file is ${basename(file)}: make them one`,
      ),
  },
  'first-line': {
    asks: `The first line tells editors the schema: \`${firstLine}\`.`,
    check: ({ yaml }) => when(yaml.split('\n')[0] !== firstLine, `begin with the line ${firstLine}`),
  },
  description: {
    asks: 'The description is whole sentences that tell one car from another: at least 30 characters, with a period at the end.',
    check: ({ profile: { description } }) =>
      when(description.length < 30 || !description.endsWith('.'), 'say in whole sentences which car this is'),
  },
  order: {
    asks: 'Fields stand in the order of this page.',
    check: ({ given }) => {
      const order = Object.keys(CarProfile.shape);
      const keys = Object.keys(given);
      const sorted = [...keys].sort((a, b) => order.indexOf(a) - order.indexOf(b));
      const at = keys.findIndex((key, i) => key !== sorted[i]);
      return when(at !== -1, `${sorted[at]} comes before ${keys[at]}`);
    },
  },
  defaults: {
    asks: 'What is the default anyway is left out, so that what stands there is what is special about this car.',
    check: ({ profile, given }) => redundant(profile, given).map((path) => `leave out ${path}: it is the default`),
  },
  outputs: {
    asks: 'No two outputs share a pin or channel, the tail light’s included.',
    check: ({ profile: { drivetrain, light } }) => {
      if (drivetrain.kind === 'simulated') return [];
      if (drivetrain.kind === 'h-bridge') {
        const inputs = [drivetrain.left, drivetrain.right, { servo: drivetrain.steering?.channel }]
          .flatMap((bridge) => Object.values(bridge ?? {}))
          .filter((channel) => channel !== undefined);
        return when(new Set(inputs).size !== inputs.length, 'two outputs share a channel of the PWM chip');
      }
      if (drivetrain.kind !== 'sysfs-pwm' && drivetrain.kind !== 'pca9685')
        return when(drivetrain.steering.pin === drivetrain.motor.pin, 'steering and motor are on one pin');
      const sameChip =
        drivetrain.kind === 'sysfs-pwm' && light?.chip === drivetrain.chip && light.root === drivetrain.root;
      const channels = [
        drivetrain.steering.channel,
        drivetrain.motor.channel,
        ...(light !== undefined && sameChip ? [light.red, light.green, light.blue] : []),
      ];
      return when(new Set(channels).size !== channels.length, 'two outputs share a channel of the PWM chip');
    },
  },
  ports: {
    asks: 'Serial ports have names that last, from the udev rules (`/dev/pitwall-board`, `/dev/pitwall-lidar`) or `/dev/serial/by-id`: numbers change with the order of plugging.',
    check: ({ profile: { drivetrain, lidar, receiver } }) =>
      ['port' in drivetrain ? drivetrain.port : undefined, lidar?.port, receiver?.port].flatMap((port) =>
        when(
          port !== undefined && /^\/dev\/tty(ACM|USB)/.test(port),
          `${port} changes with the order of plugging: use a lasting name`,
        ),
      ),
  },
  cameras: {
    asks: 'Cameras have names that last, from the udev rules (`/dev/pitwall-camera`) or `/dev/v4l/by-path`: numbers change with the order of their start.',
    check: ({ profile: { camera } }) =>
      (camera.kind === 'v4l2' ? [camera.device, camera.right] : []).flatMap((device) =>
        when(
          device !== undefined && /^\/dev\/video\d/.test(device),
          `${device} changes with the order of their start: use a lasting name`,
        ),
      ),
  },
  exposure: {
    asks: 'An exposure is shorter than a frame’s time.',
    check: ({ profile: { camera } }) =>
      when(
        'exposure' in camera && camera.exposure !== 'auto' && camera.exposure > 1_000_000 / camera.rate,
        'the exposure is longer than a frame, so the camera cannot keep its rate',
      ),
  },
  pair: {
    asks: 'The two cameras of a pair are two.',
    check: ({ profile: { camera } }) =>
      when(
        (camera.kind === 'v4l2' && camera.right === camera.device) ||
          (camera.kind === 'libcamera' && camera.right === camera.camera),
        'both cameras of the pair are the same one',
      ),
  },
  battery: {
    asks: 'A limit of the battery comes with the battery that tells it.',
    check: ({ profile: { limits, battery } }) =>
      when(
        limits.battery !== undefined && battery === undefined,
        'limits.battery needs a battery that says how full it is',
      ),
  },
};

/**
 * What is wrong with a profile, beyond what its schema refuses; nothing where it is good.
 * @throws PitwallError `profile-invalid` when it is none.
 */
export function lintCarProfile(yaml: string, file: string): readonly string[] {
  const profile = parseCarProfile(yaml, file);
  const linted: Linted = { profile, yaml, given: parseYaml(yaml) as Record<string, unknown>, file };
  return Object.entries(carProfileRules).flatMap(([name, { check }]) =>
    check(linted).map((message) => `${name}: ${message}`),
  );
}

/** Paths without which the profile is the same. */
function redundant(profile: CarProfile, given: Readonly<Record<string, unknown>>): readonly string[] {
  const whole = JSON.stringify(profile);
  const found: string[] = [];
  const visit = (object: Readonly<Record<string, unknown>>, rebuild: (part: unknown) => unknown, path: string) => {
    for (const [key, value] of Object.entries(object)) {
      const { [key]: _, ...rest } = object;
      const here = path === '' ? key : `${path}.${key}`;
      const without = CarProfile.safeParse(rebuild(rest));
      if (without.success && JSON.stringify(without.data) === whole) found.push(here);
      else if (typeof value === 'object' && value !== null && !Array.isArray(value))
        visit(value as Record<string, unknown>, (part) => rebuild({ ...object, [key]: part }), here);
    }
  };
  visit(given, (part) => part, '');
  return found;
}
