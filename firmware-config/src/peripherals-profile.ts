import { z } from 'zod';
import { pwmChip } from './drivetrain-profile.js';

const axes = ['x', 'y', 'z', '-x', '-y', '-z'] as const;
const axis = z.enum(axes);

/** Whether three axes are a rotation, not a mirror image: the third is the product of the other two. */
function isRotation(mounting: Readonly<Record<'forward' | 'left' | 'up', (typeof axes)[number]>>): boolean {
  const vector = (name: string) =>
    ['x', 'y', 'z'].map((one) => (name.endsWith(one) ? (name.startsWith('-') ? -1 : 1) : 0));
  const [a, b, c] = [vector(mounting.forward), vector(mounting.left), vector(mounting.up)] as [
    number[],
    number[],
    number[],
  ];
  const product = [0, 1, 2].map((i) => a[(i + 1) % 3]! * b[(i + 2) % 3]! - a[(i + 2) % 3]! * b[(i + 1) % 3]!);
  return product.every((value, i) => value === c[i]);
}

const mounting = z
  .strictObject({
    forward: axis.describe('Its axis that points forward.'),
    left: axis.describe('Its axis that points to the left.'),
    up: axis.describe('Its axis that points up.'),
  })
  .refine(isRotation, 'is no rotation: forward × left must give up')
  .default({ forward: 'x', left: 'y', up: 'z' })
  .describe('How it is mounted: which axis of the chip (`x`, `-x`, …) points where on the car.');

export const ImuProfile = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('iio'),
      name: z.string().min(1).describe('What the kernel calls it in `name`: `bmi160`.'),
      mounting,
      root: z.string().default('/sys/bus/iio/devices').describe('Where the kernel shows its sensors.'),
    })
    .describe('Accelerometer and gyroscope that the kernel shows through IIO.'),
  z
    .strictObject({
      kind: z.literal('mpu6050'),
      address: z
        .union([z.literal(0x68), z.literal(0x69)])
        .default(0x68)
        .describe('On I²C: 0x69 with AD0 high.'),
      mounting,
    })
    .describe('MPU-6050 on the I²C pins of the drivetrain’s board, which must run StandardFirmata.'),
  z
    .strictObject({
      kind: z.literal('i2c'),
      chip: z
        .enum(['bmi160', 'mpu9250', 'icm20948', 'bno055'])
        .describe('Which one; `mpu9250` also an MPU-9255 or MPU-6500.'),
      bus: z.string().min(1).default('1').describe('Number of its I²C bus, or a folder on the way to it.'),
      address: z
        .number()
        .int()
        .min(0x08)
        .max(0x77)
        .optional()
        .describe('Of the chip, where it is not its usual one: 104, of an ICM-20948 105, of a BNO055 40.'),
      mounting,
      root: z.string().default('/sys/class/i2c-dev').describe('Where the kernel shows its I²C buses.'),
    })
    .describe('Accelerometer and gyroscope on an I²C bus of the car’s computer, without a driver of the kernel.'),
]);
export type ImuProfile = z.infer<typeof ImuProfile>;

export const LidarProfile = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('rplidar'),
      port: z.string().min(1).describe('Serial port of its adapter.'),
      model: z
        .enum(['a1', 'a2m8', 'a2m7', 'a2m12', 'a3', 'c1', 's2'])
        .default('a1')
        .describe('Which one: it says the speed of its port and how its motor is told to turn.'),
      baud: z.number().int().positive().optional().describe('Speed of the port, where it is not the model’s own.'),
      forward: z
        .number()
        .min(0)
        .lt(360)
        .default(0)
        .describe('Its own angle, in degrees, that points forward on the car.'),
      upsideDown: z.boolean().default(false).describe('Mounted with its head down.'),
      quality: z.number().int().min(0).max(63).default(1).describe('Weaker returns than this (0 to 63) are left out.'),
    })
    .describe('Slamtec RPLIDAR A1, A2, A3, C1 or S2.'),
]);
export type LidarProfile = z.infer<typeof LidarProfile>;

const every = z.number().min(0.1).max(600).default(10).describe('Read every so many seconds.');
export const BatteryProfile = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('i2c-level'),
      bus: z
        .string()
        .min(1)
        .describe('Number of the bus, or what the symlink’s target under `root` contains (`0000:00:17.3`).'),
      address: z.number().int().min(3).max(0x77).default(0x3f).describe('Of the chip.'),
      register: z.number().int().min(0).max(255).default(3).describe('That holds the level.'),
      every,
      root: z.string().default('/sys/class/i2c-dev').describe('Where the kernel shows its I²C buses.'),
    })
    .describe('The stock car’s level, 0 to 11, through `i2cget` (Debian: i2c-tools).'),
  z
    .strictObject({
      kind: z.literal('iio-voltage'),
      name: z.string().min(1).describe('What the kernel calls the converter in `name`: `ads1015`.'),
      channel: z.number().int().min(0).max(15).default(0).describe('Its input.'),
      factor: z.number().positive().default(1).describe('Of the voltage divider before the input: battery ÷ input.'),
      every,
      root: z.string().default('/sys/bus/iio/devices').describe('Where the kernel shows its sensors.'),
    })
    .describe('Volts, at an analogue input that the kernel shows through IIO.'),
]);
export type BatteryProfile = z.infer<typeof BatteryProfile>;

const channel = z.number().int().min(0).max(15);
export const LightProfile = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('sysfs-pwm'),
      ...pwmChip,
      red: channel.default(2).describe('Its channel.'),
      green: channel.default(3).describe('Its channel.'),
      blue: channel.default(4).describe('Its channel.'),
      full: z.number().int().positive().default(10_000_000).describe('Full brightness, ns of each period.'),
    })
    .describe('A tail light of three colours on PWM channels of the kernel.'),
]);
export type LightProfile = z.infer<typeof LightProfile>;
