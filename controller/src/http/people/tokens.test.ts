import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshDatabase } from '../../../testing/databases.js';
import { type PeopleWorld, startPeople } from '../../../testing/people-world.js';
import type { Role } from '../../accounts/index.js';

let world: PeopleWorld;
beforeAll(async () => {
  world = await startPeople(await freshDatabase('sqlite'));
});
afterAll(() => world.close());

it.each([
  ['crew', ['crew']],
  ['marshal', ['marshal', 'crew']],
  ['organizer', ['organizer', 'marshal', 'crew']],
  ['racer', ['racer']],
] as const satisfies readonly (readonly [Role, readonly Role[]])[])(
  'says whose token it is and what a %s may',
  async (role, may) => {
    const token = await world.accounts.issue({ name: 'mara', role });
    const answer = await world.ask('GET', '/api/v1/account', { token });
    expect(answer).toMatchObject({ status: 200, body: { name: 'mara', role, may } });
  },
);

it('knows no wrong token, no revoked one, and nobody without one', async () => {
  const token = await world.accounts.issue({ name: 'rita', role: 'marshal' });
  await world.accounts.revoke({ name: 'rita', role: 'marshal' });
  for (const wrong of ['wrong', token, undefined])
    expect(await world.ask('GET', '/api/v1/account', wrong === undefined ? {} : { token: wrong })).toMatchObject({
      status: 401,
      body: { error: { code: 'access-unknown' } },
    });
});

it('somebody tries two thousand tokens: none is let in, nothing is kept of them, and who holds a right one is served meanwhile', async () => {
  const token = await world.accounts.issue({ name: 'mara', role: 'marshal' });
  const before = await world.accounts.holders();
  const guesses = Array.from({ length: 2000 }, () => randomBytes(32).toString('base64url'));
  const statuses = new Set<number>();
  for (let from = 0; from < guesses.length; from += 100) {
    const wrong = guesses.slice(from, from + 100).map((guess) => world.ask('GET', '/api/v1/account', { token: guess }));
    // Who guesses is slowed down, at no cost of who does not, from the same address neither.
    expect(await world.ask('GET', '/api/v1/account', { token })).toMatchObject({ status: 200 });
    for (const { status } of await Promise.all(wrong)) statuses.add(status);
  }
  expect([...statuses].sort()).toEqual([401, 429]);
  expect(await world.accounts.holders()).toEqual(before);
}, 60_000);

it('issues and revokes tokens for an organizer; those of organizers and racers are an administrator’s business', async () => {
  const olga = { token: await world.accounts.issue({ name: 'olga', role: 'organizer' }) };
  const { status, body } = await world.ask('POST', '/api/v1/tokens', olga, { role: 'car', name: 'blue-7' });
  expect(status).toBe(201);
  expect(await world.accounts.authenticate(body.token)).toEqual({ role: 'car', name: 'blue-7' });
  const { body: list } = await world.ask('GET', '/api/v1/tokens', olga);
  expect(list.holders).toContainEqual(expect.objectContaining({ role: 'car', name: 'blue-7', tokens: 1 }));
  expect(JSON.stringify(list)).not.toContain(body.token);
  expect((await world.ask('DELETE', '/api/v1/tokens/car/blue-7', olga)).status).toBe(204);
  expect(await world.accounts.authenticate(body.token)).toBeUndefined();
  await world.accounts.issue({ name: 'rita', role: 'racer' });
  for (const holder of [
    { role: 'organizer', name: 'otto' },
    { role: 'racer', name: 'rita' },
  ] as const) {
    const refused = { status: 403, body: { error: { code: 'access-denied' } } };
    expect(await world.ask('POST', '/api/v1/tokens', olga, holder)).toMatchObject(refused);
    expect(await world.ask('DELETE', `/api/v1/tokens/${holder.role}/${holder.name}`, olga)).toMatchObject(refused);
  }
  expect((await world.ask('GET', '/api/v1/tokens', olga)).body.holders).not.toContainEqual(
    expect.objectContaining({ role: 'racer' }),
  );
  const admin = await world.firstAdministrator();
  expect((await world.ask('POST', '/api/v1/tokens', admin, { role: 'organizer', name: 'otto' })).status).toBe(201);
  expect((await world.ask('GET', '/api/v1/tokens', admin)).body.holders).toContainEqual(
    expect.objectContaining({ role: 'racer', name: 'rita' }),
  );
});
