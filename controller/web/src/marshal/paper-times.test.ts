import { expect, test } from 'vitest';
import { readPaperTimes } from './paper-times.js';

test('laps are typed as a stopwatch shows them', () => {
  expect(readPaperTimes('12.34 1:02.5\n9,81; 11', 0.3).laps?.map(({ time }) => time)).toEqual([
    12_340_000, 62_500_000, 9_810_000, 11_000_000,
  ]);
  expect(readPaperTimes('12.34', 0.3).laps?.[0]?.uncertainty).toBe(300_000);
});

test.each(['', '  ', 'ten', '12.34 -3', '0', '1:2', '3601', '1e3', '12.3.4'])('“%s” is told, not guessed', (text) => {
  const { laps, wrong } = readPaperTimes(text, 0.3);
  expect(laps).toBeNull();
  expect(wrong).toMatch(/such as 12\.34/);
});

test('a watch that is right to no time at all is none', () => {
  for (const uncertainty of [0, -1, Number.NaN, 61])
    expect(readPaperTimes('12', uncertainty).wrong).toMatch(/right to/);
});
