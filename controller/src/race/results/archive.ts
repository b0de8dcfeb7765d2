import { PitwallError, parseJson, type RaceId } from '@pitwall/protocol';
import { LogRecord, type RaceState, reduce, withoutNames } from '@pitwall/protocol/race';
import { lapTime } from '@pitwall/protocol/ranking';
import { csvOf } from '@pitwall/runtime/csv';
import { z } from 'zod';
import type { Store } from '../../store/index.js';
import { verifyChain } from '../log/chain.js';
import { RaceLogs, type RaceRow } from '../log/race-logs.js';

const format = 'pitwall-race-log/1';
const LogFile = z.object({ format: z.literal(format), records: z.array(LogRecord).min(1) });

/** A race's log as a JSON document, one record a line. */
export function writeLog(records: readonly LogRecord[]): string {
  const lines = records.map((record) => JSON.stringify(record));
  return `{"format":"${format}","records":[\n${lines.join(',\n')}\n]}\n`;
}

/**
 * Reads a log that {@link writeLog} wrote, and checks all of it: shape, chain, and that it can be replayed.
 * @throws PitwallError `log-invalid`.
 */
export function readLog(text: string, what: string): { records: LogRecord[]; state: RaceState } {
  parseJson(LogFile, text, what, 'log-invalid');
  // The chain binds each event as it was written, and an older version wrote no rules that have a default since.
  const { records } = JSON.parse(text) as z.infer<typeof LogFile>;
  verifyChain(records);
  return { records, state: reduce(records) };
}

const lapColumns = [
  'race',
  'run',
  'racer',
  'alias',
  'stage',
  'phase',
  'lap',
  'ended',
  'valid',
  'time_us',
  'measured_us',
  'penalty_us',
  'uncertainty_us',
  'resets',
  'off_tracks',
  'collisions',
  'car',
  'model',
  'declared',
  'marks',
  'time_text',
];

/** All laps of a race as CSV (RFC 4180), times in µs, and `time_text` as it is shown; a practice's have no racer. */
export function writeLaps({ race, runs, entries }: RaceState, { excel = false }: { excel?: boolean } = {}): string {
  const rows = runs.flatMap((run) =>
    run.laps.map((lap) => [
      race,
      run.runId,
      run.racer,
      entries.find(({ racer }) => racer === run.racer)?.alias ?? null,
      run.kind === 'practice' ? 'practice' : run.stage,
      run.phase,
      lap.lap,
      lap.ended,
      lap.valid,
      lap.time,
      lap.measured,
      lap.penalty,
      lap.uncertainty,
      lap.resets,
      lap.offTracks,
      lap.collisions,
      lap.car,
      lap.model,
      run.declared,
      lap.marks.join(' '),
      lap.time === null ? null : lapTime(lap.time),
    ]),
  );
  return csvOf([lapColumns, ...rows], { excel });
}

/** Races at rest: read from the database, or put there from a file. */
export class RaceArchive {
  readonly #logs: RaceLogs;

  constructor(store: Store) {
    this.#logs = new RaceLogs(store);
  }

  async list(): Promise<RaceRow[]> {
    return await this.#logs.list();
  }

  /** A whole log, checked. @throws PitwallError `not-found`, `log-invalid`. */
  async read(race: RaceId): Promise<{ records: LogRecord[]; state: RaceState }> {
    const { records } = await this.#logs.load(race);
    if (records.length === 0) throw new PitwallError('not-found', `There is no race ${race} here.`);
    return { records, state: reduce(records) };
  }

  /**
   * Without the names of those who were deleted here. @throws PitwallError `race-exists` where there is another race of that id; the same
   * one again changes nothing.
   */
  async add(given: readonly LogRecord[], deleted: Iterable<string> = []): Promise<'added' | 'known'> {
    const records = [...deleted].reduce<readonly LogRecord[]>(
      (log, racer) => log.map((record) => withoutNames(record, racer) ?? record),
      given,
    );
    const state = reduce(records);
    const { records: known } = await this.#logs.load(state.race);
    if (known.length > 0) {
      if (known.length === records.length && known.at(-1)?.hash === records.at(-1)?.hash) return 'known';
      throw new PitwallError('race-exists', `There is another race ${state.race} here already; it stays as it is.`);
    }
    await this.#logs.commit(async (writing) => {
      await writing.append(records);
      await writing.keep({ race: state.race, name: state.setup.name, phase: state.phase });
    });
    return 'added';
  }
}
