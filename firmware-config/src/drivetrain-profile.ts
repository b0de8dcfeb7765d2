import { z } from 'zod';

/** Of a pulse, ns. */
export const shortestAndLongest = [400_000, 2_600_000] as const;
const nanoseconds = z.number().int().min(shortestAndLongest[0]).max(shortestAndLongest[1]);

export const Pulses = z
  .strictObject({
    min: nanoseconds.describe('Shortest pulse, ns.'),
    mid: nanoseconds.describe('Neutral, ns: wheels straight, motor at rest.'),
    max: nanoseconds.describe('Longest pulse, ns.'),
    polarity: z
      .union([z.literal(1), z.literal(-1)])
      .describe(
        'Which way round: `duty = mid + p · (p < 0 ? mid − min : max − mid)` with `p = value · polarity`; a positive value is left, or forward.',
      ),
  })
  .refine(({ min, mid, max }) => min < mid && mid < max, 'min, mid and max must ascend');
/** Pulse widths in ns, and which way round. */
export type Pulses = z.infer<typeof Pulses>;

const pin = z.number().int().min(2).max(19).describe('Pin of the board.');
const channel = z.number().int().min(0).max(15).describe('PWM channel of the chip.');

export const pwmChip = {
  chip: z
    .string()
    .min(1)
    .describe('A folder of `root`, or what its symlink’s target contains (`0000:00:17.0`, `i2c-1`).'),
  root: z.string().default('/sys/class/pwm').describe('Where the kernel shows its PWM chips.'),
  period: z.number().int().positive().default(20_000_000).describe('From pulse to pulse, ns.'),
} as const;

/** What stops the motor when the computer does not. */
const cuts = {
  enable: z
    .strictObject({
      gpios: z
        .array(z.number().int().nonnegative())
        .min(1)
        .describe('Numbers of the kernel to try in turn (from Linux 6.6 on they start at 512).'),
      low: z.boolean().describe('True where a low level switches the motor on.'),
      root: z.string().default('/sys/class/gpio').describe('Where the kernel shows its GPIO lines.'),
    })
    .optional()
    .describe('The motor driver’s enable line, or /OE of a PCA9685 at a GPIO: what switches the motor off.'),
  cut: z
    .union([
      z.literal('rc-receiver').describe('A receiver’s kill channel, wired before the speed controller.'),
      z
        .strictObject({ acceptedWithout: z.string().min(1).max(100).describe('Who of the crew accepts it.') })
        .describe('There is none, and somebody of the crew, by name, accepts that.'),
    ])
    .optional()
    .describe(
      'What stops the motor when this computer does not, where there is no enable line. Without any, the car is held to 30 % of the throttle.',
    ),
} as const;

/** A PCA9685 through i2c-dev. */
const pca9685 = (frequency: number, most: number) => ({
  bus: z.string().min(1).default('1').describe('Number of its I²C bus, or a folder on the way to it.'),
  address: z.number().int().min(0x40).max(0x7f).default(0x40).describe('Of the chip.'),
  frequency: z.number().min(40).max(most).default(frequency).describe('Pulses a second.'),
  root: z.string().default('/sys/class/i2c-dev').describe('Where the kernel shows its I²C buses.'),
});

const bridge = z.strictObject({
  forward: channel.describe('Channel of the input that turns it forward (IN1).'),
  backward: channel.describe('Channel of the input that turns it backward (IN2).'),
  speed: channel.optional().describe('Channel of its speed input (PWM, EN); without one the other two say how fast.'),
});

export const DrivetrainProfile = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('simulated'),
      degrees: z.number().positive().describe('Full lock, degrees.'),
      speed: z.number().positive().describe('Full throttle, m/s.'),
      socket: z.string().default('').describe('The agent fills it in.'),
    })
    .describe('The wheels of a car on the virtual track.'),
  z
    .strictObject({
      kind: z.literal('sysfs-pwm'),
      ...pwmChip,
      steering: Pulses.safeExtend({ channel }).describe('The steering servo.'),
      motor: Pulses.safeExtend({ channel }).describe('The motor’s speed controller.'),
      ...cuts,
    })
    .describe('PWM channels of the kernel: AWS DeepRacer, Raspberry Pi with a PCA9685.'),
  z
    .strictObject({
      kind: z.literal('pca9685'),
      ...pca9685(60, 200),
      steering: Pulses.safeExtend({ channel }).describe('The steering servo.'),
      motor: Pulses.safeExtend({ channel }).describe('The motor’s speed controller.'),
      ...cuts,
    })
    .describe('A PCA9685 on I²C without a driver of the kernel, as donkeycar has it.'),
  z
    .strictObject({
      kind: z.literal('h-bridge'),
      ...pca9685(1000, 1500),
      left: bridge.describe('The motor on the left, or the only one.'),
      right: bridge.optional().describe('The motor on the right, of a car that steers by turning it at another speed.'),
      differential: z
        .number()
        .min(0.1)
        .max(1)
        .default(0.5)
        .describe('What full lock takes of the inner motor’s speed and gives to the outer one, as far as that goes.'),
      steering: Pulses.safeExtend({ channel })
        .optional()
        .describe('The steering servo of a car with one motor; `frequency` must be what it takes, 60 as a rule.'),
      ...cuts,
    })
    .describe(
      'Motors without a speed controller behind an H-bridge (TB6612, DRV8833, L298N) whose inputs hang on a PCA9685.',
    ),
  z
    .strictObject({
      kind: z.enum(['firmata', 'drive-unit']),
      port: z.string().min(1).describe('Serial port of the board.'),
      baud: z.number().int().positive().default(57_600).describe('Its speed.'),
      steering: Pulses.safeExtend({ pin }).describe('The steering servo.'),
      motor: Pulses.safeExtend({ pin }).describe('The motor’s speed controller.'),
    })
    .describe(
      'An Arduino board: `firmata` with StandardFirmata, `drive-unit` with our firmware, which has a watchdog.',
    ),
]);
export type DrivetrainProfile = z.infer<typeof DrivetrainProfile>;

/** Percent of throttle that is left to a car whose motor only its computer can stop: the chip holds the last pulse. */
export const uncutScale = 30;

const holdsLastPulse = (
  drivetrain: DrivetrainProfile,
): drivetrain is Extract<DrivetrainProfile, { kind: 'sysfs-pwm' | 'pca9685' | 'h-bridge' }> =>
  drivetrain.kind === 'sysfs-pwm' || drivetrain.kind === 'pca9685' || drivetrain.kind === 'h-bridge';

/** The most throttle that a car's outputs allow, in percent. */
export const mostScale = (drivetrain: DrivetrainProfile): number =>
  !holdsLastPulse(drivetrain) || drivetrain.enable !== undefined || drivetrain.cut !== undefined ? 100 : uncutScale;
