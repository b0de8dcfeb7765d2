import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Micros, PitwallError, parse } from '@pitwall/protocol';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';

/** Offsets on the chip, as `gpioinfo` shows them; two lines are two sensors of one gate. */
const lines = z
  .array(z.number().int().min(0).max(511))
  .min(1)
  .max(4)
  .refine((list) => new Set(list).size === list.length, 'a line may be named once');

/** What reads the sensor. */
export const GateAdapter = z.discriminatedUnion('kind', [
  /** libgpiod's tool as a child: stamps of the kernel, in nanoseconds. */
  z.strictObject({
    kind: z.literal('gpiomon'),
    /** `gpiochip0`, or the chip's label (`pinctrl-bcm2835`, `pinctrl-rp1`). */
    chip: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]*$/),
    lines,
    bias: z.enum(['as-is', 'pull-up', 'pull-down', 'disabled']).default('as-is'),
  }),
  /** sysfs GPIO through epoll: for kernels without libgpiod's tools. */
  z.strictObject({
    kind: z.literal('gpio'),
    /** The chip's label, as in /sys/class/gpio/gpiochip… /label. */
    chip: z.string().min(1),
    lines,
  }),
  z.strictObject({
    kind: z.literal('serial'),
    port: z.string().min(1),
    baud: z.number().int().positive(),
    /** `lap-gate`: our firmware (500000 baud). `pulse`: any line or byte is a pulse. `passings`: decoders that name transponders. */
    format: z.enum(['lap-gate', 'pulse', 'passings']),
  }),
  /** DREM's timer, which says `lap` over a WebSocket. */
  z.strictObject({ kind: z.literal('drem'), url: z.url({ protocol: /^wss?$/ }) }),
  /** Watches a simulated car. */
  z.strictObject({ kind: z.literal('simulated') }),
]);
export type GateAdapter = z.infer<typeof GateAdapter>;

/** One gate as hardware: what the sensor is, how it is read, and how well it repeats. */
export const GateProfile = z
  .strictObject({
    schema: z.literal(1),
    name: z.string().min(1).max(63),
    description: z.string().min(1),
    sensor: z.enum(['beam', 'pressure', 'loop', 'sound', 'transponder', 'simulated']),
    adapter: GateAdapter,
    /** Which change is the car's nose; needed where the adapter gives levels. */
    edge: z.enum(['rising', 'falling', 'both']).optional(),
    /** µs after an accepted edge in which further ones belong to the same pass. */
    holdoff: Micros.min(1000).max(10_000_000),
    /** µs by which the sensor's own reaction varies from pass to pass (95 of 100); `pitwall gate check` measures it. */
    repeatability: Micros.max(1_000_000),
    /** Where the figure is from. */
    source: z.string().min(1),
    /** µs at the level of a car that is there, after which the sensor counts as stuck. */
    stuck: Micros.min(100_000)
      .max(600_000_000)
      .default(5_000_000 as Micros),
  })
  .superRefine(({ adapter, edge, sensor, repeatability }, context) => {
    const levels = adapter.kind === 'gpiomon' || adapter.kind === 'gpio' || isLapGate(adapter);
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (levels && edge === undefined) issue('edge', `${adapter.kind} gives levels: say which edge is the car's nose`);
    if (!levels && edge !== undefined) issue('edge', `${adapter.kind} gives no levels: leave it out`);
    if ((adapter.kind === 'simulated') !== (sensor === 'simulated'))
      issue('sensor', 'simulated sensor and adapter go together');
    if (sensor !== 'simulated' && repeatability === 0)
      issue('repeatability', 'no real sensor repeats exactly: measure it');
  });
export type GateProfile = z.infer<typeof GateProfile>;

const isLapGate = (adapter: GateAdapter): boolean => adapter.kind === 'serial' && adapter.format === 'lap-gate';

const shipped = new URL('../gates/', import.meta.url);

/** The names of the profiles that come with Pitwall. */
export const gateProfileNames = (): readonly string[] =>
  readdirSync(shipped)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();

/**
 * Reads a profile that comes with Pitwall by its name, or any other by its path (it has a slash or ends in .yaml).
 * @throws PitwallError `profile-invalid`, `not-found`
 */
export function readGateProfile(nameOrPath: string): GateProfile {
  const isPath = nameOrPath.includes('/') || nameOrPath.endsWith('.yaml');
  const file = isPath ? nameOrPath : fileURLToPath(new URL(`${nameOrPath}.yaml`, shipped));
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const known = isPath ? '' : ` Pitwall has: ${gateProfileNames().join(', ')}.`;
    throw new PitwallError('not-found', `The gate profile ${nameOrPath} cannot be read.${known}`, { cause });
  }
  return parseGateProfile(text, file);
}

/** @throws PitwallError `profile-invalid`, which names each wrong field. */
export function parseGateProfile(yaml: string, file: string): GateProfile {
  let value: unknown;
  try {
    value = parseYaml(yaml);
  } catch (cause) {
    throw new PitwallError('profile-invalid', `The gate profile ${file} is not YAML.`, { cause });
  }
  return parse(GateProfile, value, `The gate profile ${file}`, 'profile-invalid');
}
