import { RaceSetup } from '@pitwall/protocol/race';
import { expect, it } from 'vitest';
import { speedsOf } from './speeds.js';

const setup = (car: string, rules: object = {}) =>
  RaceSetup.parse({
    name: 'x',
    track: { id: 'oval', version: 1 },
    gates: ['line'],
    car,
    rules: { name: 'x', ...rules },
  });

it.each([
  ['of cars that nobody here drives', setup('any', { speed: { min: 30, max: 80 } }), []],
  ['of cars on a track whose rules have none', setup('agent'), []],
  ['between the bounds of the rules', setup('agent', { speed: { min: 45, max: 72 } }), [45, 50, 60, 70, 72]],
  ['of one speed alone', setup('agent', { speed: { min: 60, max: 60 } }), [60]],
  ['of a simulated car', setup('simulated'), [30, 40, 50, 60, 70, 80, 90, 100]],
  ['of a simulated car by the rules', setup('simulated', { speed: { min: 80, max: 100 } }), [80, 90, 100]],
])('the speeds %s', (_, race, speeds) => {
  expect(speedsOf(race)).toEqual(speeds);
});
