import type { CarId } from '@pitwall/protocol';
import type { LiveMessage } from '@pitwall/protocol/api';
import { expect, it } from 'vitest';
import { unheard, updateLiveCar } from './live-car.js';

type CarMessage = Extract<LiveMessage, { car: CarId }>;
const car = 'blue' as CarId;
const word = (seq: number, sessionId = 'a') => ({ sessionId, seq });
const presence = (seq: number, status = 'online') =>
  ({ type: 'car-presence', car, presence: { ...word(seq), status } }) as unknown as CarMessage;
const state = (seq: number, sessionId?: string) =>
  ({ type: 'car-state', car, state: { ...word(seq, sessionId), safety: 'disarmed' } }) as unknown as CarMessage;
const telemetry = { type: 'telemetry', car, telemetry: word(9) } as unknown as CarMessage;

/** When it was heard last, after messages that come a second apart. */
const heardAt = (...messages: CarMessage[]) =>
  messages.reduce((before, message, index) => updateLiveCar(before, message, (index + 1) * 1000), unheard(car)).heardAt;

it('knows what the car says now from what it said before anyone asked', () => {
  expect(heardAt()).toBeNull();
  expect(heardAt(presence(0), state(1))).toBeNull();
  // A new connection: the same is told once more.
  expect(heardAt(presence(0), state(1), presence(0), state(1))).toBeNull();
  expect(heardAt(presence(0), state(1), state(2))).toBe(3000);
  expect(heardAt(presence(0), state(1), state(1, 'b'))).toBe(3000);
  expect(heardAt(telemetry, presence(0), state(1))).toBe(1000);
});

it('does not take its last will for a word of the car', () => {
  expect(heardAt(presence(0), presence(0, 'lost'))).toBeNull();
  expect(heardAt(presence(0), telemetry, presence(1, 'lost'))).toBe(2000);
});
