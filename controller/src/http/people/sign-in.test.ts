import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { type PeopleWorld, startPeople } from '../../../testing/people-world.js';

const password = 'correct horse';
const refused = (status: number, code: string) => ({ status, body: { error: { code } } });

describe.each(engines)('on %s', (engine) => {
  let world: PeopleWorld;
  beforeAll(async () => {
    world = await startPeople(await freshDatabase(engine));
  });
  afterAll(() => world.close());
  const signUp = async (alias: string, more: object = {}, from: object = {}) =>
    await world.ask('POST', '/api/v1/people', from, { alias, password, ...more });
  const signIn = async (name: string, given: string, from: object = {}) =>
    await world.ask('POST', '/api/v1/session', from, { name, password: given });
  const account = async (cookie: string) => await world.ask('GET', '/api/v1/account', { cookie });

  it('makes the first administrator by the link, once, for half an hour, in the local network alone', async () => {
    const first = async (key: string | undefined, from: object = {}) =>
      await world.ask('POST', '/api/v1/people/first', from, { key, alias: 'Ada', password });
    const old = await world.people.makeFirst();
    const late = await world.people.makeFirst();
    expect(await first(old?.key)).toMatchObject(refused(409, 'link-used'));
    for (const address of ['203.0.113.9', '2001:db8::1', '172.32.0.1'])
      expect(await first(late?.key, { address })).toMatchObject(refused(403, 'access-denied'));
    world.now += 1_800_000;
    expect(await first(late?.key)).toMatchObject(refused(409, 'link-used'));
    const key = (await world.people.makeFirst())?.key;
    const { status, cookie } = await first(key);
    expect(status).toBe(204);
    expect((await account(cookie)).body).toMatchObject({
      alias: 'Ada',
      role: 'administrator',
      may: ['administrator', 'organizer', 'marshal', 'crew', 'racer'],
    });
    const again = await world.ask('POST', '/api/v1/people/first', {}, { key, alias: 'Eve', password });
    expect(again).toMatchObject(refused(409, 'link-used'));
    expect(await world.people.makeFirst()).toBeUndefined();
  });

  it('signs up with an alias and a password alone, or with an e-mail, and shows no made-up address', async () => {
    const { status, cookie, setCookies, body } = await signUp('Zoë');
    expect({ status, body }).toEqual({ status: 204, body: undefined });
    for (const set of setCookies) {
      expect(set).toMatch(/; HttpOnly/i);
      expect(set).toMatch(/; SameSite=Lax/i);
    }
    const me = (await account(cookie)).body;
    expect(me).toEqual({ name: expect.stringMatching(/^r-/), role: 'racer', may: ['racer'], alias: 'Zoë' });
    expect(await signUp('zoë')).toMatchObject(refused(409, 'alias-taken'));
    expect(await signUp('Ben', { email: 'Ben@Example.org' })).toMatchObject({ status: 204 });
    expect(await signUp('Ben 2', { email: 'ben@example.org' })).toMatchObject(refused(409, 'email-taken'));
    expect((await signUp('Short', { password: '1234567' })).body.error.message).toMatch(
      /password: must have at least 8/,
    );
    expect(await signIn('ZOË', password)).toMatchObject({ status: 204 });
    expect(await signIn('ben@example.org', password)).toMatchObject({ status: 204 });
    expect(await signIn('Zoë', 'wrong horse')).toMatchObject(refused(401, 'sign-in-refused'));
    expect((await signIn('Nobody', password)).body).toEqual((await signIn('Zoë', 'wrong')).body);
  });

  it('ends a session at once, on this device or another, and takes no forged one', async () => {
    const one = await signUp('Cleo', {}, { userAgent: 'Phone' });
    const two = await signIn('Cleo', password, { userAgent: 'Laptop' });
    const { body } = await world.ask('GET', '/api/v1/account/devices', one);
    expect(body.devices.map(({ userAgent, isThis }: never) => ({ userAgent, isThis }))).toEqual(
      expect.arrayContaining([
        { userAgent: 'Phone', isThis: true },
        { userAgent: 'Laptop', isThis: false },
      ]),
    );
    const other = body.devices.find(({ isThis }: { isThis: boolean }) => !isThis);
    const stranger = await signUp(`Stranger ${engine}`);
    expect((await world.ask('DELETE', `/api/v1/account/devices/${other.id}`, stranger)).status).toBe(404);
    expect((await world.ask('DELETE', `/api/v1/account/devices/${other.id}`, one)).status).toBe(204);
    expect((await account(two.cookie)).status).toBe(401);
    expect((await account(one.cookie.replace(/(session_token=.)./, '$1_'))).status).toBe(401);
    expect((await account('pitwall.session_token=forged.forged')).status).toBe(401);
    expect((await world.ask('DELETE', '/api/v1/session', one)).status).toBe(204);
    expect((await account(one.cookie)).status).toBe(401);
  });

  it('refuses what another site’s page asks in somebody’s name', async () => {
    const { cookie } = await signUp('Dora');
    const change = { old: password, new: 'another horse' };
    for (const origin of ['https://evil.test', 'null', 'http://pit.test:8081', null])
      expect(await world.ask('PUT', '/api/v1/account/password', { cookie, origin }, change)).toMatchObject(
        refused(403, 'request-cross-site'),
      );
    expect(await signIn('Dora', password, { origin: 'https://evil.test' })).toMatchObject(
      refused(403, 'request-cross-site'),
    );
    expect((await world.ask('PUT', '/api/v1/account/password', { cookie }, change)).status).toBe(204);
    expect((await account(cookie)).status).toBe(401);
    expect(await signIn('Dora', 'another horse')).toMatchObject({ status: 204 });
  });

  it('lets an organizer help back whom they may manage, by a link that is good once and for a day', async () => {
    const ada = { cookie: (await signIn('Ada', password)).cookie };
    const find = async (alias: string) =>
      (await world.ask('GET', '/api/v1/people', ada)).body.people.find(
        (person: { alias: string }) => person.alias === alias,
      );
    const olga = await signUp('Olga');
    const fred = await signUp('Fred');
    expect(await world.ask('GET', '/api/v1/people', fred)).toMatchObject(refused(403, 'access-denied'));
    const role = async (who: { cookie: string }, alias: string, becomes: string) =>
      await world.ask('PUT', `/api/v1/people/${(await find(alias)).id}/role`, who, { role: becomes });
    expect((await role(ada, 'Olga', 'organizer')).status).toBe(200);
    expect((await account(olga.cookie)).body).toMatchObject({ role: 'organizer' });
    expect(await role(olga, 'Olga', 'administrator')).toMatchObject(refused(403, 'access-denied'));
    expect(await role(olga, 'Fred', 'organizer')).toMatchObject(refused(403, 'access-denied'));
    expect(await role(ada, 'Ada', 'racer')).toMatchObject(refused(409, 'last-administrator'));
    const link = async (alias: string) =>
      await world.ask('POST', `/api/v1/people/${(await find(alias)).id}/recovery`, olga);
    expect(await link('Ada')).toMatchObject(refused(403, 'access-denied'));
    const recover = async (key: string) =>
      await world.ask('POST', '/api/v1/people/recovery', {}, { key, password: 'found again' });
    const { body: older } = await link('Fred');
    const { body: newer } = await link('Fred');
    expect(await recover(older.key)).toMatchObject(refused(409, 'link-used'));
    const { id } = await find('Fred');
    const login = { issuer: 'https://id.test', subject: '1', label: 'Club', alias: null, email: null };
    const passkey = { id: 'AAAA', host: 'pit.test', handle: 'BBBB', public_key: 'CCCC', counter: 0, created_at: 5 };
    await world.people.connect(id, login);
    await expect(world.people.connect((await find('Ada')).id, login)).rejects.toMatchObject({ code: 'login-taken' });
    await world.people.passkeys.keep({ ...passkey, used_at: null }, id, 'Phone');
    const keeping = world.people.passkeys.keep({ ...passkey, used_at: null }, (await find('Ada')).id, 'Phone');
    await expect(keeping).rejects.toMatchObject({ code: 'passkey-refused' });
    expect((await world.ask('GET', '/api/v1/account/logins', fred)).body).toEqual({
      password: true,
      passkeys: [{ id: 'AAAA', name: 'Phone', host: 'pit.test', since: 5, usedAt: null }],
      providers: [],
    });
    const both = await Promise.all([recover(newer.key), recover(newer.key)]);
    expect(both.map(({ status }) => status).sort()).toEqual([204, 409]);
    // The phone that was lost opens nothing any more.
    expect([await world.people.issuersOf(id), await world.people.passkeys.list(id)]).toEqual([[], []]);
    expect((await account(fred.cookie)).status).toBe(401);
    expect(await signIn('Fred', 'found again')).toMatchObject({ status: 204 });
    const { body: late } = await link('Fred');
    world.now += 86_400_000;
    expect(await recover(late.key)).toMatchObject(refused(409, 'link-used'));
  });

  it('slows guessing down by account, and locks no owner out', { timeout: 60_000 }, async () => {
    const owner = await signUp('Gina');
    const guess = async (index: number) => await signIn('Gina', 'guess guess', { address: `203.0.113.${index}` });
    const guesses = await Promise.all(Array.from({ length: 20 }, (_, index) => guess(index)));
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(10);
    // Who never signed in here waits, whatever the password; the owner's device does not.
    expect(await signIn('Gina', password, { address: '198.51.100.1' })).toMatchObject(refused(429, 'too-many-tries'));
    expect(await signIn('Gina', password, { cookie: owner.cookie })).toMatchObject({ status: 204 });
    const forged = owner.cookie.replace(/pitwall_device=..../, 'pitwall_device=AAAA');
    expect(await signIn('Gina', password, { cookie: forged })).toMatchObject(refused(429, 'too-many-tries'));
  });

  it('lets a hall sign up from one address, and not a program that fills the list of people', async () => {
    const email = `${engine}@example.org`;
    const one = async (address: string) => await signUp(`Class ${address}`, { email }, { address });
    expect((await one('203.0.113.77')).status).toBe(204);
    const others = await Promise.all(Array.from({ length: 400 }, () => one('203.0.113.77')));
    expect(others.map(({ body }) => body.error.code)).toEqual([...Array(399).fill('email-taken'), 'too-many-tries']);
    expect(await one('203.0.113.78')).toMatchObject(refused(409, 'email-taken'));
  });
});
