import { expect, it } from 'vitest';
import { openStore } from '../store/index.js';
import { Accounts, accountMigrations, demand } from './index.js';

it('knows a token until it is revoked, and stores no secret', async () => {
  const store = await openStore(':memory:', [accountMigrations]);
  const accounts = new Accounts(store);
  const token = await accounts.issue({ name: 'demo-1', role: 'car' });
  expect(await accounts.authenticate(token)).toEqual({ name: 'demo-1', role: 'car' });
  expect(await accounts.authenticate(`${token}x`)).toBeUndefined();
  const rows = await store.as<{ credentials: object }>().selectFrom('credentials').selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain(token);
  await accounts.revoke({ name: 'demo-1', role: 'car' });
  expect(await accounts.authenticate(token)).toBeUndefined();
  await store.close();
});

it.each([
  [undefined, ['marshal'], 'access-unknown'],
  [{ name: 'a', role: 'racer' }, ['marshal'], 'access-denied'],
  [{ name: 'a', role: 'marshal' }, ['organizer'], 'access-denied'],
] as const)('%j may not do what needs %j', (principal, roles, code) => {
  expect(() => demand(principal, ...roles)).toThrow(expect.objectContaining({ code }));
});

it('lets an organizer do what a marshal may', () => {
  expect(demand({ name: 'a', role: 'organizer' }, 'marshal').name).toBe('a');
});
