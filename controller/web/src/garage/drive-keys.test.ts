import { expect, it } from 'vitest';
import { wantedAt, wantedBy } from './drive-keys.js';

it.each([
  [[], 0, 0],
  [['ArrowUp'], 0, 0.3],
  [['KeyW', 'ArrowLeft'], 1, 0.3],
  [['ArrowDown', 'KeyD'], -1, -0.3],
  [['ArrowLeft', 'ArrowRight', 'KeyS', 'KeyW'], 0, 0],
  [['KeyX'], 0, 0],
])('%j held means steering %d and throttle %d', (codes, steering, throttle) => {
  expect(wantedBy(codes, 0.3)).toEqual({ steering, throttle });
});

it('takes a finger’s place on the pad, with a middle that is nothing and edges that are all', () => {
  expect(wantedAt(0, 0, 0.5)).toEqual({ steering: 0, throttle: 0 });
  expect(wantedAt(0.05, -0.05, 0.5)).toEqual({ steering: 0, throttle: 0 });
  expect(wantedAt(-0.5, -1.7, 0.5)).toEqual({ steering: 0.5, throttle: 0.5 });
  expect(wantedAt(2, 0.5, 1)).toEqual({ steering: -1, throttle: -0.5 });
});
