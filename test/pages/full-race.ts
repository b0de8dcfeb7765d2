import { readFileSync } from 'node:fs';
import { seal } from '@pitwall/controller/race';
import { LogRecord, logVersion, RaceEvent, RaceSetup } from '@pitwall/protocol/race';

/** As long as an alias may be, and as racers write them. */
const aliases = [
  'Maximilian-Alexander von Hohenfels-Brandenburg & the Überholspur',
  'Überholspur-Akademie Donaudampfschifffahrtsgesellschaft Wien 1',
  'The Extraordinarily Fast Caterpillars of Saint Catherine’s Hall',
  'WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW',
  'Bo',
  'Chloé',
];
export const racers = Array.from({ length: 24 }, (_, number) => ({
  racer: `racer-${number}`,
  alias: `${number} ${aliases[number % aliases.length]}`.slice(0, 64),
}));

const second = 1_000_000;
const setup = RaceSetup.parse({
  name: 'The Great Autumn Cup of the Model Car Society',
  track: { id: 'oval', version: 1 },
  gates: ['manual'],
  car: 'any',
  leaderboard: 'main',
  rules: {
    name: 'Test rules',
    start: 'key',
    timeLimit: 1200 * second,
    plausible: { min: 1 * second, max: 600 * second },
    holdoff: 0,
    resets: { perLap: null, where: 'in-place' },
  },
});

/** CLOCK_MONOTONIC and the name of its life, as a controller on this computer has them. */
const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/**
 * The log of a race of 24 whose laps a hand timed: 23 have their result, the last one is on the track. The race was opened and
 * driven before the computer was started anew; only the last run is in the clock that goes on.
 */
export function fullRace(race: string): LogRecord[] {
  const records: LogRecord[] = [];
  let clock = { bootId: 'before', at: 0 };
  const write = (event: unknown) => {
    const record = LogRecord.omit({ hash: true, previous: true }).parse({
      race,
      seq: records.length + 1,
      at: clock,
      epoch: Date.now(),
      who: 'mara',
      commandId: null,
      event: RaceEvent.parse(event),
    });
    records.push(seal(record, records.at(-1)?.hash));
  };
  const pass = (micros: number) => {
    clock = { ...clock, at: clock.at + micros };
  };
  write({ type: 'created', setup, logVersion });
  write({ type: 'opened', rules: setup.rules, rulesHash: 'c'.repeat(64) });
  for (const { racer, alias } of racers) write({ type: 'entered', entry: { racer, alias, car: null, models: [] } });
  for (const { racer } of racers.slice(0, 8)) write({ type: 'queued', racer });
  for (const [number, { racer }] of racers.entries()) {
    const isLast = number === racers.length - 1;
    const runId = `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
    if (isLast) {
      clock = { bootId, at: Math.max(0, Number(process.hrtime.bigint() / 1000n) - 205 * second) };
      write({ type: 'clock-restarted', from: 'before' });
    }
    write({ type: 'run-called', runId, racer });
    write({ type: 'run-staged', runId, car: null, model: null });
    write({ type: 'run-ready', runId, checks: [], overruled: 'The test drives' });
    write({ type: 'run-started', runId, start: 'key' });
    const cross = () =>
      write({ type: 'crossing-added', runId, at: clock, uncertainty: 100_000, reason: 'Stamped by hand' });
    cross();
    for (let lap = 0; lap < (isLast ? 20 : 3); lap += 1) {
      pass(4 * second);
      if (lap % 4 === 1) write({ type: 'incident', runId, kind: 'off-track' });
      pass(5 * second + number * 30_000 + ((lap * 37) % 11) * 20_000);
      cross();
    }
    if (isLast) break;
    write({ type: 'finished', runId });
    write({ type: 'confirmed', runId, revision: 1 });
    pass(20 * second);
  }
  return records;
}
