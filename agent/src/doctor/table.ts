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

/** The one thing to do next: what failed first, else what warns first, else racing. */
export function nextStep(results: readonly Result[]): string {
  const first = (state: State) => results.find((result) => result.state === state)?.todo;
  const todo = first('failed') ?? first('warning');
  if (todo != null) return `Next: ${todo}`;
  const link = results.find(({ check }) => check === 'link');
  return link?.state === 'absent'
    ? 'Next: name the track’s broker in the configuration (link:), as docs/driving.md shows.'
    : 'Next: start the agent (sudo systemctl start pitwall-agent); the car appears on the page Cars.';
}
