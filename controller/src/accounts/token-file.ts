import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Accounts, Principal } from './accounts.js';

/** A file with a token that is good for the principal, made where there is none. For its owner's eyes only. */
export async function secretFile(file: string, accounts: Accounts, principal: Principal): Promise<string> {
  const known = existsSync(file) ? await accounts.authenticate(readFileSync(file, 'utf8').trim()) : undefined;
  if (known?.name !== principal.name || known.role !== principal.role)
    writeFileSync(file, await accounts.issue(principal), { mode: 0o600 });
  return file;
}
