import { z } from 'zod';
import { CameraProfile } from './camera-profile.js';
import { DrivetrainProfile } from './drivetrain-profile.js';
import { BatteryProfile, ImuProfile, LidarProfile, LightProfile } from './peripherals-profile.js';
import { ReceiverProfile } from './receiver-profile.js';
import { shippedProfiles } from './shipped.js';

const pairs = z
  .array(z.tuple([z.number(), z.number().min(-1).max(1)]))
  .min(2)
  .refine((list) => list.every(([at], i) => i === 0 || at > list[i - 1]![0]), 'must ascend');

const gpio = z.number().int().nonnegative();
const onMotion = z.enum(['stop', 'mark']);

/** One car as hardware: what is wired how, and what it may bear. Each description stands in docs/profiles.md. */
export const CarProfile = z
  .strictObject({
    schema: z.literal(1).describe('Version of this form.'),
    name: z.string().min(1).max(63).describe('The file’s name without `.yaml`.'),
    description: z.string().min(1).describe('What car it is, for whoever chooses one: sentences.'),
    calibrated: z
      .boolean()
      .describe(
        'False until someone has calibrated this very car: it cannot be armed before, and its motor gets no pulse.',
      ),
    stockCalibration: z
      .string()
      .startsWith('/')
      .optional()
      .describe(
        'The file of pulse widths that the car’s own software keeps: where it is there, the car is calibrated by it.',
      ),
    drivetrain: DrivetrainProfile.describe('Steering and motor.'),
    mapping: z
      .discriminatedUnion('kind', [
        z
          .strictObject({ kind: z.literal('stock') })
          .describe('As the stock car maps actions; models were tuned to it.'),
        z
          .strictObject({
            kind: z.literal('physical'),
            steering: pairs.describe('Pairs of degrees and share of full lock, ascending.'),
            speed: pairs.describe('Pairs of m/s and share of full throttle, ascending.'),
          })
          .describe('By pairs that were measured on this car.'),
      ])
      .describe('From a model’s action to steering and throttle.'),
    camera: CameraProfile.describe('What the model sees.'),
    limits: z
      .strictObject({
        battery: z.number().optional().describe('The car stops below it, in the battery’s own unit (level or volts).'),
        temperature: z.number().optional().describe('The car stops when its computer is hotter, °C.'),
      })
      .default({})
      .describe('What it may bear.'),
    motion: z
      .strictObject({
        crash: onMotion.default('mark').describe('More than 3 g.'),
        lifted: onMotion.default('stop').describe('Picked up.'),
        rolled: onMotion.default('stop').describe('On its side or roof.'),
      })
      .default({ crash: 'mark', lifted: 'stop', rolled: 'stop' })
      .describe(
        'What the car feels either stops it (`stop`) or is told and written down (`mark`): rough floors shake by 1 to 3 g.',
      ),
    imu: ImuProfile.optional().describe('What feels crashes, hands and rolls.'),
    lidar: LidarProfile.optional().describe('For models that were trained with one.'),
    battery: BatteryProfile.optional().describe('How full it is.'),
    light: LightProfile.optional().describe('Shows the car’s state.'),
    button: z
      .strictObject({
        gpio: z
          .union([gpio, z.array(gpio).min(1)])
          .describe('Number of the kernel, or several to try in turn: from Linux 6.6 on a Pi’s GPIO 17 is 529.'),
        pressed: z
          .union([z.literal(0), z.literal(1)])
          .describe('The level that means pressed; choose it so that a broken wire reads as pressed.'),
        root: z.string().default('/sys/class/gpio').describe('Where the kernel shows its GPIO lines.'),
      })
      .optional()
      .describe('An emergency stop button at a GPIO line of the car.'),
    receiver: ReceiverProfile.optional().describe(
      'A radio receiver: a kill switch in somebody’s hand, and driving by hand.',
    ),
    yellow: z.number().min(0).max(100).default(50).describe('What a yellow flag leaves of the throttle, percent.'),
    rest: z
      .number()
      .int()
      .min(0)
      .max(10_000)
      .default(500)
      .describe('How long neutral takes to bring the car to rest, ms.'),
  })
  .refine(({ imu, drivetrain }) => imu?.kind !== 'mpu6050' || drivetrain.kind === 'firmata', {
    message: 'an mpu6050 needs a drivetrain of the kind firmata: its board reads it',
    path: ['imu'],
  })
  .refine(
    ({ drivetrain }) =>
      drivetrain.kind !== 'h-bridge' || (drivetrain.right === undefined) !== (drivetrain.steering === undefined),
    {
      message: 'an h-bridge steers by a second motor (right) or by a servo (steering): one of the two',
      path: ['drivetrain'],
    },
  );
export type CarProfile = z.infer<typeof CarProfile>;

const cars = shippedProfiles(new URL('../cars/', import.meta.url), CarProfile, 'car profile');
export const carProfileNames = cars.names;
export const readCarProfile = cars.read;
export const parseCarProfile = cars.parse;
/** The file that {@link readCarProfile} reads. @throws PitwallError `not-found` */
export const readCarProfileText = cars.text;
