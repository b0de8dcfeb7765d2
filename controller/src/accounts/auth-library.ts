import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { Store } from '../store/index.js';
import { type PeopleTables, peopleNames } from './people-tables.js';

/** A session lasts so long, s; then one signs in again. */
const sessionLasts = 30 * 86_400;

export type Auth = Awaited<ReturnType<typeof openAuth>>;

/** The library that keeps people, logins and sessions, over our tables. Who proves to be whom is checked by us before `beginSession`. */
export async function openAuth(store: Store, secret: string, secure: boolean) {
  const [{ betterAuth }, { createAuthEndpoint }, { setSessionCookie }, { z }] = await Promise.all([
    import('better-auth'),
    import('better-auth/api'),
    import('better-auth/cookies'),
    import('zod'),
  ]);
  return betterAuth({
    ...peopleNames,
    database: { db: store.as<PeopleTables>(), type: store.engine, transaction: false },
    secret,
    // Its own addresses are not served: routes of ours call it.
    baseURL: 'http://localhost',
    session: { ...peopleNames.session, expiresIn: sessionLasts, disableSessionRefresh: true },
    advanced: {
      cookiePrefix: 'pitwall',
      useSecureCookies: secure,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      // ResultPlace somebody came is not kept.
      ipAddress: { disableIpTracking: true },
    },
    plugins: [
      {
        id: 'pitwall',
        endpoints: {
          beginSession: createAuthEndpoint(
            '/pitwall/begin',
            { method: 'POST', body: z.object({ person: z.string() }) },
            async (context) => {
              const { internalAdapter } = context.context;
              const user = await internalAdapter.findUserById(context.body.person);
              if (user === null) throw new Error(`there is no person ${context.body.person}`);
              await setSessionCookie(context, { session: await internalAdapter.createSession(user.id), user });
              return null;
            },
          ),
        },
      },
    ],
    telemetry: { enabled: false },
    logger: { disabled: true },
    rateLimit: { enabled: false },
  });
}

// argon2id with the parameters that OWASP asks for at least (19 MiB, two passes), as the package has them.
export const hashPassword = (password: string): Promise<string> => hash(password);

let nobodys: Promise<string> | undefined;

/** Where there is no password it takes as long. */
export async function isPassword(hashed: string | null | undefined, password: string): Promise<boolean> {
  nobodys ??= hash(randomBytes(24).toString('base64url'));
  return (await verify(hashed ?? (await nobodys), password)) && typeof hashed === 'string';
}

/** What sessions are signed with: of all controllers of one database. */
export async function secretOf(store: Store, name: string): Promise<string> {
  const db = store.as<PeopleTables>();
  await db
    .insertInto('people_secrets')
    .values({ name, value: randomBytes(32).toString('base64url') })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { value } = await db
    .selectFrom('people_secrets')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return value;
}
