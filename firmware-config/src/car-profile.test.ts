import { describe, expect, it } from 'vitest';
import { carProfileNames, parseCarProfile, readCarProfile, withStockCalibration } from './index.js';

const simulated = (change: (text: string) => string) =>
  change(`schema: 1
name: x
description: x
calibrated: true
drivetrain: { kind: simulated, degrees: 30, speed: 4 }
mapping: { kind: stock }
camera: { kind: simulated, rate: 15 }
`);

describe('car profiles', () => {
  it.each(carProfileNames())('%s is valid and named after its file', (name) => {
    expect(readCarProfile(name).name).toBe(name);
  });

  it('fills in what a profile need not say', () => {
    const profile = parseCarProfile(
      simulated((text) => text),
      'x.yaml',
    );
    expect(profile).toMatchObject({ yellow: 50, rest: 500, motion: { crash: 'mark', lifted: 'mark', rolled: 'mark' } });
  });

  it.each([
    ['no YAML', () => '{', /is not YAML/],
    ['an unknown key', (text: string) => `${text}colour: red\n`, /colour/],
    ['another version of the schema', (text: string) => text.replace('schema: 1', 'schema: 2'), /schema/],
    [
      'a drivetrain of no known kind',
      (text: string) => text.replace('kind: simulated, degrees', 'kind: rc, degrees'),
      /drivetrain/,
    ],
  ])('refuses %s', (_, change, message) => {
    expect(() => parseCarProfile(simulated(change), 'x.yaml')).toThrow(message);
  });

  it('names what it has when asked for one it has not', () => {
    expect(() => readCarProfile('nope')).toThrow(/simulated/);
  });
});

describe('a stock car’s calibration', () => {
  const calibration = {
    Calibration: {
      Servo: { min: 1_210_000, mid: 1_460_000, max: 1_690_000, polarity: -1 },
      Motor: { min: 1_320_000, mid: 1_440_000, max: 1_600_000, polarity: -1 },
      version: 1,
    },
  };

  it('goes into a profile, with the channels of the profile', () => {
    const { drivetrain } = withStockCalibration(readCarProfile('aws-deepracer'), JSON.stringify(calibration), 'x');
    expect(drivetrain).toMatchObject({
      steering: { channel: 1, ...calibration.Calibration.Servo },
      motor: { channel: 0, ...calibration.Calibration.Motor },
    });
  });

  it.each(['', '{}', '{"Calibration":{"Servo":{}}}'])('is refused when it is none: %s', (json) => {
    const profile = readCarProfile('aws-deepracer');
    expect(() => withStockCalibration(profile, json, 'x')).toThrow(
      expect.objectContaining({ code: 'profile-invalid' }),
    );
  });
});
