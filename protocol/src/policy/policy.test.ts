import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PitwallError } from '../errors.js';
import { type ActionSpace, lidarInput, readMetadata, stockDrive, toAction } from './index.js';

const discrete = {
  action_space: [
    { steering_angle: -30, speed: 1 },
    { steering_angle: '15', speed: 2, index: 1 },
  ],
};
const range = { steering_angle: { low: -25, high: 27 }, speed: { low: 1, high: 3.3 } };
const read = (file: object) => readMetadata(JSON.stringify(file));
const codeOf = (action: () => unknown) => {
  try {
    action();
  } catch (error) {
    return error instanceof PitwallError ? `${error.code}: ${error.message}` : String(error);
  }
  return 'nothing';
};

describe('model_metadata.json', () => {
  it('fills in what is absent as the stock car does', () => {
    expect(read(discrete)).toMatchObject({
      version: 1,
      algorithm: 'clipped_ppo',
      camera: 'observation',
      network: 'DEEP_CONVOLUTIONAL_NETWORK_SHALLOW',
      actionSpace: {
        kind: 'discrete',
        actions: [
          { steeringDeg: -30, speedMps: 1 },
          { steeringDeg: 15, speedMps: 2 },
        ],
      },
    });
  });

  it('does not count the sensors of version 1', () => {
    const metadata = read({ ...discrete, version: '1', sensor: ['STEREO_CAMERAS', 'LIDAR'] });
    expect(metadata.camera).toBe('observation');
    expect(metadata.lidar).toBeUndefined();
    expect(metadata.warnings).toHaveLength(1);
  });

  it.each([
    ['FRONT_FACING_CAMERA', undefined],
    ['LEFT_CAMERA', 'LIDAR'],
    ['STEREO_CAMERAS', 'SECTOR_LIDAR'],
    ['observation', 'DISCRETIZED_SECTOR_LIDAR'],
  ])('takes %s with %s', (camera, lidar) => {
    const sensor = lidar === undefined ? [camera] : [lidar, camera];
    const metadata = read({ ...discrete, version: '5', sensor });
    expect([metadata.camera, metadata.lidar?.sensor]).toEqual([camera, lidar]);
  });

  it('does not mind capitals and spaces, as training does not', () => {
    const space = { ...discrete, action_space: range };
    const metadata = read({ ...space, action_space_type: 'Continuous', training_algorithm: ' SAC', version: '4.0' });
    expect(metadata).toMatchObject({ algorithm: 'sac', version: 4, actionSpace: { kind: 'continuous' } });
  });

  it('reads both schemas of lidar_config', () => {
    const of = (lidar_config: object, lidar = 'DISCRETIZED_SECTOR_LIDAR') =>
      read({ ...discrete, version: '4', sensor: ['LEFT_CAMERA', lidar], lidar_config }).lidar?.config;
    expect(of({ num_sectors: 6, num_values_per_sector: 4, clipping_dist: 0.7 })).toMatchObject({
      sectors: 6,
      values: 24,
      clippingDistance: 0.7,
    });
    const car = {
      num_values: 32,
      min_angle: -120,
      max_angle: 120,
      min_distance: 0.1,
      max_distance: 2,
      clipping_distance: 0.5,
      num_sectors: 4,
    };
    expect(of(car, 'LIDAR')).toEqual({
      values: 32,
      minAngleDeg: -120,
      maxAngleDeg: 120,
      minDistance: 0.1,
      maxDistance: 2,
      clippingDistance: 0.5,
      sectors: 4,
    });
    expect(of({}, 'LIDAR')).toMatchObject({ values: 64, minAngleDeg: -150, minDistance: 0.15, clippingDistance: 1 });
    expect(of({}, 'SECTOR_LIDAR')).toMatchObject({ values: 8, sectors: 8, clippingDistance: 0.5 });
  });

  it.each([
    [{}, 'action_space'],
    [{ action_space: [] }, 'at least one action'],
    [{ action_space: [{ steering_angle: 'left', speed: 1 }] }, 'action_space.0.steering_angle'],
    [{ action_space: range, action_space_type: 'discrete' }, 'action_space'],
    [{ action_space: { ...range, speed: { low: 3, high: 1 } } }, 'action_space.speed'],
    [{ ...discrete, training_algorithm: 'sac' }, 'SAC'],
    [{ ...discrete, training_algorithm: 'dqn' }, 'training_algorithm'],
    [{ ...discrete, version: '4', sensor: ['LIDAR'] }, 'exactly one camera'],
    [{ ...discrete, version: '4', sensor: ['LEFT_CAMERA', 'FRONT_FACING_CAMERA'] }, 'exactly one camera'],
    [{ ...discrete, version: '4', sensor: ['LEFT_CAMERA', 'LIDAR', 'SECTOR_LIDAR'] }, 'at most one lidar'],
    [{ ...discrete, version: '4', sensor: ['RADAR'] }, 'RADAR'],
  ])('refuses %j and says why', (file, why) => {
    expect(codeOf(() => read(file))).toMatch(/^metadata-invalid: /);
    expect(codeOf(() => read(file))).toContain(why);
  });

  it('answers any text with metadata or metadata-invalid', () => {
    const answers = (text: string) => {
      const answer = codeOf(() => readMetadata(text));
      expect(answer === 'nothing' || answer.startsWith('metadata-invalid')).toBe(true);
    };
    fc.assert(fc.property(fc.string(), answers));
    const field = fc.constantFrom(
      'action_space',
      'sensor',
      'version',
      'lidar_config',
      'action_space_type',
      'training_algorithm',
    );
    fc.assert(
      fc.property(field, fc.jsonValue(), (name, value) => answers(JSON.stringify({ ...discrete, [name]: value }))),
    );
  });

  const genuine = new URL('../../../../shared/data/models/', import.meta.url);
  const here = existsSync(genuine);
  if (!here && process.env.CI !== 'true') console.log('skipped: ../shared/data/models is not there');
  it.runIf(here || process.env.CI === 'true')('reads genuine files', () => {
    const file = (name: string) => readMetadata(readFileSync(new URL(`${name}.model_metadata.json`, genuine), 'utf8'));
    expect(file('discrete').actionSpace).toMatchObject({ kind: 'discrete' });
    expect(file('continuous')).toMatchObject({
      version: 5,
      warnings: [],
      actionSpace: { kind: 'continuous', steeringDeg: { low: -25, high: 27 }, speedMps: { low: 1, high: 3.3 } },
    });
  });
});

describe('from output to action', () => {
  const list: ActionSpace = {
    kind: 'discrete',
    actions: [-30, 0, 30].map((steeringDeg) => ({ steeringDeg, speedMps: 1 })),
  };
  const box: ActionSpace = { kind: 'continuous', steeringDeg: { low: -20, high: 30 }, speedMps: { low: 1, high: 3 } };

  it('takes the largest probability, the first of equals', () => {
    expect(toAction([0.2, 0.7, 0.1], { algorithm: 'clipped_ppo', actionSpace: list })).toEqual({
      steeringDeg: 0,
      speedMps: 1,
      index: 1,
    });
    expect(toAction([0.4, 0.2, 0.4], { algorithm: 'clipped_ppo', actionSpace: list }).index).toBe(0);
  });

  it.each([
    [[0, 0], { steeringDeg: 5, speedMps: 2 }],
    [[1, -1], { steeringDeg: 30, speedMps: 1 }],
    [[9, -9], { steeringDeg: 30, speedMps: 1 }],
    [[-0.5, 0.5], { steeringDeg: -7.5, speedMps: 2.5 }],
  ])('spreads the mean %j over the range', (output, action) => {
    expect(toAction(output, { algorithm: 'clipped_ppo', actionSpace: box })).toEqual(action);
  });

  it('applies tanh to the mean of SAC, and clips it as the stock car does when asked', () => {
    const sac = { algorithm: 'sac', actionSpace: box } as const;
    expect(toAction([1, -1], sac)).toEqual({ steeringDeg: 5 + 25 * Math.tanh(1), speedMps: 2 - Math.tanh(1) });
    expect(toAction([1, -1], sac, 'stock')).toEqual({ steeringDeg: 30, speedMps: 1 });
  });

  it('refuses a NaN and a wrong size', () => {
    expect(codeOf(() => toAction([Number.NaN, 1], { algorithm: 'sac', actionSpace: box }))).toContain('output-invalid');
    expect(codeOf(() => toAction([Number.NaN, 0, 0], { algorithm: 'clipped_ppo', actionSpace: list }))).toContain(
      'output-invalid',
    );
    expect(codeOf(() => toAction([1], { algorithm: 'clipped_ppo', actionSpace: list }))).toContain('output-invalid');
  });
});

describe('from action to wheels, as the stock car', () => {
  const wide: ActionSpace = {
    kind: 'continuous',
    steeringDeg: { low: -30, high: 20 },
    speedMps: { low: 0.5, high: 4 },
  };
  const narrow: ActionSpace = {
    kind: 'discrete',
    actions: [
      { steeringDeg: -15, speedMps: 2 },
      { steeringDeg: 10, speedMps: 1 },
    ],
  };

  it('gives a narrow model full lock, and throttle on its curve', () => {
    expect(stockDrive({ steeringDeg: -15, speedMps: 2 }, narrow, 0.5)).toEqual({ steering: -1, throttle: 0.5 });
    const { steering, throttle } = stockDrive({ steeringDeg: 10, speedMps: 1 }, narrow, 1);
    expect(steering).toBeCloseTo(2 / 3, 12);
    expect(throttle).toBeCloseTo(-1.2 * 0.25 + 2.2 * 0.5, 12);
  });

  it('is right where |low| > high, and holds the last angle as the stock car when asked', () => {
    expect(stockDrive({ steeringDeg: -30, speedMps: 4 }, wide, 1)).toEqual({ steering: -1, throttle: 1 });
    expect(stockDrive({ steeringDeg: -30, speedMps: 4 }, wide, 1, 'stock')).toEqual({ throttle: 1 });
    for (const compatibility of ['right', 'stock'] as const) {
      expect(stockDrive({ steeringDeg: -10, speedMps: 4 }, wide, 1, compatibility)).toEqual({
        steering: -0.5,
        throttle: 1,
      });
    }
  });

  it('stays within −1…1 and gives nothing that is not a number', () => {
    const space: ActionSpace = { kind: 'discrete', actions: [{ steeringDeg: 0, speedMps: 0 }] };
    expect(stockDrive({ steeringDeg: 0, speedMps: 0, index: 0 }, space, 1)).toEqual({ steering: 0, throttle: 0 });
  });
});

describe('lidar', () => {
  const config = {
    values: 5,
    minAngleDeg: -150,
    maxAngleDeg: 150,
    minDistance: 0.15,
    maxDistance: 1,
    clippingDistance: 1,
    sectors: 8,
  };

  it('interpolates between neighbours and clamps', () => {
    const scan = [
      { angleDeg: -30, distance: 9 },
      { angleDeg: 30, distance: 0.2 },
      { angleDeg: 180, distance: 0.6 },
    ];
    const input = lidarInput(scan, { sensor: 'LIDAR', config, zero: 'rear' });
    expect(Array.from(input, (value) => Number(value.toFixed(6)))).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
    expect(Array.from(lidarInput([], { sensor: 'LIDAR', config, zero: 'rear' }))).toEqual([1, 1, 1, 1, 1]);
  });

  // aws-deepracer-sensor-fusion-pkg, lidar_overlay.cpp, createFillCoordinates: the sectors as the stock car draws them round
  // itself, 0 from the top left corner on, 3 and 4 to the two sides of bottomCenter, 7 at the top right.
  it.each([
    ['−150° to −112.5°, the front left corner', 50, 0],
    ['−112.5° to −75°, the left side', 90, 1],
    ['−75° to −37.5°, the rear left corner', 125, 2],
    ['−37.5° to 0°, the rear, left of the middle', 170, 3],
    ['0° to 37.5°, the rear, right of the middle', -170, 4],
    ['37.5° to 75°, the rear right corner', -125, 5],
    ['75° to 112.5°, the right side', -90, 6],
    ['112.5° to 150°, the front right corner', -50, 7],
    ['none, ahead', 0, undefined],
    ['none, ahead to the left', 29, undefined],
    ['none, ahead to the right', -29, undefined],
  ])('has a thing nearer than 0.5 m in the sector of the stock car: %s', (_, angleDeg, sector) => {
    const lidar = { sensor: 'SECTOR_LIDAR', config: { ...config, values: 8, clippingDistance: 0.5 } } as const;
    const found = lidarInput([{ angleDeg, distance: 0.3 }], { ...lidar, zero: 'rear' });
    expect([...found.keys()].filter((at) => found[at] === 1)).toEqual(sector === undefined ? [] : [sector]);
    expect(lidarInput([{ angleDeg, distance: 0.6 }], { ...lidar, zero: 'rear' })).toEqual(new Float32Array(8));
  });

  it('of a model of this project’s first simulators goes from the right over what is ahead to the left', () => {
    const lidar = { sensor: 'SECTOR_LIDAR', config: { ...config, values: 8 }, zero: 'front' } as const;
    expect([...lidarInput([{ angleDeg: -100, distance: 0.3 }], lidar)]).toEqual([0, 1, 0, 0, 0, 0, 0, 0]);
    expect([...lidarInput([{ angleDeg: 10, distance: 0.3 }], lidar)]).toEqual([0, 0, 0, 0, 1, 0, 0, 0]);
  });

  it('tells in which step of its sector the nearest thing is', () => {
    const scan = [
      { angleDeg: 31, distance: 0.9 },
      { angleDeg: 40, distance: 0.3 },
      { angleDeg: -31, distance: 1.2 },
    ];
    const lidar = { sensor: 'DISCRETIZED_SECTOR_LIDAR', config: { ...config, values: 32 }, zero: 'rear' } as const;
    const found = lidarInput(scan, lidar);
    // Four steps of 0.25 m in each of eight sectors, from the front left.
    expect([...found.keys()].filter((at) => found[at] === 1)).toEqual([1]);
  });
});
