import type { UploadedModel } from '@pitwall/protocol/api';
import type { RaceState } from '@pitwall/protocol/race';
import { expect, it } from 'vitest';
import { nextModels } from './next-models.js';

const model = (name: string) => ({ hash: name.repeat(64), name });
const entry = (racer: string, models: ReturnType<typeof model>[], car: string | null = null) => ({
  racer,
  alias: racer,
  car,
  models,
});
const state = (over: object) =>
  ({
    race: 'cup',
    setup: { name: 'Cup', car: 'agent' },
    current: 'run-1',
    runs: [{ runId: 'run-1', racer: 'ann' }],
    queue: [{ racer: 'ben' }, { racer: 'ann' }, { racer: 'cleo' }],
    entries: [entry('ann', [model('a')]), entry('ben', [model('b'), model('c')], 'blue'), entry('cleo', [])],
    ...over,
  }) as unknown as RaceState;
const uploaded = [{ ...model('a'), bytes: 7 }] as unknown as UploadedModel[];

it('lists who has the track and who comes next, each once, with every model entered and whether it is here', () => {
  expect(
    nextModels([state({})], uploaded).map(({ racer, car, model, bytes }) => [racer, car, model?.name, bytes]),
  ).toEqual([
    ['ann', null, 'a', 7],
    ['ben', 'blue', 'b', null],
    ['ben', 'blue', 'c', null],
    ['cleo', null, undefined, null],
  ]);
});

it('says nothing of races whose cars nobody stages', () => {
  expect(nextModels([state({ setup: { name: 'Cup', car: 'any' } })], uploaded)).toEqual([]);
});
