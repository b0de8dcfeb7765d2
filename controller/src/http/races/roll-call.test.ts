import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { command, makeTrackRace } from '../../../testing/event-setups.js';
import { startWhole, type WholeController } from '../../../testing/whole-controller.js';

let hall: WholeController;
beforeAll(async () => {
  hall = await startWhole({ data: mkdtempSync(join(tmpdir(), 'pitwall-roll-call-')) });
}, 60_000);
afterAll(() => hall?.stop());

it('takes from racers that they themselves are here, and no more; staff says it of anybody', async () => {
  const [olga, ann, ben] = [await hall.person('Olga', 'organizer'), await hall.person('Ann'), await hall.person('Ben')];
  await makeTrackRace(olga, 'final');
  for (const [alias, { racer }] of [
    ['Ann', ann],
    ['Ben', ben],
  ] as const)
    await command(olga, 'final', { type: 'enter', entry: { racer, alias, car: null, models: [] } });
  await command(olga, 'final', { type: 'open' });
  const presence = async (ask: typeof ann, racer: string, isHere = true) =>
    await command(ask, 'final', { type: 'presence', racer, isHere });
  expect(await presence(ann, ann.racer)).toEqual({ status: 409, code: 'race-refused' });
  expect(await command(ann, 'final', { type: 'roll-call' })).toEqual({ status: 403, code: 'access-denied' });
  expect((await command(olga, 'final', { type: 'roll-call' })).status).toBe(200);
  expect((await presence(ann, ann.racer)).status).toBe(200);
  expect(await presence(ann, ben.racer)).toEqual({ status: 403, code: 'access-denied' });
  expect(await presence(ann, ann.racer, false)).toEqual({ status: 403, code: 'access-denied' });
  expect((await presence(olga, ben.racer)).status).toBe(200);
  expect((await ann('GET', '/api/v1/races/final')).body.here).toEqual([ann.racer, ben.racer]);
});
