import { describe, expect, it } from 'vitest';
import { horizonRow, readTrack, World } from '../simulator/index.js';
import { blur, changedFrame, expose, lightFromOneSide, maskAboveHorizon } from './domain-change.js';
import { observerOf } from './observe-world.js';

const track = readTrack('oval');
const grey = (world: World) => {
  const frame = new Uint8Array(19_200);
  world.renderGrey(frame);
  return frame;
};
const mean = (frame: Uint8Array, rows: readonly [number, number]) => {
  const part = frame.subarray(rows[0] * 160, rows[1] * 160);
  return part.reduce((sum, value) => sum + value, 0) / part.length;
};

describe('a changed camera', () => {
  it('exposure: a stop is a factor of two in light, of 1.37 in its greys, and white is white', () => {
    const frame = Uint8Array.of(0, 100, 200, 255);
    expose(frame, 1);
    expect([...frame]).toEqual([0, 137, 255, 255]);
    expose(frame, -1);
    expect([...frame]).toEqual([0, 100, 186, 186]);
  });

  it('light from one side: brighter towards it, darker away, and as it was at right angles', () => {
    const seen = (yaw: number) => {
      const frame = new Uint8Array(19_200).fill(100);
      lightFromOneSide(frame, 0.4, yaw, 1);
      return [frame[0], frame[80], frame[159]];
    };
    expect(seen(0)).toEqual([134, 140, 134]);
    expect(seen(Math.PI)).toEqual([66, 60, 66]);
    // The light is on the right of a car that drives north.
    const [left = 0, middle, right = 0] = seen(Math.PI / 2);
    expect([middle, left < 85, right > 115]).toEqual([100, true, true]);
  });

  it('both planes of two cameras get the same light', () => {
    const frame = Uint8Array.from({ length: 38_400 }, (_, at) => (at % 2 === 0 ? 100 : 50));
    lightFromOneSide(frame, 0.2, 0.3, 2);
    for (let at = 0; at < frame.length; at += 2) expect(Math.abs(frame[at]! - 2 * frame[at + 1]!)).toBeLessThan(2);
  });

  it('blur is the mean of what is seen while the shutter is open', () => {
    const frame = new Uint8Array(2);
    const asked: number[] = [];
    blur(frame, (target, ago) => {
      asked.push(ago);
      target.fill(ago < 0.5 ? 200 : 100);
    });
    expect([...frame]).toEqual([150, 150]);
    expect(asked).toEqual([1, 3, 5, 7, 9, 11, 13, 15].map((part) => part / 16));
  });

  it('blur: a car that stands sees sharply, one that turns smears what is upright', () => {
    const world = new World({ track });
    const blurred = () => {
      const frame = new Uint8Array(19_200);
      changedFrame(frame, { blurMs: 33 }, 1, 0, (target, agoS) => world.renderGrey(target, agoS));
      return frame;
    };
    world.place(world.startPose(2));
    expect(blurred()).toEqual(grey(world));
    for (let i = 0; i < 15; i++) world.step(1 / 15, { steeringDeg: 25, speedMps: 2.5 });
    const edges = (frame: Uint8Array) =>
      frame.reduce((most, value, at) => Math.max(most, at % 160 === 0 ? 0 : Math.abs(value - frame[at - 1]!)), 0);
    expect(edges(blurred())).toBeLessThan(edges(grey(world)));
    // Where the car was a moment ago is where a car that drove less far stands.
    const [now, then] = [world.pose(), new Uint8Array(19_200)];
    world.renderGrey(then, 0.02);
    const { speed, sideways, yawRate } = world.state();
    const other = new World({ track });
    other.place({
      x: now.x - 0.02 * (speed * Math.cos(now.yaw) - sideways * Math.sin(now.yaw)),
      y: now.y - 0.02 * (speed * Math.sin(now.yaw) + sideways * Math.cos(now.yaw)),
      yaw: now.yaw - 0.02 * yawRate,
    });
    expect(then).toEqual(grey(other));
  });

  it('tilt: three degrees down move the horizon up by about seven rows, three up down', () => {
    const wallsFoot = (tiltDeg: number) => {
      const world = new World({ track, tiltRad: (tiltDeg * Math.PI) / 180 });
      world.place(world.startPose(2));
      const frame = grey(world);
      // The wall's foot in the middle column, below the horizon: where the dark wall ends and the bright floor begins.
      let row = Math.ceil(horizonRow((tiltDeg * Math.PI) / 180));
      while (frame[row * 160 + 80]! < 120) row++;
      return row;
    };
    const [up, level, down] = [wallsFoot(-3), wallsFoot(0), wallsFoot(3)];
    // A pinhole: 160 / 2 / tan(1.13 / 2) pixels a radian about the middle.
    for (const rows of [up - level, level - down]) {
      expect(rows).toBeGreaterThanOrEqual(6);
      expect(rows).toBeLessThanOrEqual(8);
    }
  });

  it('mask: one grey above the horizon, also of a tilted camera, and nothing below', () => {
    const world = new World({ track });
    const plain = grey(world);
    const masked = plain.slice();
    maskAboveHorizon(masked, 128, 0, 1);
    expect(mean(masked, [0, 26])).toBe(128);
    expect(masked.subarray(26 * 160)).toEqual(plain.subarray(26 * 160));
    const up = plain.slice();
    maskAboveHorizon(up, 10, (-3 * Math.PI) / 180, 1);
    expect([mean(up, [0, 33]), up[33 * 160] === plain[33 * 160]]).toEqual([10, true]);
  });

  it('none is to the last bit what the simulator’s camera sees', () => {
    const world = new World({ track, tiltRad: 0 });
    for (let i = 0; i < 8; i++) world.step(1 / 15, { steeringDeg: 5, speedMps: 2 });
    const seen = observerOf({ camera: 'STEREO_CAMERAS' })(world).camera.slice();
    const stereo = new Uint8Array(38_400);
    world.renderStereo(stereo);
    expect(seen).toEqual(stereo);
    expect(observerOf({ camera: 'STEREO_CAMERAS' }, { tiltDeg: 0 })(world).camera).toEqual(stereo);
    expect(observerOf({ camera: 'STEREO_CAMERAS' }, { exposureEv: 0, light: 0 })(world).camera).toEqual(stereo);
  });
});
