import { Random } from '@pitwall/agent/simulator';
import { expect, it } from 'vitest';
import { randomCourse, trainingCourses, unseenCourses } from './courses.js';
import { randomStart } from './ride.js';

it('draws courses of useful length, the same ones from the same seed', () => {
  const draw = () => {
    const random = new Random(11);
    return Array.from({ length: 20 }, () => randomCourse(random).lengthM);
  };
  const lengths = draw();
  expect(draw()).toEqual(lengths);
  expect(Math.min(...lengths)).toBeGreaterThan(7);
  expect(Math.max(...lengths)).toBeLessThan(60);
});

it('keeps the unseen courses out of training', () => {
  for (const name of unseenCourses) expect(trainingCourses as readonly string[]).not.toContain(name);
});

it('starts on the road, near its direction, the same places from the same seed', () => {
  const track = randomCourse(new Random(5));
  const start = (seed: number) => randomStart(track, new Random(seed));
  expect(start(1)).toEqual(start(1));
  for (let seed = 0; seed < 50; seed++) {
    const { x, y, yaw } = start(seed);
    const { along, offset } = track.locate(x, y);
    expect(Math.abs(offset)).toBeLessThanOrEqual(0.121);
    expect(Math.cos(yaw - track.at(along).heading)).toBeGreaterThan(0.98);
  }
});
