import type { Change } from './change.js';
import type { Plan } from './plan.js';

/** What an installation would change, a line each file. */
export function changeTable(changes: readonly Change[]): string {
  const byPath = new Map<string, { readonly how: string; readonly why: Set<string> }>();
  for (const change of changes) {
    const row = byPath.get(change.path) ?? { how: hows[change.kind], why: new Set<string>() };
    row.why.add(change.why);
    byPath.set(change.path, row);
  }
  const wide = Math.max(...[...byPath.keys()].map((path) => path.length));
  return [...byPath]
    .map(([path, { how, why }]) => `${how.padEnd(6)}  ${path.padEnd(wide)}  ${[...why].join('; ')}`)
    .join('\n');
}

const hows: Readonly<Record<Change['kind'], string>> = {
  folder: 'new',
  file: 'write',
  link: 'link',
  edit: 'add to',
  tree: 'copy',
};

/** What a person reads before anything is changed. */
export const planText = (plan: Plan, missing: readonly Change[]): string =>
  [
    `This is ${plan.car.name}. Profile: ${plan.profile}.`,
    ...(missing.length === 0 ? ['Everything is in place.'] : [changeTable(missing)]),
    ...plan.putAside.map((unit) => `stop    ${unit}`),
    ...plan.notes.map((note) => `NOTE    ${note}`),
  ].join('\n');
