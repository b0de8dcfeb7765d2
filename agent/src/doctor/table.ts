import type { Result, State } from './check.js';

const words: Readonly<Record<State, string>> = { ok: 'ok', warning: 'WARNING', failed: 'FAILED', absent: '–' };

/** One row a check, and below it, where there is something to do, what. */
export function table(results: readonly Result[]): string {
  const wide = Math.max(...results.map(({ check }) => check.length));
  return results
    .flatMap(({ check, state, found, todo }) => [
      `${check.padEnd(wide)}  ${words[state].padEnd(7)}  ${found}`,
      ...(todo === null ? [] : [`${''.padEnd(wide)}           → ${todo}`]),
    ])
    .join('\n');
}
