import { type Outcome, raceUnderKills } from '../race-faults/kills.js';
import type { Report } from './report.js';

const races = 10;
const killsInEach = 20;

/** A controller that is killed 200 times in ten races, each time at a random moment: what it costs. It may cost nothing. */
export async function run(report: Report): Promise<void> {
  const outcomes: Outcome[] = [];
  for (let race = 0; race < races; race += 1) outcomes.push(await raceUnderKills(killsInEach, 1000 + race));
  const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const none = (figure: string, unit: string, value: number) =>
    report({ figure, value, unit, bar: '= 0', ok: value === 0 });
  const kills = sum((outcome) => outcome.kills);
  report({ figure: 'kills at random moments', value: kills, unit: 'kills', bar: '≥ 200', ok: kills >= 200 });
  const crossings = sum((outcome) => outcome.crossings);
  report({ figure: 'crossings meanwhile', value: crossings, unit: 'crossings', bar: '≥ 2000', ok: crossings >= 2000 });
  none(
    'lost crossings',
    'crossings',
    sum((outcome) => outcome.lost),
  );
  none(
    'doubled crossings',
    'crossings',
    sum((outcome) => outcome.doubled),
  );
  none(
    'wrong laps',
    'laps',
    sum((outcome) => outcome.wrong),
  );
  none(
    'acknowledged records forgotten',
    'records',
    sum((outcome) => outcome.forgotten),
  );
  none(
    'chains broken',
    'logs',
    sum((outcome) => (outcome.verified ? 0 : 1)),
  );
}
