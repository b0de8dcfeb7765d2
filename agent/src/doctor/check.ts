import { isPitwallError } from '@pitwall/protocol';

/** `absent`: the profile or configuration has none, so there is nothing to check. */
export type State = 'ok' | 'warning' | 'failed' | 'absent';

export interface Finding {
  readonly state: State;
  /** What was found. */
  readonly found: string;
  /** What to do about it; null where there is nothing. */
  readonly todo: string | null;
}

export interface Check {
  readonly name: string;
  /** A check that throws has failed; its sentence says what to do. */
  run(): Promise<Finding>;
}

export type Result = Finding & { readonly check: string };

export const ok = (found: string): Finding => ({ state: 'ok', found, todo: null });
export const absent = (found: string): Finding => ({ state: 'absent', found, todo: null });
export const warning = (found: string, todo: string): Finding => ({ state: 'warning', found, todo });
export const failed = (found: string, todo: string): Finding => ({ state: 'failed', found, todo });

/** One after another, each told as soon as it is done: a device is often shared by two. */
export async function examine(checks: readonly Check[], tell: (result: Result) => void): Promise<Result[]> {
  const results: Result[] = [];
  for (const { name, run } of checks) {
    const result = { check: name, ...(await run().catch(thrown)) };
    results.push(result);
    tell(result);
  }
  return results;
}

function thrown(error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  return isPitwallError(error)
    ? failed(error.code, message)
    : failed(message, 'This was not foreseen; report it with what `pitwall-agent doctor --json` prints.');
}
