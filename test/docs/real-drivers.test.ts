import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const guest = new URL('../machine/guest/', import.meta.url);
const page = readFileSync(new URL('../../docs/driving.md', import.meta.url), 'utf8');

/** What each scenario of the guest prints with a bar: "scenario: name ≤ bar". */
const printed = readdirSync(guest)
  .filter((file) => file.endsWith('.mjs'))
  .flatMap((file) =>
    [...readFileSync(new URL(file, guest), 'utf8').matchAll(/\bfigure\(\s*'([^']+)',[^;]*?,\s*(\d+),?\s*\);/g)].map(
      ([, name, most]) => `${file.replace('.mjs', '')}: ${name} ≤ ${most}`,
    ),
  );

/** Rows of the page: scenario, name, at most, and the figure of each kernel (— where it is not run). */
const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` \| ([^|]+) \| (\d+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
  ([, scenario, name, most, ...figures]) => ({ scenario, name: name!.trim(), most: Number(most), figures }),
);

it('the page of driving has every figure that the guest with real drivers prints, with its bar', () => {
  expect(printed.length).toBeGreaterThan(20);
  expect(rows.map(({ scenario, name, most }) => `${scenario}: ${name} ≤ ${most}`).sort()).toEqual(printed.sort());
});

it.each(rows)('$scenario: $name is no more than its bar', ({ most, figures }) => {
  const measured = figures.map((figure) => figure!.trim()).filter((figure) => figure !== '—');
  for (const figure of measured) expect(Number(figure), figure).toBeLessThanOrEqual(most);
});
