import { z } from 'zod';

/** What a token's holder is; see `Account.may` for what each may do as well. */
export const AccountRole = z.enum(['car', 'gate', 'crew', 'marshal', 'organizer', 'racer', 'source']);
export type AccountRole = z.infer<typeof AccountRole>;

/** GET /api/v1/account: whose token was sent, and every role in which it acts. */
export const Account = z.object({ name: z.string(), role: AccountRole, may: z.array(AccountRole) });
export type Account = z.infer<typeof Account>;
