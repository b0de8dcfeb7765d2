import type { CarId } from '@pitwall/protocol';
import type { CarOverview } from '@pitwall/protocol/api';
import { expect, it } from 'vitest';
import source from '../../../../agent/src/driving/reasons.ts?raw';
import { batteryStatus, carSentence, linkStatus, reasonWords } from './car-status-text.js';

type About = Parameters<typeof linkStatus>[0];
const about = (over: {
  readonly presence?: object | null;
  readonly state?: object | null;
  readonly battery?: object;
  readonly heardAt?: number | null;
  readonly eStop?: object;
  readonly rival?: object;
}): About =>
  ({
    car: 'blue' as CarId,
    presence: over.presence === undefined ? { status: 'online' } : over.presence,
    state: over.state === undefined ? { safety: 'disarmed', reason: null, manual: false } : over.state,
    telemetry: over.battery === undefined ? null : { battery: over.battery },
    eStop: over.eStop ?? null,
    rival: over.rival ?? null,
    heardAt: over.heardAt ?? null,
  }) as unknown as CarOverview & About;
const state = (safety: string, reason: string | null = null, manual = false) =>
  about({ state: { safety, reason, manual } });

it('has words for every reason that a car can have', () => {
  const table = source.slice(source.indexOf('export const reasons'), source.indexOf('} as const'));
  const named = [...table.matchAll(/^ {2}'?([a-z-]+)'?: \{/gm)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(10);
  expect(Object.keys(reasonWords).sort()).toEqual(named.sort());
});

it.each([
  [state('disarmed'), 'Stands, disarmed', 'good'],
  [state('armed'), 'Armed: it may go at any moment', 'warn'],
  [state('driving'), 'Drives', 'good'],
  [state('driving', null, true), 'Driven by hand', 'good'],
  [state('stopped', 'stop'), 'Stopped: it was told to stop', 'warn'],
  [state('stopped', 'dead-man', true), 'Stopped: the hand let go', 'warn'],
  [state('stopped', 'picked-up'), 'Stopped: it was picked up. Put it right, hands off, then Clear (K).', 'bad'],
  [state('faulted', 'outputs-lost'), 'Stopped: motor and steering do not answer. Look at it, then Clear (K).', 'bad'],
  [state('faulted', 'something-new'), 'Stopped: something-new. Look at it, then Clear (K).', 'bad'],
  [about({ state: null }), 'There, and has not said how it is', 'unknown'],
  // What it said before is the past.
  [about({ presence: { status: 'lost' } }), 'Link lost: nobody knows what it does', 'bad'],
  [about({ presence: { status: 'offline' } }), 'Off', 'unknown'],
  [about({ presence: null, state: null }), 'Never heard', 'unknown'],
  [about({ rival: { host: 'spare-pi' } }), 'Two computers say that they are blue; spare-pi is not let in', 'bad'],
  [
    about({ eStop: { by: 'mara', answered: 'silent' } }),
    'Emergency stop by mara, and nobody knows that it stands. Stop it by hand.',
    'bad',
  ],
])('a car in %o is told in a sentence', (car, text, tone) => {
  expect(carSentence(car, 'Clear (K)')).toEqual({ text, tone });
});

it.each([
  [{ unit: 'volts', value: 8.1 }, '8.1 V', 'good'],
  [{ unit: 'volts', value: 7.05 }, '7.1 V, low', 'warn'],
  [{ unit: 'volts', value: 6.6 }, '6.6 V, empty', 'bad'],
  [{ unit: 'volts', value: 12 }, '12.0 V', 'good'],
  // No usual pack: a power bank, say.
  [{ unit: 'volts', value: 5.1 }, '5.1 V', 'unknown'],
  [{ unit: 'level', value: 9 }, '9 of 11', 'good'],
  [{ unit: 'level', value: 4 }, '4 of 11, low', 'warn'],
  [{ unit: 'level', value: 1 }, '1 of 11, empty', 'bad'],
  [undefined, 'not told', 'unknown'],
] as const)('a battery of %o is told in words', (battery, text, tone) => {
  expect(batteryStatus(about(battery === undefined ? {} : { battery }))).toEqual({ text, tone });
});

it('says how old the last word of a car is', () => {
  const at = (now: number) => linkStatus(about({ heardAt: 1000 }), now);
  expect(at(1200)).toEqual({ text: 'heard now', tone: 'good' });
  expect(at(3000)).toEqual({ text: 'last heard 2 s ago', tone: 'warn' });
  expect(at(8000)).toEqual({ text: 'last heard 7 s ago', tone: 'bad' });
  expect(linkStatus(about({}), 0)).toEqual({ text: 'no word since this page opened', tone: 'warn' });
  expect(linkStatus(about({ presence: { status: 'lost' }, heardAt: 1000 }), 1000)).toEqual({
    text: 'lost',
    tone: 'bad',
  });
});
