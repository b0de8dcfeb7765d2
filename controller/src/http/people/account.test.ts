import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { Accounts, accountMigrations, type Role } from '../../accounts/index.js';
import { openStore } from '../../store/index.js';
import { createApp } from '../system/server.js';
import { accountRoutes } from './account.js';

async function server() {
  const store = await openStore(':memory:', [accountMigrations]);
  const accounts = new Accounts(store);
  const app = await createApp({ accounts, logger: pino({ level: 'silent' }), routes: [accountRoutes()] });
  onTestFinished(async () => {
    await app.close();
    await store.close();
  });
  const ask = async (token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await app.inject({ url: '/api/v1/account', headers });
    return { status: answer.statusCode, body: answer.json() };
  };
  return { accounts, ask };
}

it.each([
  ['crew', ['crew']],
  ['marshal', ['marshal', 'crew']],
  ['organizer', ['organizer', 'marshal', 'crew']],
  ['racer', ['racer']],
] as const satisfies readonly (readonly [Role, readonly Role[]])[])(
  'says whose token it is and what a %s may',
  async (role, may) => {
    const { accounts, ask } = await server();
    const token = await accounts.issue({ name: 'mara', role });
    expect(await ask(token)).toEqual({ status: 200, body: { name: 'mara', role, may } });
  },
);

it('knows no wrong token, no revoked one, and nobody without one', async () => {
  const { accounts, ask } = await server();
  const token = await accounts.issue({ name: 'mara', role: 'marshal' });
  await accounts.revoke({ name: 'mara', role: 'marshal' });
  for (const wrong of ['wrong', token, undefined])
    expect(await ask(wrong)).toMatchObject({ status: 401, body: { error: { code: 'access-unknown' } } });
});
