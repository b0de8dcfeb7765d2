import { expect, test } from 'vitest';
import { closedPath, mapBox, startHeading, type XY } from './outline.js';

const square: XY[] = [
  [0, 0],
  [2, 0],
  [2, 1],
  [0, 1],
];

test('a path is closed and turned over', () => {
  expect(closedPath(square)).toBe('M0 0L2 0L2 -1L0 -1Z');
});

test('the map holds every point with its margin', () => {
  expect(mapBox(square, 0.5)).toEqual({ x: -0.5, y: -1.5, width: 3, height: 2 });
});

test('the arrow at the start line points where the race goes', () => {
  expect(startHeading(square, false)).toBeCloseTo(Math.atan2(1, 2));
  expect(Math.cos(startHeading(square, true))).toBeLessThan(0);
});
