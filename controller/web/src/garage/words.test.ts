import type { CarOverview } from '@pitwall/protocol/api';
import { expect, it } from 'vitest';
import { detailWords, isAway, modelWords } from './words.js';

const hash = 'a'.repeat(64);
const model = { hash, name: 'anna' };
const presence = { status: 'online', profile: 'aws-deepracer', model } as unknown as NonNullable<
  CarOverview['presence']
>;
const state = {
  safety: 'faulted',
  reason: 'e-stop',
  manual: false,
  flag: 'yellow',
  throttleScaleNow: 50,
  model,
} as unknown as NonNullable<CarOverview['state']>;

it('says what a car has loaded and how it is set', () => {
  const telemetry = { framesPerSecond: 29.6, temperature: 51.2 } as unknown as NonNullable<CarOverview['telemetry']>;
  const about = { presence, state, telemetry };
  expect(isAway(about)).toBe(false);
  expect(modelWords(about)).toBe('anna (aaaaaaaa)');
  expect(detailWords(about)).toBe('throttle 50 % · yellow flag · 30 frames/s · 51 °C · aws-deepracer');
});

it('never shows an old state of a car that is away', () => {
  const lost = { presence: { ...presence, status: 'lost' as const }, state, telemetry: null };
  expect(isAway(lost)).toBe(true);
  expect(detailWords(lost)).toBe('');
  const never = { presence: null, state: null, telemetry: null };
  expect(isAway(never)).toBe(true);
  expect(modelWords(never)).toBe('no model');
});
