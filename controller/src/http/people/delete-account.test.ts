import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { type PeopleWorld, startPeople } from '../../../testing/people-world.js';
import { limits } from '../../limits/index.js';

const password = 'correct horse';
const { freshMs, ofAccount } = limits.passwords;

describe.each(engines)('on %s', (engine) => {
  let world: PeopleWorld;
  const signUp = async (alias: string) => (await world.ask('POST', '/api/v1/people', {}, { alias, password })).cookie;
  const remove = async (cookie: string, body: object = {}) => {
    const answer = await world.ask('DELETE', '/api/v1/account', { cookie }, body);
    return [answer.status, answer.body?.error.code];
  };

  beforeAll(async () => {
    world = await startPeople(await freshDatabase(engine));
    await world.firstAdministrator();
  });
  afterAll(() => world?.close());

  it('asks again who it is of whoever has been signed in for longer than ten minutes', async () => {
    world.now = Date.now();
    expect(await remove(await signUp('Fresh'))).toEqual([204, undefined]);
    const cookie = await signUp('Ann');
    world.now = Date.now() + freshMs + 1000;
    expect(await remove(cookie)).toEqual([401, 'sign-in-refused']);
    expect(await remove(cookie, { password })).toEqual([204, undefined]);
    expect((await world.ask('GET', '/api/v1/account', { cookie })).status).toBe(401);
    const again = { name: 'Ann', password };
    expect((await world.ask('POST', '/api/v1/session', {}, again)).status).toBe(401);
  });

  it('slows down who guesses the password of a phone that was found', async () => {
    const cookie = await signUp('Ben');
    for (let tries = 0; tries < ofAccount; tries += 1)
      expect(await remove(cookie, { password: `wrong ${tries}` })).toEqual([401, 'sign-in-refused']);
    expect(await remove(cookie, { password })).toEqual([429, 'too-many-tries']);
  });

  it('wants no more of who joined by phone than what the phone keeps', async () => {
    const { cookies } = await world.people.join({ alias: 'Cy' }, { address: '192.168.1.7' });
    world.now = Date.now() + freshMs + 1000;
    expect(await remove(cookies.map((one) => one.split(';')[0]).join('; '))).toEqual([204, undefined]);
  });

  it('deletes nobody for another site’s page, nor for a token', async () => {
    const cookie = await signUp('Dan');
    const elsewhere = await world.ask(
      'DELETE',
      '/api/v1/account',
      { cookie, origin: 'http://evil.test' },
      { password },
    );
    expect([elsewhere.status, elsewhere.body.error.code]).toEqual([403, 'request-cross-site']);
    const token = await world.accounts.issue({ name: 'r-0000000000', role: 'racer' });
    expect((await world.ask('DELETE', '/api/v1/account', { token }, {})).status).toBe(401);
  });
});
