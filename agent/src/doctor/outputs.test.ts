import { type DrivetrainProfile, readCarProfile } from '@pitwall/firmware-config';
import { expect, it } from 'vitest';
import { outputsCheck } from './outputs.js';

it('says of a PCA9685 on I²C why it cannot be opened, and what to do', async () => {
  const drivetrain: DrivetrainProfile = { ...readCarProfile('donkeycar').drivetrain, bus: '250' } as never;
  expect(await outputsCheck(drivetrain).run()).toMatchObject({
    found: expect.stringMatching(/^The PCA9685 0x40 on I²C bus 250 cannot be opened/),
    todo: expect.stringMatching(/^Check that I²C is on \(dtparam=i2c_arm=on\), and that this user is in the group i2c/),
  });
});
