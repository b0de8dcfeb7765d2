import { expect, it } from 'vitest';
import { nextStep } from './table.js';

const of = (check: string, state: 'ok' | 'warning' | 'failed' | 'absent', todo: string | null = null) => ({
  check,
  state,
  found: '',
  todo,
});

it.each([
  [
    'what failed, before what warns',
    [of('disk', 'warning', 'Tidy.'), of('camera', 'failed', 'Plug it in.')],
    'Next: Plug it in.',
  ],
  ['what warns', [of('camera', 'ok'), of('disk', 'warning', 'Tidy.')], 'Next: Tidy.'],
  ['a track, where the car knows none', [of('camera', 'ok'), of('link', 'absent')], 'Next: name the track’s broker'],
  ['racing', [of('camera', 'ok'), of('link', 'ok')], 'Next: start the agent'],
])('the next step is %s', (_, results, sentence) => {
  expect(nextStep(results)).toContain(sentence);
});
