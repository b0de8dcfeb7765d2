import { Micros } from '@pitwall/protocol';
import { z } from 'zod';
import { shippedProfiles } from './shipped.js';

/** Offsets on the chip, as `gpioinfo` shows them; two lines are two sensors of one gate. */
const lines = z
  .array(z.number().int().min(0).max(511))
  .min(1)
  .max(4)
  .refine((list) => new Set(list).size === list.length, 'a line may be named once');

const chipName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]*$/);

/** What reads the sensor. */
export const GateAdapter = z.discriminatedUnion('kind', [
  /** libgpiod's tool as a child: stamps of the kernel, in nanoseconds. */
  z.strictObject({
    kind: z.literal('gpiomon'),
    /** The chip's label (`pinctrl-rp1`) or name (`gpiochip0`); of several the first that is there. */
    chip: z.union([chipName, z.array(chipName).min(1)]),
    lines,
    bias: z.enum(['as-is', 'pull-up', 'pull-down', 'disabled']).default('as-is'),
  }),
  /** sysfs GPIO through epoll: for kernels without libgpiod's tools. */
  z.strictObject({
    kind: z.literal('gpio'),
    /** The chip's label, as in /sys/class/gpio/gpiochip… /label; of several the first that is there. */
    chip: z.union([chipName, z.array(chipName).min(1)]),
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
  /** The community's deepracer-timer, which says `passed` over Socket.IO. */
  z.strictObject({ kind: z.literal('deepracer-timer'), url: z.url({ protocol: /^wss?$/ }) }),
  /** A decoder of MyLaps or AMB, by its P3 protocol over TCP: it stamps by its own clock and names transponders. */
  z.strictObject({
    kind: z.literal('p3'),
    host: z.string().min(1).max(253),
    port: z.number().int().min(1).max(65_535).default(5403),
  }),
  /** A key of a keyboard or of a foot switch, read where the kernel gives it (evdev). */
  z.strictObject({
    kind: z.literal('evdev'),
    /** `/dev/input/by-id/…-event-kbd`: stays the same wherever it is plugged in. */
    device: z.string().min(1),
    /** The kernel's code of the key, as `evtest` shows it (input-event-codes.h): 30 is A, 48 B, 67 F9. */
    key: z.number().int().min(1).max(767),
  }),
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
    sensor: z.enum(['beam', 'pressure', 'loop', 'sound', 'transponder', 'button', 'simulated']),
    adapter: GateAdapter,
    /** Which change is the car's nose; needed where the adapter gives levels. */
    edge: z.enum(['rising', 'falling', 'both']).optional(),
    /** Sensors that are no line but a button: pressed, it stops every car. */
    stop: z
      .strictObject({
        /** Which of the adapter's, from 0: the place of the line in `lines`. */
        sensors: z.array(z.number().int().min(0).max(3)).min(1),
        /** Which change is the press; needed where the adapter gives levels. */
        pressed: z.enum(['rising', 'falling']).optional(),
      })
      .optional(),
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
  .superRefine(({ adapter, edge, sensor, repeatability, stop }, context) => {
    const levels = adapter.kind === 'gpiomon' || adapter.kind === 'gpio' || isLapGate(adapter);
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (levels && edge === undefined) issue('edge', `${adapter.kind} gives levels: say which edge is the car's nose`);
    if (!levels && edge !== undefined) issue('edge', `${adapter.kind} gives no levels: leave it out`);
    if (stop !== undefined) {
      const count = 'lines' in adapter ? adapter.lines.length : 1;
      if (stop.sensors.some((one) => one >= count)) issue('stop', `the adapter has the sensors 0 to ${count - 1}`);
      if (levels && stop.pressed === undefined) issue('stop', `${adapter.kind} gives levels: say which one is pressed`);
      if (!levels && stop.pressed !== undefined) issue('stop', `${adapter.kind} gives no levels: leave pressed out`);
    }
    if ((adapter.kind === 'simulated') !== (sensor === 'simulated'))
      issue('sensor', 'simulated sensor and adapter go together');
    if (sensor !== 'simulated' && repeatability === 0)
      issue('repeatability', 'no real sensor repeats exactly: measure it');
  });
export type GateProfile = z.infer<typeof GateProfile>;

const isLapGate = (adapter: GateAdapter): boolean => adapter.kind === 'serial' && adapter.format === 'lap-gate';

const gates = shippedProfiles(new URL('../gates/', import.meta.url), GateProfile, 'gate profile');
export const gateProfileNames = gates.names;
export const readGateProfile = gates.read;
export const parseGateProfile = gates.parse;
