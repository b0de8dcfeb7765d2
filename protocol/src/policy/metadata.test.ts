import { describe, expect, it } from 'vitest';
import { type ActionSpace, readMetadata, stockDrive } from './index.js';

const action = (steering: unknown, speed: unknown) => ({ steering_angle: steering, speed });
const file = (space: unknown, more: object = {}) =>
  JSON.stringify({ action_space: space, sensor: ['FRONT_FACING_CAMERA'], version: '5', ...more });
const good = file([action(-30, 1), action(30, 2)]);
const actions = [
  { steeringDeg: -30, speedMps: 1 },
  { steeringDeg: 30, speedMps: 2 },
];

describe('slips of the hand are read, and said', () => {
  it.each([
    ['a byte order mark', `\uFEFF${good}`, undefined],
    ['a comma after the last element', good.replace('}]', '},]').replace(/}$/, ',}'), /a comma after the last element/],
    ['comments', `// mine\n# and\n/* more */ ${good} // end`, /a comment/],
    ['a Python dict', good.replaceAll('"', "'").replace(/}$/, ", 'x': None, 'y': True}"), /single quotes, Python's/],
    ['numbers as text', file([action('-30', ' 1.0 '), action('+30', '2e0')]), undefined],
    [
      'nulls for what may be absent',
      file([action(-30, 1), action(30, 2)], {
        neural_network: null,
        action_space_type: null,
        training_algorithm: null,
        version: null,
        lidar_config: null,
      }),
      undefined,
    ],
    [
      'capitals and spaces in words',
      file([action(-30, 1), action(30, 2)], { action_space_type: ' Discrete ', training_algorithm: 'Clipped_PPO' }),
      undefined,
    ],
  ])('%s', (_, text, slip) => {
    const { actionSpace, warnings } = readMetadata(text);
    expect(actionSpace).toEqual({ kind: 'discrete', actions });
    if (slip === undefined) expect(warnings).toEqual([]);
    else expect(warnings).toEqual([expect.stringMatching(slip)]);
  });
});

describe('what cannot be read is located', () => {
  it.each([
    ['', /is empty; take the one/],
    [' \n', /is empty/],
    ['{\n  "action_space": [\n    {"steering_angle": 1 "speed": 2}\n', /line 3, column 26: a comma or "}" is expected/],
    [
      '{\n "action_space": [{"steering_angle": 1, "speed": 1,5}]}',
      /line 2, column 52: a number has a decimal comma; write a point/,
    ],
    ['{"action_space": [{"steering_angle": 1, "speed": NaN}]}', /line 1, column 50: "NaN" is no value of JSON/],
    ['{"action_space": [', /column 19: it ends too early: "\]" is missing/],
    ['{"action_space": "x', /column 18: a text has no closing quote/],
    ['{action_space: 1}', /column 2: the name of a field, in quotes/],
    [`${good} x`, /there is more after the end/],
    ['['.repeat(100), /nests deeper than 64 levels/],
    [file([action(-30, 1), action(30, '1,5')]), /action_space\.1\.speed: is "1,5", with a decimal comma; write 1\.5/],
    [file([action(-30, 1), action(30, null)]), /action_space\.1\.speed: is null, but must be a number/],
    [file([action(-30, 1), { steering_angle: 30 }]), /action_space\.1\.speed: is missing, but must be a number/],
    [
      file({ steering_angle: { low: '-30,0', high: 30 }, speed: { low: 1, high: 2 } }),
      /steering_angle\.low: is "-30,0", with a decimal comma; write -30\.0/,
    ],
    [file([], { neural_network: 'LLM', llm_config: {} }), /agent which asks a large language model/],
    [file(undefined, { neural_network: 'llm' }), /large language model/],
    [good.replaceAll('"', '”'), /line 1, column 2: ” is a typographic quote; write "/],
    [good.replace('-30', '−30'), /column \d+: − is a typographic minus; write -/],
    [good.replace('"speed"', '\u200b"speed"'), /column \d+: there is a character that nobody sees/],
    [good.replace('"action_space":', '"action_space":\u200b'), /a character that nobody sees/],
    ['[{}]', /holds no object with an action_space; take the one/],
    ['null', /holds no object with an action_space/],
    [
      file([action(0, 1)], { action_space_type: 'continuous' }),
      /are continuous, but its action_space is a list of actions/,
    ],
    [file({}, { action_space_type: 'discrete' }), /are discrete, but its action_space is no list of actions/],
    [file([action(0, 1)], { action_space_type: 'discreet' }), /action_space_type: must be discrete or continuous/],
    [file([action(0, 1)], { training_algorithm: 'ppo' }), /training_algorithm: must be clipped_ppo or sac/],
    [file([action(0, 1)], { sensor: [] }), /sensor: must name at least the camera/],
    [file([action(0, 1)], { sensor: 7 }), /sensor: must list what the car saw/],
    [file([action(0, 1)], { version: true }), /version: must be a version number such as "5"/],
    [`<<<<<<< HEAD\n${good}\n=======\n${good}\n>>>>>>> b`, /both sides of a merge that nobody settled, from line 1 on/],
  ])('%j', (text, why) => {
    expect(() => readMetadata(text)).toThrow(
      expect.objectContaining({ code: 'metadata-invalid', message: expect.stringMatching(why) }),
    );
  });
});

describe('what is probably not meant is asked about', () => {
  it.each([
    ['radians', file([action(-0.5236, 1), action(0.5236, 2)]), /±0\.5236 in radians\?.*are 30°.*write degrees/],
    [
      'continuous radians',
      file({ steering_angle: { low: -0.52, high: 0.52 }, speed: { low: 1, high: 2 } }),
      /in radians\?/,
    ],
    ['no steering', file([action(0, 1), action(0, 2)]), /cannot steer: every action goes straight on/],
    ['one angle', file([action(10, 1), action(10, 2)]), /cannot steer: every action has the angle 10°/],
    ['backwards only', file([action(-30, -1), action(30, -2)]), /backwards only/],
    ['standing', file([action(-30, 0), action(30, 0)]), /never drives forwards/],
  ])('%s', (_, text, doubt) => {
    expect(readMetadata(text).warnings).toEqual([expect.stringMatching(doubt)]);
  });
});

describe('a model whose speeds are all negative', () => {
  const spaces: readonly ActionSpace[] = [
    {
      kind: 'discrete',
      actions: [
        { steeringDeg: 0, speedMps: -1 },
        { steeringDeg: 0, speedMps: -2 },
      ],
    },
    { kind: 'continuous', steeringDeg: { low: -30, high: 30 }, speedMps: { low: -2, high: -1 } },
    { kind: 'continuous', steeringDeg: { low: -30, high: 30 }, speedMps: { low: -2, high: 0 } },
  ];
  it.each(spaces)('drives backwards, never forwards: %j', (space) => {
    const throttle = (speedMps: number) => stockDrive({ steeringDeg: 0, speedMps }, space, 1).throttle;
    expect(throttle(-2)).toBeCloseTo(-1, 12);
    // The stock curve, the other way: 2.2 · ½ − 1.2 · ¼.
    expect(throttle(-1)).toBeCloseTo(-0.8, 12);
    expect(throttle(0)).toBe(0);
  });
});
