import { z } from 'zod';
import { SignUp } from './account.js';
import { OwnPasskey } from './passkeys.js';

export const ProviderName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be 1 to 40 small letters, digits or hyphens');

/** GET /api/v1/session/providers: elsewhere whoever signs in here may say who they are. */
export const LoginProviderList = z.object({
  providers: z.array(z.object({ name: ProviderName, label: z.string().describe('what people call it') })),
});
export type LoginProviderList = z.infer<typeof LoginProviderList>;

/** POST /api/v1/session/providers/{provider}. */
export const ProviderSignIn = z.object({ to: z.string().max(500).nullable().default(null).describe('a page of ours') });
/** Where the browser goes next. */
export const ProviderAddress = z.object({ url: z.url() });

/** GET /api/v1/session/providers/new: who came back from a provider and has no account yet. */
export const NewProviderLogin = z.object({
  label: z.string(),
  alias: z.string().nullable().describe('what they are called there, where that can be an alias'),
  email: z.string().nullable().describe('that the provider says is theirs'),
  emailTaken: z.boolean().describe('an account here has that e-mail: they may mean that one'),
});
export type NewProviderLogin = z.infer<typeof NewProviderLogin>;
/** POST /api/v1/people/provider. */
export const ProviderSignUp = SignUp.omit({ password: true, email: true });

/** GET /api/v1/account/logins: by what one signs in. */
export const OwnLogins = z.object({
  password: z.boolean().describe('whether there is one'),
  passkeys: z.array(OwnPasskey).describe('the oldest first'),
  providers: z.array(z.object({ name: ProviderName, label: z.string(), connected: z.boolean() })),
});
export type OwnLogins = z.infer<typeof OwnLogins>;
