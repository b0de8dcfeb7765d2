import { CarProfile, mostScale } from '@pitwall/firmware-config';
import { afterEach, describe, expect, it } from 'vitest';
import { drivetrainContract, shareOf } from '../../../testing/drivetrain-contract.js';
import { Pca9685Chip } from '../../../testing/pca9685-chip.js';
import type { Outputs } from '../drivetrain.js';
import { Pca9685Drivetrain } from './drivetrain.js';
import { pca9685Neutral } from './neutral.js';
import type { BridgeProfile } from './profile.js';

type Given = Parameters<typeof CarProfile.shape.drivetrain.parse>[0];
const parsed = (given: Given) => CarProfile.shape.drivetrain.parse(given) as BridgeProfile;
/** The Waveshare Motor Driver HAT, as deepracer-custom-car's docs/diffdrive.md has it. */
const twoMotors = parsed({
  kind: 'h-bridge',
  left: { forward: 1, backward: 2, speed: 0 },
  right: { forward: 3, backward: 4, speed: 5 },
});
/** A DRV8833 has no speed input. */
const twoInputs = parsed({
  kind: 'h-bridge',
  left: { forward: 0, backward: 1 },
  right: { forward: 2, backward: 3 },
});
const servo = { channel: 4, min: 1_183_200, mid: 1_530_000, max: 1_876_800, polarity: 1 } as const;
const withServo = parsed({ kind: 'h-bridge', frequency: 60, left: { forward: 0, backward: 1 }, steering: servo });

/** What a bridge does with a motor: TB6612FNG and DRV8833 data sheets; both inputs high is a brake, both low lets it coast. */
function turns(chip: Pca9685Chip, { forward, backward, speed }: BridgeProfile['left']): number {
  const [a, b] = [chip.share(forward), chip.share(backward)];
  if (a > 0 && b > 0) throw new Error('both inputs of a bridge drive');
  return (a - b) * (speed === undefined ? 1 : chip.share(speed));
}

function outputsOf(chip: Pca9685Chip, profile: BridgeProfile): Outputs {
  const left = turns(chip, profile.left);
  if (profile.right === undefined)
    return { throttle: left, steering: shareOf((chip.pulse(servo.channel) ?? Number.NaN) * 1000, servo) };
  const right = turns(chip, profile.right);
  const throttle = (left + right) / 2;
  return { throttle, steering: throttle === 0 ? 0 : (right - left) / 2 / throttle / profile.differential };
}

const events = { onSilent: () => {}, onAnswering: () => {} };
let car: Pca9685Drivetrain;
afterEach(() => car?.stop());
async function started(profile: BridgeProfile, motor = true): Promise<Pca9685Chip> {
  const chip = new Pca9685Chip();
  car = new Pca9685Drivetrain(profile, events, { motor, open: chip.open });
  await car.start();
  return chip;
}

drivetrainContract('an H-bridge and a servo on one PCA9685', async () => {
  const chip = new Pca9685Chip();
  return {
    make: (told) => new Pca9685Drivetrain(withServo, told, { motor: true, open: chip.open }),
    outputs: () => (chip.pulse(servo.channel) === undefined ? undefined : outputsOf(chip, withServo)),
    takeAway: () => {
      chip.answers = false;
    },
    stop: async () => {},
  };
});

describe.each([
  ['a TB6612 with speed inputs', twoMotors],
  ['a DRV8833 with two inputs a motor', twoInputs],
])('two motors behind %s', (_, profile) => {
  it('rest, all inputs low, before anything else and at the end', async () => {
    const chip = await started(profile);
    expect(chip.frequency).toBeCloseTo(1017, 0);
    const inputs = () => [0, 1, 2, 3, 4, 5].map((channel) => chip.share(channel));
    expect(inputs()).toEqual([0, 0, 0, 0, 0, 0]);
    car.write({ steering: 0, throttle: 1 });
    expect(outputsOf(chip, profile)).toEqual({ steering: 0, throttle: 1 });
    await car.stop();
    expect(inputs()).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it.each([
    ['straight on', { steering: 0, throttle: 0.5 }, 0.5, 0.5],
    ['to the left, the left one slower', { steering: 1, throttle: 0.5 }, 0.25, 0.75],
    ['to the right', { steering: -1, throttle: 0.5 }, 0.75, 0.25],
    ['no faster than it goes', { steering: 1, throttle: 1 }, 0.5, 1],
    ['backward to the left', { steering: 1, throttle: -0.5 }, -0.25, -0.75],
  ] as const)('drive %s', async (__, outputs, left, right) => {
    const chip = await started(profile);
    // From the other direction: no write has both inputs of a bridge driving.
    car.write({ steering: 0, throttle: -outputs.throttle });
    car.write(outputs);
    expect(turns(chip, profile.left)).toBeCloseTo(left, 3);
    expect(turns(chip, profile.right!)).toBeCloseTo(right, 3);
  });

  it('turn nothing until somebody says that their directions are right', async () => {
    const chip = await started(profile, false);
    car.write({ steering: 1, throttle: 1 });
    expect([turns(chip, profile.left), turns(chip, profile.right!)]).toEqual([0, 0]);
  });

  it('are stopped by another process', async () => {
    const chip = await started(profile);
    car.write({ steering: 0.5, throttle: 1 });
    pca9685Neutral(profile, chip.open);
    expect([turns(chip, profile.left), turns(chip, profile.right!)]).toEqual([0, 0]);
  });

  it('hold their last speed whoever dies: without a cut they are held to a low scale', () => {
    expect(mostScale(profile)).toBe(30);
    expect(mostScale({ ...profile, enable: { gpios: [529], low: false, root: '/sys/class/gpio' } })).toBe(100);
  });
});

it('never drives both inputs of a bridge, also between two writes', async () => {
  const chip = await started(twoMotors);
  const open = chip.open();
  const wheels: number[] = [];
  const watched = () => ({
    ...open,
    write: (register: number, ...values: readonly number[]) => {
      open.write(register, ...values);
      wheels.push(turns(chip, twoMotors.left), turns(chip, twoMotors.right!));
    },
  });
  await car.stop();
  car = new Pca9685Drivetrain(twoMotors, events, { motor: true, open: watched });
  await car.start();
  for (const throttle of [1, -1, 0.2, -0.4, 0]) car.write({ steering: 0.3, throttle });
  expect(wheels.length).toBeGreaterThan(30);
});
