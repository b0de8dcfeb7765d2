import { createHash } from 'node:crypto';
import { Alias, isPitwallError, type LeaderboardId, PitwallError, RacerId, type Sha256 } from '@pitwall/protocol';
import {
  type Board,
  type ImportAnswer,
  type ImportKind,
  type ImportQuery,
  IncomingResult,
  namesOf,
  type Result,
  signedBody,
  signedContentOf,
} from '@pitwall/protocol/api';
import { v5 as uuidv5 } from 'uuid';
import type { Incoming, Leaderboards } from '../leaderboard/index.js';
import type { FoundRun, LapFile } from './found-laps.js';
import { readLapFile } from './lap-file.js';

export interface ImportsOptions {
  readonly leaderboards: Pick<Leaderboards, 'boards' | 'ingest' | 'keys' | 'racers' | 'result'>;
  /** Who vouches for what is imported here. */
  readonly source: string;
  /** Signs what a result says by ids, as this source; absent: boards that want signatures take nothing. */
  readonly sign?: (text: string) => Promise<string>;
  /** Wall clock, ms. */
  readonly now?: () => number;
}

/** What each kind of file counts as. DREM's clock ticks every 10 ms (leaderboard-timer/timer.js, and its page for laps by hand). */
const kinds: Readonly<Record<ImportKind, { column: 'physical' | 'virtual'; uncertainty: number; rules: string }>> = {
  drem: { column: 'physical', uncertainty: 10_000, rules: 'As DREM counted' },
  'deepracer-metrics': { column: 'virtual', uncertainty: 0, rules: 'As the cloud simulator counted' },
  'deepracer-simtrace': { column: 'virtual', uncertainty: 0, rules: 'As the cloud simulator counted' },
};
/** Of ids of imported results: the same run of the same file is the same result. */
const namespace = '0e4c3c5e-8c0a-5d5e-9a37-3a1d3f1f6a52';
const mostSaid = 100;

/** What is known of a name in a file. */
type Known = { readonly alias: string; readonly racer: RacerId | null; readonly country?: string | undefined };

/** Brings laps that were driven elsewhere onto a board, each marked as imported, by whom and from which file. */
export class Imports {
  readonly #options: ImportsOptions;

  constructor(options: ImportsOptions) {
    this.#options = options;
  }

  /**
   * Reads a file and, unless it is only to be looked at, gives the board its results; given again it changes nothing.
   * @throws PitwallError `not-found`, `message-invalid`, `simtrace-invalid`, and what the board refuses results for
   */
  async take(id: LeaderboardId, bytes: Uint8Array, asked: ImportQuery, by: string): Promise<ImportAnswer> {
    const board = await this.#options.leaderboards.boards.get(id);
    this.#demandTaken(board);
    const file = readLapFile(bytes);
    const hash = createHash('sha256').update(bytes).digest('hex') as Sha256;
    const { runs, tracks } = ofOneTrack(file, asked);
    const course = courseOf(board, asked);
    const leftOut = [...file.leftOut];
    const names = await this.#racersOf(file, runs, asked, leftOut);
    const known = runs.filter((run) => names.has(nameOf(run, asked)));
    const answer: ImportAnswer = {
      kind: file.kind,
      file: hash,
      written: !asked.check,
      racers: summaryOf(known, names, asked),
      tracks,
      outcomes: { accepted: 0, known: 0, held: 0 },
      leftOut: [],
    };
    if (!asked.check) await this.#write({ board, file, hash, course, asked, by }, known, names, answer, leftOut);
    const more = leftOut.length - mostSaid;
    return { ...answer, leftOut: more > 0 ? [...leftOut.slice(0, mostSaid), `… and ${more} more.`] : leftOut };
  }

  /** Before anything is read: of a board that would refuse each result, in its words. */
  #demandTaken({ id, writers, signatures }: Board): void {
    const { source, sign } = this.#options;
    if (!writers.includes(source))
      throw new PitwallError(
        'access-denied',
        `${source} may not write to leaderboard ${id}; an organizer adds it to the board's writers.`,
      );
    if (signatures === 'required' && sign === undefined)
      throw new PitwallError(
        'signature-invalid',
        `Leaderboard ${id} takes signed results only, and nothing signs here.`,
      );
  }

  async #write(
    { board, file, hash, course, asked, by }: Work,
    runs: readonly FoundRun[],
    names: Map<string, Known>,
    answer: ImportAnswer,
    leftOut: string[],
  ): Promise<void> {
    const { leaderboards, source, sign, now = Date.now } = this.#options;
    const { column, uncertainty, rules } = kinds[file.kind];
    for (const run of runs) {
      const name = nameOf(run, asked);
      try {
        const { alias, racer, country } = await this.#issued(names, name, by);
        const resultId = uuidv5(
          JSON.stringify([file.kind, run.id ?? hash, run.id === undefined ? racer : '']),
          namespace,
        );
        const laps = run.laps.map((lap) => ({ ...lap, penalty: 0, uncertainty, model: null }));
        const before = await this.#before(board.id, resultId);
        if (before !== undefined) {
          if (!sameLaps(before, laps))
            throw new PitwallError(
              'result-conflict',
              `${alias}’s laps of ${run.id ?? 'this file'} are on the board with other times; it stays as it is.`,
            );
          answer.outcomes.known += 1;
          continue;
        }
        const result = IncomingResult.parse({
          resultId,
          racer,
          alias,
          ...(country === undefined ? {} : { country }),
          finishedAt: run.drivenAt ?? asked.drivenAt ?? now(),
          track: course,
          rules: { hash: createHash('sha256').update(rules).digest('hex'), name: rules },
          model: null,
          laps,
          provenance: {
            kind: 'imported',
            source,
            column,
            from: file.kind,
            file: hash,
            by,
            ...(run.id === undefined ? {} : { original: run.id.slice(0, 200) }),
          },
        });
        const text = JSON.stringify(result);
        const incoming: Incoming =
          sign === undefined
            ? { result, body: text, signedBy: undefined, sender: { name: by, staff: true } }
            : await this.#signed(result, await sign(JSON.stringify(signedContentOf(result))), by);
        const { outcome } = await leaderboards.ingest(board.id, incoming);
        if (outcome === 'held') answer.outcomes.held += 1;
        else if (outcome === 'accepted') answer.outcomes.accepted += 1;
        else answer.outcomes.known += 1;
      } catch (error) {
        if (!isPitwallError(error) || error.code === 'store-unavailable') throw error;
        leftOut.push(`${name}: ${error.message}`);
      }
    }
    answer.racers = summaryOf(runs, names, asked);
  }

  async #signed(result: Result, jws: string, by: string): Promise<Incoming> {
    const { signedBy } = await this.#options.leaderboards.keys.verify(jws);
    return { result, body: signedBody({ jws, names: namesOf(result) }), signedBy, sender: { name: by, staff: true } };
  }

  async #before(board: string, resultId: string): Promise<Result | undefined> {
    try {
      return (await this.#options.leaderboards.result(board, resultId)).current.result;
    } catch (error) {
      if (isPitwallError(error) && error.code === 'not-found') return undefined;
      throw error;
    }
  }

  /** Who the names of a file are here. Who is not known will be issued; whose name can be nobody's is left out. */
  async #racersOf(
    file: LapFile,
    runs: readonly FoundRun[],
    asked: ImportQuery,
    leftOut: string[],
  ): Promise<Map<string, Known>> {
    const says = file.runs.some(({ racer }) => racer !== undefined);
    if (says && asked.racer !== undefined)
      throw new PitwallError('message-invalid', 'The file says who drove; leave the racer out.');
    if (!says && asked.racer === undefined)
      throw new PitwallError('message-invalid', 'The file does not say who drove; give the racer’s alias or id.');
    const { racers } = this.#options.leaderboards;
    const names = new Map<string, Known>();
    for (const name of new Set(runs.map((run) => nameOf(run, asked)))) {
      const alias = Alias.safeParse(name);
      if (!alias.success) {
        leftOut.push(`“${name.slice(0, 80)}” is left out: an alias ${alias.error.issues[0]?.message}.`);
        continue;
      }
      const byId = !says && RacerId.safeParse(name).success ? await known(racers.get(name)) : undefined;
      const found = byId ?? (await racers.find(alias.data));
      names.set(name, found === undefined ? { alias: alias.data, racer: null } : of(found));
    }
    return names;
  }

  async #issued(names: Map<string, Known>, name: string, by: string): Promise<Known & { racer: RacerId }> {
    const found = names.get(name) as Known;
    if (found.racer !== null) return { ...found, racer: found.racer };
    const issued = await this.#options.leaderboards.racers.issue({ alias: found.alias }, by);
    const racer = { alias: issued.alias, racer: issued.racer };
    names.set(name, racer);
    return racer;
  }
}

interface Work {
  readonly board: Board;
  readonly file: LapFile;
  readonly hash: Sha256;
  readonly course: Result['track'];
  readonly asked: ImportQuery;
  readonly by: string;
}

const nameOf = ({ racer }: FoundRun, asked: ImportQuery): string => racer ?? asked.racer ?? '';
const of = ({ alias, racer, country }: { alias: string; racer: RacerId; country?: string | undefined }): Known => ({
  alias,
  racer,
  country,
});

async function known<T>(wanted: Promise<T>): Promise<T | undefined> {
  try {
    return await wanted;
  } catch (error) {
    if (isPitwallError(error) && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** Of a file with several tracks one is taken, and somebody says which: they are no one board's. */
function ofOneTrack(
  { runs }: LapFile,
  { track }: ImportQuery,
): { runs: readonly FoundRun[]; tracks: ImportAnswer['tracks'] } {
  const counts = new Map<string, number>();
  for (const run of runs) if (run.track !== undefined) counts.set(run.track, (counts.get(run.track) ?? 0) + 1);
  const list = [...counts].map(([name, count]) => `${name} (${count === 1 ? '1 race' : `${count} races`})`).join(', ');
  if (track !== undefined && !counts.has(track))
    throw new PitwallError(
      'message-invalid',
      counts.size === 0 ? 'The file names no track; leave it out.' : `The file has no track ${track}; it has ${list}.`,
    );
  if (track === undefined && counts.size > 1)
    throw new PitwallError(
      'message-invalid',
      `The file has several tracks: ${list}. Say which one goes on this board.`,
      {
        details: { tracks: [...counts.keys()] },
      },
    );
  const taken = track ?? [...counts.keys()][0];
  return {
    runs: runs.filter((run) => run.track === taken),
    tracks: [...counts].map(([name, count]) => ({ track: name, runs: count, taken: name === taken })),
  };
}

function courseOf(board: Board, { course, direction }: ImportQuery): Result['track'] {
  if (board.track !== null) return board.track;
  if (course !== undefined) return { id: course, version: 1, direction: direction ?? 'counter-clockwise' };
  throw new PitwallError(
    'message-invalid',
    `Leaderboard ${board.id} takes results of any track; say on which these laps were driven (course, and direction where it is clockwise).`,
    { details: { fields: ['course'] } },
  );
}

function summaryOf(
  runs: readonly FoundRun[],
  names: ReadonlyMap<string, Known>,
  asked: ImportQuery,
): ImportAnswer['racers'] {
  const racers = new Map<string, ImportAnswer['racers'][number]>();
  for (const run of runs) {
    const { alias, racer } = names.get(nameOf(run, asked)) as Known;
    const before = racers.get(alias) ?? { alias, racer, runs: 0, laps: 0 };
    racers.set(alias, { ...before, runs: before.runs + 1, laps: before.laps + run.laps.length });
  }
  return [...racers.values()];
}

const sameLaps = (
  before: Result,
  laps: readonly { lap: number; time: number; valid: boolean; resets: number }[],
): boolean =>
  JSON.stringify(before.laps.map(({ lap, time, valid, resets }) => [lap, time, valid, resets])) ===
  JSON.stringify(laps.map(({ lap, time, valid, resets }) => [lap, time, valid, resets]));
