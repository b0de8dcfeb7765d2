import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stepsPerSecond } from '@pitwall/protocol/simtrace';
import { parseTrack } from '@pitwall/protocol/track';
import { beforeAll, describe, expect, it } from 'vitest';
import { carMeasures, Expert, observationSize, pictureSize, progressPoint, World } from './index.js';

const file = fileURLToPath(import.meta.resolve('@pitwall/protocol/tracks/harbour.json'));
const track = parseTrack(readFileSync(file, 'utf8'), 'harbour');
const frameOf = (world: World) => {
  const frame = new Uint8Array(observationSize.width * observationSize.height);
  world.renderGrey(frame);
  return frame;
};
const pixel = (frame: Uint8Array, column: number, row: number) => frame[row * observationSize.width + column] as number;

describe('the world', () => {
  let world: World;
  beforeAll(() => {
    world = new World({ track });
  });

  it('starts on the start line in driving direction, with all wheels on the road', () => {
    const { x, y, yaw } = world.startPose();
    expect(track.locate(x, y)).toMatchObject({ along: 0, offset: 0 });
    expect(yaw).toBeCloseTo(track.at(0).heading, 9);
    world.place({ x, y, yaw });
    expect(world.wheelsOnRoad()).toEqual([true, true, true, true]);
    const front = progressPoint(world.pose());
    expect(Math.hypot(front.x - x, front.y - y)).toBeCloseTo(carMeasures.progressPointM, 9);
  });

  it('turns left for positive steering, and reaches about the speed asked for', () => {
    world.place(world.startPose());
    const before = world.pose().yaw;
    for (let i = 0; i < stepsPerSecond; i++) world.step(1 / stepsPerSecond, { steeringDeg: 10, speedMps: 1 });
    expect(world.pose().yaw).toBeGreaterThan(before);
    expect(world.state().speed).toBeGreaterThan(0.9);
    expect(world.state().speed).toBeLessThan(1.1);
  });

  it('moves alike in small and large steps', () => {
    const ends = [1, 4].map((parts) => {
      world.place(world.startPose());
      for (let i = 0; i < 20 * parts; i++) world.step(1 / 15 / parts, { steeringDeg: 5, speedMps: 1.5 });
      return world.pose();
    });
    expect(ends[1]?.x).toBeCloseTo(ends[0]?.x ?? Number.NaN, 2);
    expect(ends[1]?.y).toBeCloseTo(ends[0]?.y ?? Number.NaN, 2);
  });

  it('drives what the car can do of what is asked: 30° and 4 m/s, or what another car can', () => {
    const endOf = (steeringDeg: number, speedMps: number, limits?: { steeringDeg: number; speedMps: number }) => {
      const own = new World({ track, ...(limits === undefined ? {} : { limits }) });
      for (let i = 0; i < 10; i++) own.step(1 / 15, { steeringDeg, speedMps });
      return own.state();
    };
    expect(endOf(60, 20)).toEqual(endOf(30, 4));
    expect(endOf(-60, 1)).toEqual(endOf(-30, 1));
    expect(endOf(60, 20, { steeringDeg: 20, speedMps: 2 })).toEqual(endOf(20, 2));
  });

  it('is stopped by the walls', () => {
    world.place(world.startPose());
    for (let i = 0; i < 300; i++) world.step(1 / 15, { steeringDeg: 0, speedMps: 4 });
    const { maxX } = track.outer.bounds;
    expect(world.pose().x).toBeLessThan(maxX + 0.61);
    expect(world.state().speed).toBe(0);
    expect(world.wheelsOnRoad()).toEqual([false, false, false, false]);
  });

  it('gives the same frames for the same seed and place, and others for another seed', () => {
    const poses = [0, 5, 9].map((along) => world.startPose(along, 0.05));
    const framesOf = (seed: number) => {
      const fresh = new World({ track, seed });
      return poses.map((pose) => {
        fresh.place(pose);
        return frameOf(fresh);
      });
    };
    expect(framesOf(7)).toEqual(framesOf(7));
    expect(framesOf(7)).not.toEqual(framesOf(8));
  });
});

describe('the camera', () => {
  const world = new World({ track });

  it('sees the dashed line in the middle, borders at both sides, the wall above', () => {
    world.place(world.startPose(0, 0));
    const frame = frameOf(world);
    const column = Array.from({ length: 60 }, (_, i) => pixel(frame, 80, 60 + i));
    expect(Math.max(...column)).toBeGreaterThan(160);
    expect(Math.min(...column)).toBeLessThan(95);
    for (const row of [50, 60]) {
      const line = Array.from({ length: 160 }, (_, i) => pixel(frame, i, row));
      expect(Math.max(...line.slice(0, 70))).toBeGreaterThan(230);
      expect(Math.max(...line.slice(90))).toBeGreaterThan(230);
    }
    expect(pixel(frame, 80, 20)).toBe(84);
  });

  it('shows a border where the pinhole camera of the real car has it', () => {
    world.place(world.startPose(0, 0));
    const frame = frameOf(world);
    // Row 45 looks a little less than 15° down; the middle of a border is at ± (width − border) / 2.
    const focal = 80 / Math.tan(1.13 / 2);
    const pitch = (15 * Math.PI) / 180;
    const below = (45.5 - 60) / focal;
    const depth = 0.13 / (Math.sin(pitch) + below * Math.cos(pitch));
    const aside = (track.widthM - track.markings.borderM) / 2;
    const column = 79.5 - (focal * aside) / depth;
    expect(pixel(frame, Math.round(column), 45)).toBeGreaterThan(225);
    expect(pixel(frame, Math.round(column) + 6, 45)).toBeLessThan(110);
    expect(pixel(frame, Math.round(column) - 6, 45)).toBeLessThan(200);
  });

  it('does not flicker: a centimetre forward changes far rows little', () => {
    world.place(world.startPose(0, 0));
    const before = frameOf(world);
    world.place(world.startPose(0.01, 0));
    const after = frameOf(world);
    let most = 0;
    for (let i = 36 * 160; i < 42 * 160; i++)
      most = Math.max(most, Math.abs((before[i] as number) - (after[i] as number)));
    expect(most).toBeLessThan(60);
  });

  it('shows people the same view in colour', () => {
    world.place(world.startPose(4, 0));
    const picture = new Uint8Array(pictureSize.width * pictureSize.height * 3);
    world.renderColour(picture);
    const frame = frameOf(world);
    let difference = 0;
    for (let row = 0; row < 120; row++) {
      for (let column = 0; column < 160; column++) {
        let sum = 0;
        for (let v = 0; v < 4; v++) {
          for (let u = 0; u < 4; u++) {
            const at = ((row * 4 + v) * 640 + column * 4 + u) * 3;
            const [r, g, b] = [picture[at], picture[at + 1], picture[at + 2]] as [number, number, number];
            sum += 0.2989 * r + 0.587 * g + 0.114 * b;
          }
        }
        difference += Math.abs(sum / 16 - pixel(frame, column, row));
      }
    }
    expect(difference / 19200).toBeLessThan(3);
  });
});

describe('the expert', () => {
  it.each(['centre', 'racing'] as const)(
    'drives laps on the %s line in either direction without leaving the road',
    (line) => {
      for (const directed of [track, track.reversed()]) {
        const world = new World({ track: directed });
        const expert = new Expert(directed, { line });
        let driven = 0;
        let before = 0;
        for (let i = 0; i < 15 * 25; i++) {
          world.step(1 / 15, expert.decide(world.state()));
          const { x, y } = world.pose();
          const { progressPct } = directed.locate(x, y);
          driven += ((progressPct - before + 150) % 100) - 50;
          before = progressPct;
          expect(world.wheelsOnRoad().some(Boolean)).toBe(true);
        }
        expect(driven).toBeGreaterThan(200);
      }
    },
  );
});
