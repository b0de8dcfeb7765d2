import { expect, it } from 'vitest';
import { atLeast, atMost, LimitWatch } from './limit-watch.js';

it('raises once beyond a limit, passes well inside it, and knows nothing of the unknown', () => {
  const said: string[] = [];
  let degrees: number | undefined;
  let level: number | undefined;
  const watch = new LimitWatch(
    [atMost('temperature-high', 80, 5, () => degrees), atLeast('battery-low', 3, 1, () => level)],
    { raised: (reason) => said.push(`+${reason}`), passed: (reason) => said.push(`-${reason}`) },
  );
  const at = (temperature: number | undefined, battery: number | undefined) => {
    degrees = temperature;
    level = battery;
    watch.check();
    return said.splice(0);
  };
  expect(at(undefined, undefined)).toEqual([]);
  expect(at(80, 3)).toEqual([]);
  expect(at(81, 2)).toEqual(['+temperature-high', '+battery-low']);
  expect(at(90, 1)).toEqual([]);
  expect(at(78, 3)).toEqual([]);
  expect(at(75, 4)).toEqual(['-temperature-high', '-battery-low']);
  expect(at(81, 2)).toEqual(['+temperature-high', '+battery-low']);
  // Silent while it was low: low it stays.
  expect(at(undefined, undefined)).toEqual([]);
  expect(at(undefined, 4)).toEqual(['-battery-low']);
  expect(at(75, undefined)).toEqual(['-temperature-high']);
});
