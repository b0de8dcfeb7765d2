import * as ranking from '@pitwall/protocol/ranking';
import { expect, test } from 'vitest';
import { lapTime } from './index.js';
import { timeLeft, waitText } from './times.js';

test.each([
  [180_000_000, '3:00'],
  [179_999_999, '3:00'],
  [1, '0:01'],
  [0, '0:00'],
  [-5, '0:00'],
])('%i µs left reads %s', (micros, text) => {
  expect(timeLeft(micros)).toBe(text);
});

test('waits', () => {
  expect(waitText(20_000_000)).toBe('about now');
  expect(waitText(250_000_000)).toBe('about 4 min');
});

test('pages have no text of a time of their own: what is ranked as 11.520 is shown as that', () => {
  expect(lapTime).toBe(ranking.lapTime);
  expect(lapTime(11_520_537)).toBe('11.520');
});
