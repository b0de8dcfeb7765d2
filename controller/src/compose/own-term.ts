import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PitwallError, parseJson } from '@pitwall/protocol';
import { ControllerTerm } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { Accounts } from '../accounts/index.js';
import type { Signer } from '../forwarding/index.js';
import { ask, type OtherController, type StandbyDoor, superseded, Term, textOf } from '../standby/index.js';
import type { Store } from '../store/index.js';
import type { TimingOptions } from '../timing/index.js';
import type { Config } from './config.js';

/** Whose data this is; whoever may read it may promote. */
export const keyFile = (data: string): string => join(data, '.standby.key');

export const askOldMs = 2000;

/** Says whom a promoted standby followed: started again, it is the controller. */
export const promotedFile = (data: string): string => join(data, '.promoted.json');

/** A folder that a standby fills is no controller's, before it is promoted. @throws PitwallError `standby-refused` */
export function demandNoStandby({ data }: Config): void {
  if (existsSync(keyFile(data)))
    throw new PitwallError(
      'standby-refused',
      `${data} is a standby's: go on following with --standby, or make it the controller with: pitwall promote --data ${data}`,
    );
}

/**
 * A controller that has a standby asks it, when it starts, whether it was promoted meanwhile. One that does not answer was not, or cannot be
 * reached: only a person promotes, and only a person would start this one then.
 * One whose token was revoked is none any more. Answers where it is.
 * @throws PitwallError `controller-superseded`
 */
export async function demandOwnTerm(
  { store, accounts }: { readonly store: Store; readonly accounts: Accounts },
  { name, ca }: { readonly name: string; readonly ca: string | undefined },
): Promise<string | undefined> {
  const term = new Term(store);
  await term.demand();
  const url = await term.follower();
  if (url === undefined || !(await hasStandbyToken(accounts))) return undefined;
  const later = await termAt({ url, ca });
  if (later?.name === name && (await term.supersede(later.term, url))) throw superseded(url, Date.now());
  return url;
}

/** Whoever revokes the token of a standby lets it go. */
export const hasStandbyToken = async (accounts: Accounts): Promise<boolean> =>
  (await accounts.holders()).some(({ role }) => role === 'standby');

async function termAt(other: OtherController) {
  try {
    return parseJson(
      ControllerTerm,
      await textOf(await ask(other, '/api/v1/controller', { timeout: askOldMs })),
      'The answer',
    );
  } catch {
    return undefined;
  }
}

const statementType = 'pitwall-term';
const Statement = z.object({ name: z.string(), term: z.int().positive(), url: z.string() });

/**
 * What gates carry between two controllers of one name that do not reach each other. Both have the same key, and nobody else has it: a gate, which may
 * be stolen, can say nothing of its own.
 */
export async function termsOf(
  door: Pick<StandbyDoor, 'term' | 'supersede'>,
  { signer, url }: { readonly signer: Signer; readonly url: string },
): Promise<NonNullable<TimingOptions['terms']>> {
  const { name, term } = await door.term();
  const hear = async (statement: string): Promise<void> => {
    const said = await signer.verified(statement, statementType);
    if (said === undefined) return;
    const later = parseJson(Statement, said, 'The statement of a term');
    if (later.name === name) await door.supersede(later.term, later.url);
  };
  return {
    // Who was never a standby has nothing to say.
    statement: term === 1 ? undefined : await signer.sign(JSON.stringify({ name, term, url }), statementType),
    // A disk that refuses it now hears of it again with the next connection.
    heard: (statement) => void hear(statement).catch(() => undefined),
  };
}
