import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PitwallError, parseJson } from '@pitwall/protocol';
import { ControllerTerm } from '@pitwall/protocol/api';
import type { Accounts } from '../accounts/index.js';
import { ask, type OtherController, superseded, Term, textOf } from '../standby/index.js';
import type { Store } from '../store/index.js';
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
  if (url === undefined || !(await accounts.holders()).some(({ role }) => role === 'standby')) return undefined;
  const later = await termAt({ url, ca });
  if (later?.name === name && (await term.supersede(later.term, url))) throw superseded(url, Date.now());
  return url;
}

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
