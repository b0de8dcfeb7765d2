import type { Micros } from '@pitwall/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RecordingDrivetrain } from '../../../testing/recording-drivetrain.js';
import { neutral, type Outputs } from '../../hardware/index.js';
import { Actuator } from './actuator.js';
import { beatMs, type FromActuator, restingBeatMs } from './messages.js';

const full: Outputs = { steering: 0, throttle: 1 };
let wheels: RecordingDrivetrain;
let told: FromActuator[];
let actuator: Actuator;
const now = () => Math.round(performance.now() * 1000) as Micros;
const setpoint = (ms: number, outputs = full) =>
  actuator.take({ type: 'setpoint', outputs, deadline: (now() + ms * 1000) as Micros });

beforeEach(async () => {
  vi.useFakeTimers();
  wheels = new RecordingDrivetrain();
  told = [];
  actuator = new Actuator({ drivetrain: wheels, now, tell: (message) => told.push(message) });
  await actuator.start();
});
afterEach(async () => {
  await actuator.stop();
  vi.useRealTimers();
});

describe('what the actuator process does', () => {
  it('is neutral and says that it is ready', () => {
    expect(wheels.last).toEqual(neutral);
    expect(told).toEqual([{ type: 'ready' }]);
  });

  it('holds a setpoint until its deadline, is neutral then, and goes on with the next', () => {
    setpoint(150);
    vi.advanceTimersByTime(149);
    expect(wheels.last).toEqual(full);
    vi.advanceTimersByTime(1);
    expect(wheels.last).toEqual(neutral);
    expect(told).toContainEqual({ type: 'missed' });
    setpoint(150);
    expect(wheels.last).toEqual(full);
  });

  it('each setpoint replaces the deadline of the one before', () => {
    for (let i = 0; i < 10; i++) {
      setpoint(150);
      vi.advanceTimersByTime(100);
    }
    expect(wheels.last).toEqual(full);
    expect(told).not.toContainEqual({ type: 'missed' });
  });

  it('does not write a setpoint that came after its deadline', () => {
    const before = wheels.written.length;
    setpoint(0);
    setpoint(-5000);
    expect(wheels.written).toHaveLength(before);
  });

  it.each([
    [true, beatMs],
    [false, restingBeatMs],
  ])('refreshes the outputs at least every 50 ms and says that it runs (power: %s)', (on, everyMs) => {
    expect(everyMs).toBeLessThan(50);
    actuator.take({ type: 'power', on });
    setpoint(1000);
    const [writes, beats] = [wheels.written.length, told.length];
    vi.advanceTimersByTime(10 * everyMs);
    expect(wheels.written.length - writes).toBe(10);
    expect(told.slice(beats)).toEqual(Array.from({ length: 10 }, () => ({ type: 'beat' })));
  });

  it('is neutral when it is told so, and before the enable line goes off', () => {
    actuator.take({ type: 'power', on: true });
    expect(wheels.enabled).toBe(true);
    setpoint(150);
    actuator.take({ type: 'neutral' });
    expect(wheels.last).toEqual(neutral);
    setpoint(150);
    actuator.take({ type: 'power', on: false });
    expect(wheels.last).toEqual(neutral);
    expect(wheels.enabled).toBe(false);
  });

  it('switches the motor off when the agent hangs, and on again, neutral, with its next word', () => {
    actuator.take({ type: 'power', on: true });
    for (let i = 0; i < 50; i++) {
      vi.advanceTimersByTime(beatMs);
      actuator.take({ type: 'beat' });
    }
    expect(wheels.enabled).toBe(true);
    setpoint(5000);
    vi.advanceTimersByTime(600);
    expect(wheels.last).toEqual(neutral);
    expect(wheels.enabled).toBe(false);
    actuator.take({ type: 'beat' });
    expect(wheels.last).toEqual(neutral);
    expect(wheels.enabled).toBe(true);
    actuator.take({ type: 'power', on: false });
    vi.advanceTimersByTime(600);
    actuator.take({ type: 'neutral' });
    expect(wheels.enabled).toBe(false);
  });

  it('says once that the outputs are lost', () => {
    wheels.fail = true;
    setpoint(150);
    vi.advanceTimersByTime(200);
    expect(told.filter(({ type }) => type === 'lost')).toEqual([{ type: 'lost', message: 'There is no wire.' }]);
  });

  it('takes nothing after its end', async () => {
    setpoint(150);
    await actuator.stop();
    setpoint(150);
    expect(wheels.last).toEqual(neutral);
    expect(wheels.enabled).toBe(false);
  });
});
