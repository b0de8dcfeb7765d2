import { BootId, type Micros } from '@pitwall/protocol';
import { expect, it } from 'vitest';
import { SensorMonitor } from './sensor-monitor.js';

const at = (seconds: number) => (seconds * 1e6) as Micros;
const edge = (level: 0 | 1 | undefined, sensor = 0) => ({
  bootId: BootId.parse('b'),
  at: at(0),
  uncertainty: 1 as Micros,
  sensor,
  ...(level === undefined ? {} : { level }),
});
const rules = { active: 0, stuck: at(5) } as const;

it('calls a sensor stuck that stays at the level of a car that is there', () => {
  const watch = new SensorMonitor(rules);
  watch.edge(edge(0), at(10));
  expect(watch.status(at(14))).toBe('ok');
  expect(watch.status(at(16))).toBe('stuck');
  watch.edge(edge(1), at(17));
  expect(watch.status(at(17))).toBe('ok');
});

it('watches each sensor of a gate by itself', () => {
  const watch = new SensorMonitor(rules);
  watch.edge(edge(0, 0), at(10));
  watch.edge(edge(0, 1), at(10));
  watch.edge(edge(1, 1), at(10.1));
  expect(watch.status(at(16))).toBe('stuck');
});

it('calls a chattering sensor stuck, though it changes all the time', () => {
  const watch = new SensorMonitor({ ...rules, active: undefined });
  for (let i = 0; i < 8000; i++) watch.edge(edge(i % 2 === 0 ? 0 : 1), at(10 + i / 1000));
  expect(watch.status(at(18))).toBe('stuck');
  expect(watch.status(at(20))).toBe('ok');
});

it('counts the time in which nothing watched', () => {
  const watch = new SensorMonitor(rules);
  watch.adapter('gone', at(1));
  watch.adapter('gone', at(2));
  expect(watch.status(at(3))).toBe('gone');
  expect(watch.blind(at(3))).toBe(at(2));
  watch.adapter('ok', at(4));
  expect(watch.status(at(9))).toBe('ok');
  expect(watch.blind(at(9))).toBe(at(3));
});
