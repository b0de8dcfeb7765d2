import type { EventRace, RaceEventView } from '@pitwall/protocol/api';
import { expect, it } from 'vitest';
import { itemsOf, sorted } from './program.js';

const race = (id: string, over: Partial<EventRace>) => ({ race: id, name: id, opensAt: null, closesAt: null, ...over });
const item = (startsAt: number, endsAt: number, id: string | null = null, name = '') => ({
  name,
  startsAt,
  endsAt,
  race: id,
});

it('orders the program by time, online races by their own, and leaves out what is hidden', () => {
  const view = {
    setup: { program: [item(30, 40, 'late'), item(0, 9, 'online'), item(5, 6, null, 'Doors'), item(1, 2, 'hidden')] },
    races: [race('late', { kind: 'track' }), race('online', { kind: 'online', opensAt: 10, closesAt: 90 } as never)],
  } as unknown as RaceEventView;
  expect(itemsOf(view).map(({ name, startsAt }) => [name, startsAt])).toEqual([
    ['Doors', 5],
    ['online', 10],
    ['late', 30],
  ]);
});

it('says what is on by what races do, and else by the clock', () => {
  const items = [
    { key: 'a', name: 'overrun', startsAt: 0, endsAt: 10, race: race('a', { kind: 'track', phase: 'open' }) },
    { key: 'b', name: 'early end', startsAt: 0, endsAt: 90, race: race('b', { kind: 'track', phase: 'closed' }) },
    { key: 'c', name: 'lunch', startsAt: 40, endsAt: 60, race: undefined },
    { key: 'd', name: 'prizes', startsAt: 80, endsAt: 90, race: undefined },
    { key: 'e', name: 'breakfast', startsAt: 1, endsAt: 2, race: undefined },
  ] as never;
  const names = (of: readonly { name: string }[]) => of.map(({ name }) => name);
  const { on, next, finished } = sorted(items, 50);
  expect([names(on), names(next), names(finished)]).toEqual([['overrun', 'lunch'], ['prizes'], ['early end']]);
});
