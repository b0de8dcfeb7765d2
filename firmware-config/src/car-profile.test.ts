import { describe, expect, it } from 'vitest';
import { DrivetrainProfile, mostScale } from './drivetrain-profile.js';
import {
  carProfileNames,
  carProfileRules,
  lintCarProfile,
  parseCarProfile,
  readCarProfile,
  readCarProfileText,
  readStockCalibration,
  withStockCalibration,
} from './index.js';

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
    expect(profile).toMatchObject({ yellow: 50, rest: 500, motion: { crash: 'mark', lifted: 'stop', rolled: 'stop' } });
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

describe('the linter', () => {
  it.each(carProfileNames())('has nothing to say about %s', (name) => {
    const { yaml, file } = readCarProfileText(name);
    expect(lintCarProfile(yaml, file)).toEqual([]);
  });

  const good = `# yaml-language-server: $schema=../schema/car-profile.json
schema: 1
name: x
description: A car that is here for the linter only.
calibrated: false
drivetrain:
  kind: sysfs-pwm
  chip: pwmchip0
  steering: { channel: 1, min: 1200000, mid: 1450000, max: 1700000, polarity: 1 }
  motor: { channel: 0, min: 1311000, mid: 1446000, max: 1603500, polarity: -1 }
mapping: { kind: stock }
camera: { kind: v4l2, device: /dev/pitwall-camera }
lidar: { kind: rplidar, port: /dev/pitwall-lidar }
`;
  const rules: Readonly<Record<string, (text: string) => string>> = {
    name: (text) => text.replace('name: x', 'name: y'),
    'first-line': (text) => text.replace(/^.*\n/, ''),
    description: (text) => text.replace(' only.', ' only'),
    order: (text) => `${text.replace('calibrated: false\n', '')}calibrated: false\n`,
    defaults: (text) => text.replace('/dev/pitwall-camera }', '/dev/pitwall-camera, width: 640 }'),
    outputs: (text) => text.replace('channel: 1', 'channel: 0'),
    ports: (text) => text.replace('/dev/pitwall-lidar', '/dev/ttyUSB0'),
    cameras: (text) => text.replace('/dev/pitwall-camera', '/dev/video0'),
    exposure: (text) => text.replace('/dev/pitwall-camera }', '/dev/pitwall-camera, exposure: 50000 }'),
    pair: (text) => text.replace('/dev/pitwall-camera }', '/dev/pitwall-camera, right: /dev/pitwall-camera }'),
    battery: (text) => text.replace('lidar:', 'limits: { battery: 3 }\nlidar:'),
  };

  it('has nothing to say about a good profile', () => {
    expect(lintCarProfile(good, 'x.yaml')).toEqual([]);
  });

  it.each(Object.keys(carProfileRules))(
    'has the rule %s, which finds what it is for, and nothing else does',
    (rule) => {
      const messages = lintCarProfile(rules[rule]!(good), 'x.yaml');
      expect(messages).toEqual([expect.stringMatching(new RegExp(`^${rule}: `))]);
    },
  );

  it('names each field that is the default anyway', () => {
    const restated = good
      .replace('chip: pwmchip0', 'chip: pwmchip0\n  period: 20000000')
      .replace('lidar:', 'motion: { crash: mark }\nyellow: 50\nlidar:');
    expect(lintCarProfile(restated, 'x.yaml').filter((message) => message.startsWith('defaults'))).toEqual(
      ['drivetrain.period', 'motion', 'yellow'].map((path) => `defaults: leave out ${path}: it is the default`),
    );
  });
});

describe('devices in a profile', () => {
  const withPart = (part: string) =>
    parseCarProfile(
      simulated((text) => `${text}${part}\n`),
      'x.yaml',
    );

  it('a receiver has a switch that does something', () => {
    const receiver = 'kind: ibus, port: /dev/serial0';
    expect(withPart(`receiver: { ${receiver}, kill: { channel: 5, high: true } }`).receiver).toMatchObject({
      steering: { channel: 1, reversed: false },
      throttle: { channel: 2, reversed: false },
    });
    expect(() => withPart(`receiver: { ${receiver} }`)).toThrow(/needs a kill or a manual channel/);
  });

  it('motors behind an H-bridge steer by a second one or by a servo, and share no channel', () => {
    const { yaml, file } = readCarProfileText('differential-drive');
    expect(() => parseCarProfile(yaml.replace(/^ {2}right.*\n/m, ''), file)).toThrow(/one of the two/);
    const servo = '  steering: { channel: 6, min: 1200000, mid: 1450000, max: 1700000, polarity: 1 }\n';
    expect(() => parseCarProfile(yaml.replace(/^mapping/m, `${servo}mapping`), file)).toThrow(/one of the two/);
    expect(lintCarProfile(yaml.replace('speed: 5', 'speed: 0'), file)).toEqual([expect.stringMatching(/^outputs: /)]);
  });

  it('stand for themselves with few words', () => {
    expect(withPart('lidar: { kind: rplidar, port: /dev/x }').lidar).toMatchObject({ model: 'a1', forward: 0 });
    expect(withPart('battery: { kind: i2c-level, bus: "7" }').battery).toMatchObject({ address: 0x3f, register: 3 });
    expect(withPart('light: { kind: sysfs-pwm, chip: x }').light).toMatchObject({ red: 2, green: 3, blue: 4 });
    expect(withPart('imu: { kind: iio, name: x }').imu?.mounting).toEqual({ forward: 'x', left: 'y', up: 'z' });
  });

  it.each([
    [
      'a mounting that is a mirror image',
      'imu: { kind: iio, name: x, mounting: { forward: x, left: y, up: -z } }',
      /rotation/,
    ],
    [
      'a mounting that names an axis twice',
      'imu: { kind: iio, name: x, mounting: { forward: x, left: x, up: z } }',
      /rotation/,
    ],
    ['an MPU-6050 without a board that reads it', 'imu: { kind: mpu6050 }', /firmata/],
    ['a lidar of no known kind', 'lidar: { kind: sonar, port: x }', /lidar/],
  ])('refuse %s', (_, part, message) => {
    expect(() => withPart(part)).toThrow(message);
  });

  it('refuse a raw width that libcamera would pad', () => {
    const text = simulated((one) => one.replace('{ kind: simulated, rate: 15 }', '{ kind: libcamera, width: 600 }'));
    expect(() => parseCarProfile(text, 'x.yaml')).toThrow(/multiple of 64/);
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

  const { Servo, Motor } = calibration.Calibration;
  const read = (found: object | string) =>
    readStockCalibration(
      typeof found === 'string' ? found : JSON.stringify({ Calibration: found }),
      'calibration.json',
    );

  it.each<[string, object | string]>([
    ['without a version', { Servo, Motor }],
    ['with a version in quotes', { Servo, Motor, version: '1' }],
    ['after a byte order mark', `\uFEFF${JSON.stringify(calibration)}`],
    ['in fractions of a nanosecond', { Servo: { ...Servo, mid: 1_460_000.4 }, Motor }],
    ['with numbers in quotes', { Servo, Motor: { min: '1320000', mid: '1440000', max: '1600000', polarity: '-1' } }],
    [
      'with its ends the other way round, which is the other polarity',
      { Servo: { ...Servo, min: Servo.max, max: Servo.min, polarity: 1 }, Motor },
    ],
  ])('of older software is read: %s', (_, found) => {
    expect(read(found)).toEqual({ steering: Servo, motor: Motor });
  });

  it.each<[object | string, RegExp]>([
    ['', /^The calibration calibration\.json is empty/],
    ['{', /is not JSON/],
    [{ Motor }, /has no Calibration\.Servo/],
    [{ Servo, Motor: { ...Motor, mid: undefined } }, /has no Calibration\.Motor\.mid/],
    [
      { Servo: { ...Servo, mid: 1_700_000 }, Motor },
      /1700000 as Calibration\.Servo\.mid, which is not between its min 1210000 and its max 1690000/,
    ],
    [{ Servo, Motor: { ...Motor, max: Motor.mid } }, /Calibration\.Motor\.mid, which is not between/],
    [
      { Servo, Motor: { ...Motor, max: 20_000_000 } },
      /20000000 as Calibration\.Motor\.max; pulses are 400000 to 2600000 ns/,
    ],
    [{ Servo: { ...Servo, polarity: 0 }, Motor }, /0 as Calibration\.Servo\.polarity; it is 1 or -1/],
    [{ Servo: { ...Servo, polarity: 1.5 }, Motor }, /1\.5 as Calibration\.Servo\.polarity/],
    [{ Servo: { ...Servo, min: 'left' }, Motor }, /"left" as Calibration\.Servo\.min, which is no number/],
  ])('is refused in its own words: %j', (found, why) => {
    expect(() => read(found)).toThrow(
      expect.objectContaining({ code: 'profile-invalid', message: expect.stringMatching(why) }),
    );
  });

  it.each(['', '{}', '{"Calibration":{"Servo":{}}}'])('is refused when it is none: %s', (json) => {
    const profile = readCarProfile('aws-deepracer');
    expect(() => withStockCalibration(profile, json, 'x')).toThrow(
      expect.objectContaining({ code: 'profile-invalid' }),
    );
  });
});

describe('what can stop the motor beside the computer', () => {
  const drivetrain = (more: object) =>
    DrivetrainProfile.parse({
      kind: 'sysfs-pwm',
      chip: '1-0040',
      steering: { channel: 1, min: 1_200_000, mid: 1_450_000, max: 1_700_000, polarity: 1 },
      motor: { channel: 0, min: 1_311_000, mid: 1_446_000, max: 1_603_500, polarity: -1 },
      ...more,
    });

  it.each([
    ['nothing', {}, 30],
    ['its enable line, or /OE at a GPIO', { enable: { gpios: [529], low: true } }, 100],
    ['a receiver’s kill channel', { cut: 'rc-receiver' }, 100],
    ['nothing, which somebody accepts by name', { cut: { acceptedWithout: 'Mara Lind' } }, 100],
  ])('%s: so much throttle is left', (_, more, percent) => expect(mostScale(drivetrain(more))).toBe(percent));

  it('is asked of the shipped profile for Raspberry Pi cars, which is slow until then', () => {
    expect(mostScale(readCarProfile('raspberry-pi-pca9685').drivetrain)).toBe(30);
    expect(mostScale(readCarProfile('aws-deepracer').drivetrain)).toBe(100);
  });
});
