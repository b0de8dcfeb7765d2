import { hash } from 'node:crypto';
import type { EpochMs, Sha256 } from '@pitwall/protocol';
import { chainRoot, chainText, type LogRecord, logVersion, type RaceEvent, RaceSetup } from '@pitwall/protocol/race';

const model = 'a'.repeat(64);
const lapsInRun = 25;
const sha256 = (text: string): string => hash('sha256', text);

/** The same, over: the last run confirmed, the race closed and declared official. */
export function officialDay(race: string, length: number): LogRecord[] {
  const records = raceDay(race, 'line', length - 4, 'bench-boot', 1e12);
  const called = records.findLast(({ event }) => event.type === 'run-called')?.event;
  const runId = called?.type === 'run-called' ? called.runId : '';
  const events: RaceEvent[] = [
    { type: 'finished', runId },
    { type: 'confirmed', runId, revision: 1 },
    { type: 'closed', protestsUntil: 0 as EpochMs },
    { type: 'declared-official', overruled: 'a bench' },
  ];
  for (const event of events) {
    const { hash: previous, at, epoch, seq } = records.at(-1) as LogRecord;
    const record = { race, seq: seq + 1, at, epoch, who: 'bench', commandId: null, event, previous } as Omit<
      LogRecord,
      'hash'
    >;
    records.push({ ...record, hash: sha256(chainText(record, JSON.stringify(event))) as Sha256 });
  }
  return records;
}

/** A race day as a log of so many records: runs of 25 laps, an off-track now and then, each run confirmed; the last goes on. */
export function raceDay(race: string, gate: string, length: number, bootId: string, now: number): LogRecord[] {
  const setup = RaceSetup.parse({
    name: 'A long day',
    track: { id: 'harbour', version: 1 },
    gates: [gate],
    car: 'any',
    rules: { name: 'Bench', timeLimit: null, start: 'key', penalties: { offTrack: 0, collision: 0 } },
  });
  const records: LogRecord[] = [];
  // The day ends now.
  let at = now - length * 5_000_000;
  if (at < 0) at = 0;
  const spacing = Math.floor((now - at) / (length * 2));
  const write = (event: RaceEvent): void => {
    at += spacing;
    const record = {
      race,
      seq: records.length + 1,
      at: { bootId, at },
      epoch: 1_700_000_000_000 + records.length,
      who: 'bench',
      commandId: null,
      event,
      previous: records.at(-1)?.hash ?? chainRoot,
    } as Omit<LogRecord, 'hash'>;
    records.push({ ...record, hash: sha256(chainText(record, JSON.stringify(event))) as Sha256 });
  };
  write({ type: 'created', setup, logVersion });
  write({ type: 'opened', rules: setup.rules, rulesHash: model as Sha256 });
  const racers = Array.from({ length: 20 }, (_, index) => `racer-${index}`);
  for (const racer of racers)
    write({
      type: 'entered',
      entry: { racer, alias: racer, car: null, models: [{ hash: model, name: 'm' }] },
    } as never);
  let crossings = 0;
  for (let run = 1; ; run += 1) {
    const runId = `00000000-0000-7000-8000-${String(run).padStart(12, '0')}`;
    write({ type: 'run-called', runId, racer: racers[run % racers.length] as never, stage: 'qualifying' });
    write({ type: 'run-staged', runId, car: null, model: model as Sha256 });
    write({ type: 'run-ready', runId, checks: [], overruled: null });
    write({ type: 'run-started', runId, start: 'key' });
    for (let lap = 0; lap <= lapsInRun; lap += 1) {
      if (lap % 7 === 3) write({ type: 'incident', runId, kind: 'off-track' });
      const seen = { gate, bootId: 'bench-gate', seq: crossings++, at: at + spacing, uncertainty: 20 };
      const rate = { value: 1, bound: 0 };
      write({
        type: 'crossing',
        crossing: seen,
        controllerAt: at + spacing,
        controllerBound: 0,
        epoch: 'bench-gate',
        rate,
      } as never);
      if (records.length >= length) return records;
    }
    write({ type: 'finished', runId });
    write({ type: 'confirmed', runId, revision: 1 });
  }
}
