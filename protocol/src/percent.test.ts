import { expect, it } from 'vitest';
import { percentText } from './index.js';

it.each([
  [100, 0, '100%'],
  [99.97, 0, '99%'],
  [99.97, 1, '99.9%'],
  [99.9999999, 1, '99.9%'],
  [43.5, 0, '43%'],
  [0, 1, '0.0%'],
])('cuts %d to %d digits: %s', (percent, digits, text) => {
  expect(percentText(percent, digits)).toBe(text);
});
