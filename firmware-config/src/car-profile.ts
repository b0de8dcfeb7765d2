import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PitwallError, parse } from '@pitwall/protocol';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';

/** Pulse widths in ns, and which way round: `duty = mid + p · (p < 0 ? mid − min : max − mid)` with `p = value · polarity`. */
export const Pulses = z
  .strictObject({
    min: z.number().int().min(400_000).max(2_600_000),
    mid: z.number().int().min(400_000).max(2_600_000),
    max: z.number().int().min(400_000).max(2_600_000),
    polarity: z.union([z.literal(1), z.literal(-1)]),
  })
  .refine(({ min, mid, max }) => min < mid && mid < max, 'min, mid and max must ascend');
export type Pulses = z.infer<typeof Pulses>;

const steering = Pulses;
const motor = Pulses;
const pin = z.number().int().min(2).max(19);
const channel = z.number().int().min(0).max(15);

export const DrivetrainProfile = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('simulated'),
    degrees: z.number().positive(),
    speed: z.number().positive(),
    /** The Unix socket of the simulated world; the agent fills it in. */
    socket: z.string().default(''),
  }),
  z.strictObject({
    kind: z.literal('sysfs-pwm'),
    /** A folder of /sys/class/pwm, or what its symlink's target contains (`0000:00:17.0`, `i2c-1`). */
    chip: z.string().min(1),
    root: z.string().default('/sys/class/pwm'),
    period: z.number().int().positive().default(20_000_000),
    steering: steering.safeExtend({ channel }),
    motor: motor.safeExtend({ channel }),
    /** The motor driver's enable line, where there is one: sysfs GPIO numbers to try in turn (kernels from 6.6 on start at 512). */
    enable: z
      .strictObject({
        gpios: z.array(z.number().int().nonnegative()).min(1),
        low: z.boolean(),
        root: z.string().default('/sys/class/gpio'),
      })
      .optional(),
  }),
  z.strictObject({
    kind: z.enum(['firmata', 'drive-unit']),
    port: z.string().min(1),
    baud: z.number().int().positive().default(57_600),
    steering: steering.safeExtend({ pin }),
    motor: motor.safeExtend({ pin }),
  }),
]);
export type DrivetrainProfile = z.infer<typeof DrivetrainProfile>;

const pairs = z
  .array(z.tuple([z.number(), z.number().min(-1).max(1)]))
  .min(2)
  .refine((list) => list.every(([at], i) => i === 0 || at > list[i - 1]![0]), 'must ascend');

/** `stop` latches, `mark` is written down only. */
const onMotion = z.enum(['stop', 'mark']).default('mark');

/** One car as hardware: what is wired how, and what it may bear. */
export const CarProfile = z.strictObject({
  schema: z.literal(1),
  name: z.string().min(1).max(63),
  description: z.string().min(1),
  /** False until someone has calibrated this very car: it cannot be armed before. */
  calibrated: z.boolean(),
  drivetrain: DrivetrainProfile,
  /** `stock` as the stock car maps actions; `physical` by measured pairs (degrees → share, m/s → share). */
  mapping: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('stock') }),
    z.strictObject({ kind: z.literal('physical'), steering: pairs, speed: pairs }),
  ]),
  camera: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('simulated'), rate: z.number().min(1).max(120) }),
    /** For driving by hand only. */
    z.strictObject({ kind: z.literal('none') }),
  ]),
  limits: z
    .strictObject({
      /** Level below which the car stops, in the battery's own unit. */
      battery: z.number().optional(),
      /** °C above which the car stops. */
      temperature: z.number().optional(),
    })
    .default({}),
  motion: z
    .strictObject({ crash: onMotion, lifted: onMotion, rolled: onMotion })
    .default({ crash: 'mark', lifted: 'mark', rolled: 'mark' }),
  /** An accelerometer that the kernel exposes through IIO, by the kernel's name of it. */
  imu: z
    .strictObject({
      name: z.string().min(1),
      inverted: z.boolean().default(false),
      root: z.string().default('/sys/bus/iio/devices'),
    })
    .optional(),
  /** An emergency stop button at a GPIO of the car, and the level that means pressed. */
  button: z
    .strictObject({
      gpio: z.number().int().nonnegative(),
      pressed: z.union([z.literal(0), z.literal(1)]),
      root: z.string().default('/sys/class/gpio'),
    })
    .optional(),
  /** What a yellow flag leaves of the throttle, in percent. */
  yellow: z.number().min(0).max(100).default(50),
  /** How long neutral takes to bring the car to rest, in ms. */
  rest: z.number().int().min(0).max(10_000).default(500),
});
export type CarProfile = z.infer<typeof CarProfile>;

const shipped = new URL('../cars/', import.meta.url);

/** The names of the profiles that come with Pitwall. */
export const carProfileNames = (): readonly string[] =>
  readdirSync(shipped)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();

/**
 * Reads a profile that comes with Pitwall by its name, or any other by its path (it has a slash or ends in .yaml).
 * @throws PitwallError `profile-invalid`, `not-found`
 */
export function readCarProfile(nameOrPath: string): CarProfile {
  const isPath = nameOrPath.includes('/') || nameOrPath.endsWith('.yaml');
  const file = isPath ? nameOrPath : fileURLToPath(new URL(`${nameOrPath}.yaml`, shipped));
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const known = isPath ? '' : ` Pitwall has: ${carProfileNames().join(', ')}.`;
    throw new PitwallError('not-found', `The car profile ${nameOrPath} cannot be read.${known}`, { cause });
  }
  return parseCarProfile(text, file);
}

/** @throws PitwallError `profile-invalid`, which names each wrong field. */
export function parseCarProfile(yaml: string, file: string): CarProfile {
  let value: unknown;
  try {
    value = parseYaml(yaml);
  } catch (cause) {
    throw new PitwallError('profile-invalid', `The car profile ${file} is not YAML.`, { cause });
  }
  return parse(CarProfile, value, `The car profile ${file}`, 'profile-invalid');
}
