import { z } from 'zod';
import { EpochMs, RacerId } from '../brand.js';
import { NewRacer } from './racers.js';

/** What a token's holder is; see `Account.may` for what each may do as well. */
export const AccountRole = z.enum([
  'car',
  'gate',
  'crew',
  'marshal',
  'organizer',
  'racer',
  'source',
  'standby',
  'administrator',
]);
export type AccountRole = z.infer<typeof AccountRole>;

/** GET /api/v1/account: whose token was sent or who is signed in, and every role in which they act. */
export const Account = z.object({
  name: z.string().describe('of a person and of a racer’s token: the racer’s id'),
  role: AccountRole,
  may: z.array(AccountRole),
  /** What a person is called. */
  alias: z.string().optional(),
});
export type Account = z.infer<typeof Account>;

/** What a person can be made; everybody races as well. */
export const PersonRole = z.enum(['administrator', 'organizer', 'marshal', 'crew', 'racer']);
export type PersonRole = z.infer<typeof PersonRole>;

export const Password = z
  .string()
  .min(8, 'must have at least 8 characters')
  .max(128, 'must have at most 128 characters');

/** POST /api/v1/people: a new account. */
export const SignUp = NewRacer.extend({
  password: Password,
  email: z.email('must be an e-mail address, or left out').max(254).toLowerCase().optional(),
});
export type SignUp = z.infer<typeof SignUp>;

/** POST /api/v1/session. */
export const SignIn = z.object({
  name: z.string().min(1).max(254).describe('alias or e-mail'),
  password: z.string().min(1).max(128),
});
export type SignIn = z.infer<typeof SignIn>;

/** The key of a one-time link; it stands behind the `#` of the address, which no server and no log sees. */
export const LinkKey = z.string().min(20).max(100);

/** POST /api/v1/people/first: by the link that the first start printed. */
export const FirstAdministrator = SignUp.extend({ key: LinkKey });
/** POST /api/v1/people/recovery: by the link that an organizer made. */
export const Recovery = z.object({ key: LinkKey, password: Password });
/** PUT /api/v1/account/password. */
export const PasswordChange = z.object({ old: z.string().min(1).max(128), new: Password });

export const OneTimeKey = z.object({ key: LinkKey, expiresAt: EpochMs });
export type OneTimeKey = z.infer<typeof OneTimeKey>;

export const Person = z.object({ id: z.string(), racer: RacerId, alias: z.string(), role: PersonRole });
export type Person = z.infer<typeof Person>;
export const PersonList = z.object({ people: z.array(Person) });

/** A device on which somebody is signed in. */
export const SignedInDevice = z.object({
  id: z.string(),
  userAgent: z.string().nullable(),
  since: EpochMs,
  isThis: z.boolean(),
});
export type SignedInDevice = z.infer<typeof SignedInDevice>;
export const SignedInDevices = z.object({ devices: z.array(SignedInDevice) });

/** Who holds a token: a program, a car, a gate, a command line. People sign in instead. */
export const TokenHolder = z.object({
  role: AccountRole.exclude(['administrator']),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be 1 to 100 letters, digits, dots, hyphens or underscores'),
});
export type TokenHolder = z.infer<typeof TokenHolder>;
/** A new token: said once, stored nowhere. */
export const IssuedToken = TokenHolder.extend({ token: z.string() });
export type IssuedToken = z.infer<typeof IssuedToken>;
export const HeldTokens = TokenHolder.extend({
  role: AccountRole,
  name: z.string(),
  since: EpochMs.describe('of the newest'),
  tokens: z.number().int(),
});
export type HeldTokens = z.infer<typeof HeldTokens>;
export const TokenList = z.object({ holders: z.array(HeldTokens) });
