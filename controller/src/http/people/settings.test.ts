import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { makeOnlineRace } from '../../../testing/event-setups.js';
import { startWhole, type WholeController } from '../../../testing/whole-controller.js';

describe.each(engines)('on %s', (engine) => {
  let hall: WholeController;
  beforeAll(async () => {
    hall = await startWhole({ database: await freshDatabase(engine) });
  }, 60_000);
  afterAll(() => hall?.stop());

  it('lets whoever races make races by invitation, until an administrator says organizers alone', async () => {
    const [ada, ann, ben] = [
      await hall.person('Ada', 'administrator'),
      await hall.person('Ann'),
      await hall.person('Ben'),
    ];
    const race = await makeOnlineRace(ann, 'Ann’s cup', { access: 'invited' });
    await expect(makeOnlineRace(ann, 'Open')).rejects.toThrow(
      'Races that are open to everybody are made by organizers',
    );
    const { key } = (await ann('GET', `/api/v1/online/${race}/invitation`)).body;
    expect(key).toMatch(/^.{20,}$/);
    // Somebody else’s: there is no such race.
    for (const ask of [ben, ada]) expect((await ask('GET', `/api/v1/online/${race}`)).status).toBe(404);
    expect((await ben('POST', `/api/v1/online/${race}/close`)).status).toBe(404);
    expect((await ben('POST', `/api/v1/online/${race}/entries`, { invitation: key })).status).toBe(200);
    expect((await ben('POST', `/api/v1/online/${race}/close`)).body.error.code).toBe('access-denied');

    expect((await ann('PUT', '/api/v1/settings', { organizing: 'organizers' })).status).toBe(403);
    expect((await ada('PUT', '/api/v1/settings', { organizing: 'organizers' })).status).toBe(204);
    expect((await hall.visitor()('GET', '/api/v1/settings')).body).toEqual({ organizing: 'organizers' });
    await expect(makeOnlineRace(ben, 'Ben’s cup', { access: 'invited' })).rejects.toThrow(
      'organizers alone make races',
    );
    // What was made before is still its owner’s.
    expect((await ann('POST', `/api/v1/online/${race}/close`)).body).toMatchObject({ phase: 'closed' });
    expect((await ada('PUT', '/api/v1/settings', { organizing: 'anyone' })).status).toBe(204);
    for (let made = 0; made < 10; made += 1) await makeOnlineRace(ben, `Cup ${made}`, { access: 'invited' });
    await expect(makeOnlineRace(ben, 'Cup 10', { access: 'invited' })).rejects.toThrow('close one first');
  });
});
