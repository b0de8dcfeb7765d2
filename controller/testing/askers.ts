import { join } from 'node:path';
import { sql } from 'kysely';
import { Accounts, type PersonRole, type Role } from '../src/accounts/index.js';
import { allMigrations } from '../src/compose/migrations.js';
import { openStore } from '../src/store/index.js';
import type { Ask, WholeController } from './whole-controller.js';

/** Who asks, by what, and what they show for it. */
export interface Asker {
  readonly name: string;
  readonly known: 'nobody' | 'tokens' | 'people';
  /** In which they act, as the columns of docs/roles.md name them. */
  readonly roles: readonly string[];
  readonly shown: Readonly<Record<string, string>>;
  /** A token that nobody holds: refused wherever it is shown. */
  readonly isForged?: boolean;
}

export interface Crew {
  readonly olga: Ask;
  /** Of people, by their name. */
  readonly asks: Readonly<Record<string, Ask>>;
  /** By their name in {@link Asker.name}: the id as a racer. */
  readonly racers: Readonly<Record<string, string>>;
  readonly askers: readonly Asker[];
}

const tokenRoles: readonly Role[] = ['car', 'gate', 'source', 'standby', 'racer', 'crew', 'marshal', 'organizer'];

/** Two who race, two who organize: what is the one's is not the other's. The event's people are racers that its organizer names. */
const persons: Readonly<Record<string, { role: PersonRole; acts?: readonly string[] }>> = {
  'a racer': { role: 'racer' },
  'another racer': { role: 'racer' },
  'a marshal of no event': { role: 'marshal', acts: ['marshal', 'crew'] },
  'one of the crew of no event': { role: 'crew' },
  'the event’s marshal': { role: 'racer', acts: ['racer', 'marshal', 'crew'] },
  'the event’s crew': { role: 'racer', acts: ['racer', 'crew'] },
  'the event’s commentator': { role: 'racer' },
  'the organizer': { role: 'organizer' },
  'another organizer': { role: 'organizer' },
  'the administrator': { role: 'administrator' },
};

const cookieOf = async (ask: Ask): Promise<string> => (await ask('GET', '/api/v1/account')).cookie;

/** Everybody who may ask a controller something, those who only say that they may included. */
export async function gatherAskers(hall: WholeController): Promise<Crew> {
  const origin = hall.url;
  const asks = new Map<string, Ask>();
  const racers: Record<string, string> = {};
  const askers: Asker[] = [];
  for (const [name, { role, acts = [role] }] of Object.entries(persons)) {
    const ask = await hall.person(name, role);
    asks.set(name, ask);
    racers[name] = ask.racer;
    askers.push({ name, known: 'people', roles: acts, shown: { cookie: await cookieOf(ask), origin } });
  }
  const nobody = (name: string, shown: Record<string, string>) =>
    askers.push({ name, known: 'nobody', roles: [], shown });
  const session = async () => {
    const ask = hall.visitor();
    return { ask, ...(await ask('POST', '/api/v1/session', { name: 'a racer', password: 'correct horse' })) };
  };
  const [ended, expired] = [await session(), await session()];
  await ended.ask('DELETE', '/api/v1/session');
  const good = await cookieOf(asks.get('the administrator') as Ask);
  nobody('signed out', {});
  nobody('a session that was ended', { cookie: ended.cookie, origin });
  nobody('a session that has expired', { cookie: expired.cookie, origin });
  nobody('a forged session', { cookie: good.replace(/(session_token=.)./, '$1_'), origin });
  const store = await openStore(join(hall.data, 'pitwall.db'), allMigrations);
  try {
    const token = /session_token=([^.;]+)/.exec(expired.cookie)?.[1] ?? '';
    const { numAffectedRows } = await sql`
      update people_sessions set expires_at = '2020-01-01T00:00:00.000Z' where token = ${decodeURIComponent(token)}
    `.execute(store.as());
    if (numAffectedRows !== 1n) throw new Error('no session has expired');
    const accounts = new Accounts(store);
    for (const role of tokenRoles) {
      const token = await accounts.issue({ name: role === 'racer' ? 'r-token' : `the-${role}`, role });
      askers.push({
        name: `the token of a ${role}`,
        known: 'tokens',
        roles: [role],
        shown: { authorization: `Bearer ${token}` },
      });
    }
    const revoked = await accounts.issue({ name: 'gone', role: 'organizer' });
    await accounts.revoke({ name: 'gone', role: 'organizer' });
    for (const [name, token] of [
      ['a revoked token', revoked],
      ['a forged token', 'pw_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ])
      askers.push({
        name: name as string,
        known: 'nobody',
        roles: [],
        shown: { authorization: `Bearer ${token}` },
        isForged: true,
      });
  } finally {
    await store.close();
  }
  return { olga: asks.get('the organizer') as Ask, asks: Object.fromEntries(asks), racers, askers };
}
