import type { Micros } from '@pitwall/protocol';
import { describe, expect, it } from 'vitest';
import { ActionWatch, actionTime } from './action-watch.js';

const ms = (count: number) => Math.round(count * 1000) as Micros;

// The rule as docs/driving.md has it: 250 ms, or three times the time between two actions where that is longer; and for the
// first one as long again as a fresh frame may take, three frame times, at least 100 ms.
describe.each([
  // frames a second, limit, ms between two actions, ms after the last one, ms more for the first one
  [60, 0, 16.667, 250, 100],
  [30, 0, 33.333, 250, 100],
  [15, 0, 66.667, 250, 200],
  [12, 0, 83.333, 250, 250],
  [10, 0, 100, 300, 300],
  [5, 0, 200, 600, 600],
  [30, 15, 66.667, 250, 100],
  [15, 15, 66.667, 250, 200],
  [15, 30, 66.667, 250, 200],
  [20, 15, 100, 300, 150],
  [30, 10, 100, 300, 100],
  [60, 10, 100, 300, 100],
  [15, 10, 133.333, 400, 200],
])('a camera at %d Hz with a limit of %d', (rate, limit, between, last, first) => {
  it(`acts every ${between} ms, is silent ${last} ms after an action, ${first} ms later than that after a start`, () => {
    expect(actionTime({ rate, limit })).toBeCloseTo(between * 1000, -1);
    const watch = new ActionWatch({ rate, limit });
    const begun = ms(1_000_000);
    const due = (from: number, after: number) => {
      expect(watch.isSilent((from + ms(after)) as Micros)).toBe(false);
      expect(watch.isSilent((from + ms(after) + 1) as Micros)).toBe(true);
    };
    watch.starts(begun);
    due(begun, last + first);
    const acted = (begun + ms(last + first)) as Micros;
    watch.acted(acted);
    due(acted, last);
    watch.starts(acted);
    due(acted, last + first);
  });
});
