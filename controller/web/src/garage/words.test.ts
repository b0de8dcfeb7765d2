import type { CarOverview } from '@pitwall/protocol/api';
import { expect, it } from 'vitest';
import { carWords } from './words.js';

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

it('says how a car is in words and one colour', () => {
  const telemetry = {
    framesPerSecond: 29.6,
    battery: { unit: 'level', value: 7 },
    temperature: 51.2,
  } as unknown as NonNullable<CarOverview['telemetry']>;
  expect(carWords({ presence, state, telemetry })).toEqual({
    state: 'faulted: e-stop',
    tone: 'bad',
    model: 'anna (aaaaaaaa)',
    detail: 'throttle 50 % · yellow flag · 30 frames/s · battery 7 of 11 · 51 °C · aws-deepracer',
  });
  expect(carWords({ presence, state: { ...state, safety: 'driving', reason: null }, telemetry: null })).toMatchObject({
    state: 'driving',
    tone: 'moves',
  });
  const byHand = { ...state, manual: true };
  expect(carWords({ presence, state: { ...byHand, safety: 'armed', reason: null }, telemetry: null }).state).toBe(
    'armed by hand',
  );
  expect(carWords({ presence, state: byHand, telemetry: null }).state).toBe('faulted: e-stop');
});

it('never shows an old state of a car that is away', () => {
  const lost = { ...presence, status: 'lost' as const };
  expect(carWords({ presence: lost, state, telemetry: null })).toMatchObject({
    state: 'link lost',
    tone: 'away',
    detail: '',
  });
  expect(carWords({ presence: null, state: null, telemetry: null })).toMatchObject({
    state: 'never heard',
    model: 'no model',
  });
});
