import type { ImuProfile } from '@pitwall/firmware-config';

export type I2cImuProfile = Extract<ImuProfile, { kind: 'i2c' }>;

/** A register, what to write there, and how long the chip takes for it, in ms. */
type Step = readonly [register: number, value: number, ms?: number];

/** What differs between chips that feel ±8 g (more than a crash of 3) and turn ±1000 °/s. */
export interface ImuChip {
  readonly name: string;
  /** Where it answers unless a pin says otherwise. */
  readonly address: number;
  /** To the page of registers in which the others lie; a chip that was left on another one answers anything. */
  readonly page: readonly Step[];
  /** The register that says what it is, and what it says. */
  readonly identity: { readonly register: number; readonly is: readonly number[] };
  readonly settings: readonly Step[];
  /** What a chip has as it was set, and otherwise after it lost its power. */
  readonly kept: readonly { readonly register: number; readonly mask: number; readonly value: number }[];
  /** Of acceleration and rotation: x, y, z, two bytes each, from these bytes of the block on. */
  readonly values: {
    readonly register: number;
    readonly count: number;
    readonly lowFirst: boolean;
    readonly felt: number;
    readonly turned: number;
    readonly perG: number;
    readonly perDegree: number;
  };
}

/**
 * Bosch BMI160 (BST-BMI160-DS000 rev. 1.0, section 2.11) and drivers/iio/imu/bmi160/bmi160_core.c: both parts are suspended after
 * power-on, and are told to be normal (CMD 0x11, 3.8 ms; 0x15, 80 ms); PMU_STATUS 0x14 is both normal.
 */
const bmi160: ImuChip = {
  name: 'BMI160',
  address: 0x68,
  page: [],
  identity: { register: 0x00, is: [0xd1] },
  settings: [
    [0x7e, 0x11, 5],
    [0x7e, 0x15, 81],
    [0x40, 0x28, 1],
    [0x41, 0x08, 1],
    [0x42, 0x28, 1],
    [0x43, 0x01, 1],
  ],
  kept: [
    { register: 0x03, mask: 0x3c, value: 0x14 },
    { register: 0x41, mask: 0x0f, value: 0x08 },
  ],
  values: { register: 0x0c, count: 12, lowFirst: true, felt: 6, turned: 0, perG: 4096, perDegree: 32.8 },
};

/**
 * InvenSense MPU-9250 (0x71), MPU-9255 (0x73) and MPU-6500 (0x70), RM-MPU-9250A-00: clock from the gyroscope, 41 and 45 Hz low
 * pass. It is awake after power-on, and feels ±2 g then.
 */
const mpu9250: ImuChip = {
  name: 'MPU-9250',
  address: 0x68,
  page: [],
  identity: { register: 0x75, is: [0x71, 0x73, 0x70] },
  settings: [
    [0x6b, 0x01, 35],
    [0x1a, 0x03],
    [0x1b, 0x10],
    [0x1c, 0x10],
    [0x1d, 0x03],
  ],
  kept: [{ register: 0x1c, mask: 0x18, value: 0x10 }],
  values: { register: 0x3b, count: 14, lowFirst: false, felt: 0, turned: 8, perG: 4096, perDegree: 32.8 },
};

/**
 * InvenSense ICM-20948 (DS-000189 rev. 1.3), four banks by 0x7f: asleep after power-on (PWR_MGMT_1 0x41). In bank 2 GYRO_CONFIG_1 and
 * ACCEL_CONFIG: 51 and 50 Hz low pass, switched on.
 */
const icm20948: ImuChip = {
  name: 'ICM-20948',
  address: 0x69,
  page: [[0x7f, 0x00]],
  identity: { register: 0x00, is: [0xea] },
  settings: [
    [0x06, 0x01, 35],
    [0x07, 0x00],
    [0x7f, 0x20],
    [0x01, 0x1d],
    [0x14, 0x1d],
    [0x7f, 0x00],
  ],
  kept: [{ register: 0x06, mask: 0x40, value: 0x00 }],
  values: { register: 0x2d, count: 12, lowFirst: false, felt: 0, turned: 6, perG: 4096, perDegree: 32.8 },
};

/**
 * Bosch BNO055 (BST-BNO055-DS000 rev. 1.4): set in CONFIGMODE only (table 3-6: 19 ms to it, 7 ms from it), without its fusion,
 * which holds the range at 4 g (3.5.2). Page 1: ACC_CONFIG 8 g 62.5 Hz, GYR_CONFIG_0 1000 °/s 47 Hz. UNIT_SEL: m/s² of 100 counts, °/s of 16.
 */
const bno055: ImuChip = {
  name: 'BNO055',
  address: 0x28,
  page: [[0x07, 0x00]],
  identity: { register: 0x00, is: [0xa0] },
  settings: [
    [0x3d, 0x00, 20],
    [0x3b, 0x00],
    [0x07, 0x01],
    [0x08, 0x0e],
    [0x0a, 0x19],
    [0x07, 0x00],
    [0x3d, 0x05, 10],
  ],
  kept: [{ register: 0x3d, mask: 0x0f, value: 0x05 }],
  values: { register: 0x08, count: 18, lowFirst: true, felt: 0, turned: 12, perG: 980.665, perDegree: 16 },
};

export const imuChips: Readonly<Record<I2cImuProfile['chip'], ImuChip>> = { bmi160, mpu9250, icm20948, bno055 };
