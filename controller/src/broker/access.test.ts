import { describe, expect, it } from 'vitest';
import { type Client, clientOf, mayHear, maySay } from './access.js';

const car = clientOf('car:one') as Client;
const gate = clientOf('gate:start') as Client;
const controller = clientOf('controller') as Client;

it.each(['car', 'car:', 'people:one', 'Controller', '', undefined])('takes %j for nobody', (username) => {
  expect(clientOf(username)).toBeUndefined();
});

describe('who may say what', () => {
  it.each([
    // topic, retained, car one, gate start, controller
    ['cars/one/presence', true, true, false, true],
    ['cars/one/state', true, true, false, true],
    ['cars/one/telemetry', false, true, false, true],
    ['cars/one/telemetry', true, false, false, false],
    ['cars/one/preview', false, true, false, true],
    ['cars/one/reply', false, true, false, true],
    ['cars/one/command', false, false, false, true],
    ['cars/one/command', true, false, false, false],
    ['cars/two/presence', true, false, false, true],
    ['gates/start/presence', true, false, true, true],
    ['gates/start/crossing', false, false, true, true],
    ['gates/start/crossing', true, false, false, false],
    ['gates/start/sync', false, false, true, true],
    ['gates/start/ack', false, false, false, true],
    ['gates/other/crossing', false, false, false, true],
    ['races/r/state', true, false, false, true],
    ['races/r/lap', false, false, false, true],
    ['cars/one/nonsense', false, false, false, false],
    ['cars/one', false, false, false, false],
    ['cars/one/state/more', true, false, false, false],
  ] as const)('%s (retained: %s)', (topic, retained, byCar, byGate, byController) => {
    const said = [car, gate, controller].map((client) => maySay(client, `pitwall/v1/${topic}`, retained));
    expect(said).toEqual([byCar, byGate, byController]);
  });

  it('lets nobody speak outside the tree', () => {
    for (const topic of ['$SYS/x', 'other/v1/cars/one/state', 'pitwall/v2/cars/one/state', ''])
      for (const client of [car, gate, controller]) expect(maySay(client, topic, false)).toBe(false);
  });
});

describe('who may hear what', () => {
  it.each([
    ['pitwall/v1/cars/one/command', true, false, true],
    ['pitwall/v1/cars/one/state', false, false, true],
    ['pitwall/v1/cars/two/command', false, false, true],
    ['pitwall/v1/cars/+/command', false, false, true],
    ['pitwall/v1/cars/+/state', false, false, true],
    ['pitwall/v1/gates/start/ack', false, true, true],
    ['pitwall/v1/gates/start/sync', false, true, true],
    ['pitwall/v1/gates/start/crossing', false, false, true],
    ['pitwall/v1/gates/+/ack', false, false, true],
    ['pitwall/v1/gates/+/crossing', true, false, true],
    ['pitwall/v1/races/r/lap', true, true, true],
    ['pitwall/v1/races/+/state', true, true, true],
    ['pitwall/v1/#', false, false, true],
    ['#', false, false, false],
    ['+/v1/cars/one/command', false, false, false],
    ['$SYS/#', false, false, false],
  ] as const)('%s', (filter, byCar, byGate, byController) => {
    expect([car, gate, controller].map((client) => mayHear(client, filter))).toEqual([byCar, byGate, byController]);
  });
});
