import { describe, expect, it } from 'vitest';
import { steeringFor } from './handling.js';
import { atRest, type CarState, drive, type Setpoint } from './physics.js';
import { physicsConstants, steeringLags } from './physics-constants.js';

const step = 1 / 15;
const standing = atRest({ x: 0, y: 0, yaw: 0 });
const drivenFor = (seconds: number, setpoint: Setpoint, k = physicsConstants, from = standing): CarState => {
  let state = from;
  for (let i = 0; i < Math.round(seconds / step); i++) state = drive(state, setpoint, step, k);
  return state;
};

describe('the physics', () => {
  it('reach the speed that wheels of 36 mm give to a command meant for 35 mm', () => {
    expect(drivenFor(3, { steeringDeg: 0, speedMps: 1.4 }).speed).toBeCloseTo(1.44, 2);
  });

  it('go no faster than the wheel joints of the cloud’s car turn: 100 rad/s', () => {
    for (const speedMps of [3.5, 4, 20]) {
      expect(drivenFor(6, { steeringDeg: 0, speedMps }).speed).toBeCloseTo(3.6, 2);
      expect(drivenFor(6, { steeringDeg: 0, speedMps: -speedMps }).speed).toBeCloseTo(-3.6, 2);
    }
  });

  it('speed up no faster than the tyres grip', () => {
    expect(drivenFor(0.4, { steeringDeg: 0, speedMps: 4 }).speed).toBeCloseTo(0.4 * physicsConstants.gripAlongMps2, 1);
  });

  it('turn left and right alike', () => {
    const [left, right] = [12, -12].map((steeringDeg) => drivenFor(2, { steeringDeg, speedMps: 2 }));
    expect(left?.x).toBeCloseTo(right?.x as number, 9);
    expect(left?.y).toBeCloseTo(-(right?.y as number), 9);
    expect(left?.yawRate).toBeGreaterThan(0.5);
  });

  it('understeer at speed, where no steering makes up for it', () => {
    const bendAt = (speedMps: number, steeringDeg: number) => {
      const straight = drivenFor(3, { steeringDeg: 0, speedMps });
      const { yawRate, speed } = drivenFor(4, { steeringDeg, speedMps }, physicsConstants, straight);
      return yawRate / speed;
    };
    expect(bendAt(1, 20)).toBeGreaterThan(1.8 * bendAt(1, 10));
    expect(bendAt(2.5, 20)).toBeLessThan(1.2 * bendAt(2.5, 10));
  });

  it('spin when all power and much steering come together, as in the logs', () => {
    expect(Math.abs(drivenFor(2, { steeringDeg: 30, speedMps: 4 }).yawRate)).toBeGreaterThan(3);
  });

  it('stay finite and on the ground, whatever is asked', () => {
    for (const setpoint of [
      { steeringDeg: 90, speedMps: 4 },
      { steeringDeg: -30, speedMps: -4 },
    ]) {
      for (const value of Object.values(drivenFor(10, setpoint))) expect(Number.isFinite(value)).toBe(true);
    }
  });

  it('point the wheels at once, or let them lag as older cars did', () => {
    const setpoint = { steeringDeg: 20, speedMps: 1 };
    const asked = (20 * Math.PI) / 180;
    expect(drivenFor(step, setpoint).steering).toBe(asked);
    const older = { ...physicsConstants, steeringS: steeringLags.first };
    // p = 1, d = 0.5: half a second after the step all but 1/e of it is covered, the jump at the start included.
    const { steering } = drivenFor(0.5, setpoint, older);
    expect(steering).toBeCloseTo(asked - (asked - older.steeringJumpRad) * Math.exp(-(7.5 * step) / 0.5), 1);
  });
});

describe('the steering for a bend', () => {
  it.each([
    [0.8, 0.8],
    [1.2, 0.8],
    [1.2, 1.2],
    [1.7, 0.6],
    [2.2, 0.4],
  ])('keeps a car of %d m/s on a bend of %d per metre', (speedMps, bend) => {
    const state = drivenFor(4, { steeringDeg: steeringFor(bend, speedMps), speedMps });
    expect(Math.abs(state.yawRate / state.speed / bend - 1)).toBeLessThan(0.12);
    expect(steeringFor(-bend, speedMps)).toBe(-steeringFor(bend, speedMps));
  });
});
