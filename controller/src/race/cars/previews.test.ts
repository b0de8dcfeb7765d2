import { CarId } from '@pitwall/protocol';
import { expect, it } from 'vitest';
import { Previews } from './previews.js';

it('asks a car again and again while anybody watches, and ends it with the last of them', () => {
  const asked: string[] = [];
  let timers: (() => void)[] = [];
  const previews = new Previews({
    ask: (car, rate, seconds) => asked.push(`${car} ${rate}/s for ${seconds} s`),
    timers: {
      set: (act) => timers.push(act) && act,
      clear: (timer) => {
        timers = timers.filter((one) => one !== timer);
      },
    },
  });
  const pass = () => {
    for (const act of timers.splice(0)) act();
  };
  const red = CarId.parse('red');
  const first = previews.watch(red);
  const second = previews.watch(red);
  pass();
  expect(asked).toEqual(['red 15/s for 10 s', 'red 15/s for 10 s']);
  first();
  first();
  pass();
  expect(asked).toHaveLength(3);
  second();
  expect(asked.slice(3)).toEqual(['red 0/s for 1 s']);
  pass();
  expect(asked).toHaveLength(4);
  expect(timers).toEqual([]);
});
