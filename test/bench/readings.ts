import { crowdedHall, worseHall } from './readings/hall.js';
import { byTheCar, raceDays, type Tally } from './readings/tally.js';
import type { Report } from './report.js';

const races = Number(process.env.PITWALL_READINGS_RACES ?? 4000);
const first = Number(process.env.PITWALL_READINGS_FIRST ?? 1);
/** For days that are printed to be known, without a bar. */
const fewer = Math.ceil(races / 4);
const otherDays = 1_000_000;

const wrong = ({ decisive, laps }: Tally): number => (decisive / laps) * 100_000;
const needless = ({ needless: count, runs }: Tally): number => (count / runs) * 30;

/** The reading of crossings against race days of which the truth is known. `PITWALL_READINGS_EXAMPLES`: every run that counts against it, and why. */
export async function run(report: Report): Promise<void> {
  const days = raceDays({ from: first, to: first + races - 1 }, crowdedHall);
  if (process.env.PITWALL_READINGS_EXAMPLES !== undefined) {
    for (const line of days.examples) console.log(line);
    for (const [cause, count] of [...days.causes].sort((a, b) => b[1] - a[1])) console.log(`${count} ${cause}`);
  }
  report({
    figure: `laps of ${days.laps} on which a result stands, which are wrong, and about which nobody was asked (${days.decisive}; ${days.wrong} wrong ones count in all)`,
    value: wrong(days),
    unit: 'in 100,000',
    bar: '≤ 1',
    ok: wrong(days) <= 1,
  });
  report({
    figure: `runs with a needless question, of ${days.runs} with ${days.laps} laps (${days.needless} needless, ${days.needed} with a needed one)`,
    value: needless(days),
    unit: 'in 30 runs',
    bar: '≤ 1',
    ok: needless(days) <= 1,
  });
  const seeds = { from: first + otherDays, to: first + otherDays + fewer - 1 };
  for (const [name, hall] of [
    ['other days', crowdedHall],
    ['days with twice the faults', worseHall],
  ] as const) {
    const tally = raceDays(seeds, hall);
    const known = { bar: 'none', ok: true };
    report({
      figure: `the same on ${name} (${tally.laps} laps)`,
      value: wrong(tally),
      unit: 'in 100,000',
      ...known,
    });
    report({ figure: `the same, needless questions`, value: needless(tally), unit: 'in 30 runs', ...known });
  }
  for (const holdoff of [1_000_000, 500_000]) {
    const tally = raceDays(seeds, crowdedHall, byTheCar(holdoff));
    report({
      figure: `wrong by a hand within the hold-off, too, where that is ${holdoff / 1_000_000} s (${tally.laps} laps)`,
      value: wrong(tally),
      unit: 'in 100,000',
      bar: 'none',
      ok: true,
    });
  }
}
