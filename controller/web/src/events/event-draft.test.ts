import { expect, it } from 'vitest';
import { chosenOf, EventFields, fieldsOf, newFields, nextItem, setupOf } from './event-draft.js';

const typed = (over: object = {}) =>
  EventFields.parse({
    ...newFields(Date.UTC(2026, 9, 24, 8, 1), 'Europe/Berlin'),
    name: 'Cup',
    points: '3, 2;1',
    ...over,
  });
const nothing = { program: [], boards: [], cars: [], gates: [], staff: [] };

it('reads the hall’s clock, and takes points as people type them', () => {
  const read = setupOf(typed(), nothing);
  expect(read).toMatchObject({
    setup: { startsAt: Date.UTC(2026, 9, 24, 8, 30), endsAt: Date.UTC(2026, 9, 24, 16, 30), points: [3, 2, 1] },
  });
});

it('says which line of the program is wrong, and an end before the beginning', () => {
  const item = { name: 'Lunch', race: '', startsAt: '2026-10-24T12:00', endsAt: '2026-10-24T13:00' };
  const program = [item, { ...item, name: ' ' }, { ...item, endsAt: '2026-10-24T11:59' }, { ...item, startsAt: '' }];
  expect(setupOf(typed(), { ...nothing, program })).toEqual({ wrong: [2, 3, 4] });
  expect(setupOf(typed({ endsAt: '2026-10-24T01:00' }), nothing)).toEqual({ wrong: 'endsAt' });
  expect(nextItem([item], '')).toMatchObject({ startsAt: '2026-10-24T13:00', endsAt: '2026-10-24T14:00' });
});

it('leaves a moment of the hour that comes twice as it was, until somebody types another', () => {
  const second = Date.UTC(2026, 9, 25, 1, 30);
  const read = setupOf(typed({ endsAt: '2026-10-25T12:00' }), nothing);
  if (!('setup' in read)) throw new Error('wrong');
  const setup = {
    ...read.setup,
    program: [{ name: 'Night', race: null, startsAt: second, endsAt: second }],
  } as typeof read.setup;
  const again = setupOf(EventFields.parse({ ...fieldsOf(setup), description: '' }), chosenOf(setup), setup);
  expect(again).toMatchObject({ setup: { program: [{ startsAt: second }] } });
});
