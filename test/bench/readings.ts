import { crowdedHall } from './readings/hall.js';
import { raceDays } from './readings/tally.js';
import type { Report } from './report.js';

const races = Number(process.env.PITWALL_READINGS_RACES ?? 4000);
const first = Number(process.env.PITWALL_READINGS_FIRST ?? 1);

/** The reading of crossings against race days of which the truth is known. */
export async function run(report: Report): Promise<void> {
  const { laps, wrong, decisive, runs, needless, needed, causes, examples } = raceDays({ from: first, to: first + races - 1 }, crowdedHall);
  if (process.env.PITWALL_READINGS_EXAMPLES !== undefined) {
    for (const line of examples) console.log(line);
    for (const [cause, count] of [...causes].sort((a, b) => b[1] - a[1])) console.log(`${count} ${cause}`);
  }
  report({
    figure: `laps of ${laps} on which a result stands, which are wrong, and about which nobody was asked (${wrong} wrong ones count in all)`,
    value: (decisive / laps) * 100_000,
    unit: 'in 100,000',
    bar: '≤ 1',
    ok: decisive / laps <= 1 / 100_000,
  });
  report({
    figure: `runs with a needless question, of ${runs} (${needed} runs with a needed one)`,
    value: (needless / runs) * 30,
    unit: 'in 30 runs',
    bar: '≤ 1',
    ok: needless / runs <= 1 / 30,
  });
}
