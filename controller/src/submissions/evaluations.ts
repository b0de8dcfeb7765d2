import { PitwallError } from '@pitwall/protocol';
import type { Comparison, EvaluationFileKind, EvaluationReport } from '@pitwall/protocol/api';
import type { BlobStore } from '@pitwall/runtime';
import type { Entries, Viewer } from '../online-races/index.js';
import type { Store } from '../store/index.js';
import { compareLaps, lapIn } from './compare.js';
import { readStoredFile } from './evaluation-files.js';
import { bestLapOf } from './evaluation-score.js';
import { evaluationOf, reportOf } from './report.js';
import type { Submissions } from './submissions.js';
import type { FileRow, SubmissionRow, SubmissionTables } from './tables.js';

export interface EvaluationsOptions {
  readonly store: Store;
  readonly submissions: Submissions;
  readonly entries: Entries;
  readonly blobs: BlobStore;
}

/** What others may see of a ranked submission; the rest is its racer's and the organizer's. */
const shown: ReadonlySet<EvaluationFileKind> = new Set(['replay']);

/** What an evaluation shows afterwards: its report, its files, and itself beside another. */
export class Evaluations {
  readonly #options: EvaluationsOptions;

  constructor(options: EvaluationsOptions) {
    this.#options = options;
  }

  /** @throws PitwallError `not-found`, `access-denied`, `race-refused` before there is one. */
  async report(race: string, id: string, viewer: Viewer): Promise<EvaluationReport> {
    const { row } = await this.#options.submissions.seeOwn(race, id, viewer);
    return reportOf(evaluated(row), await this.#files(id));
  }

  /** A file of the evaluation; without a checkpoint, of the chosen one. @throws PitwallError as {@link report}. */
  async file(
    race: string,
    id: string,
    { kind, checkpoint }: { kind: EvaluationFileKind; checkpoint?: string | undefined },
    viewer: Viewer,
  ): Promise<Buffer> {
    const open = shown.has(kind) && checkpoint === undefined;
    const { row } = open
      ? await this.#options.submissions.see(race, id, viewer)
      : await this.#options.submissions.seeOwn(race, id, viewer);
    return await this.#read(row, kind, checkpoint);
  }

  /** Where one gained and lost on the other, lap against best lap. @throws PitwallError `not-found`, `race-refused`. */
  async comparison(race: string, id: string, other: string, viewer: Viewer): Promise<Comparison> {
    const sideOf = async (one: string) => {
      const { row } = await this.#options.submissions.see(race, one, viewer);
      const evaluation = evaluationOf(evaluated(row));
      const best = bestLapOf(evaluation);
      if (best === undefined)
        throw new PitwallError('race-refused', `Submission ${one} has no finished lap to compare.`);
      const driven = lapIn((await this.#read(row, 'simtrace')).toString('utf8'), best);
      const alias = (await this.#options.entries.aliasIn(race, row.racer)) ?? row.racer;
      const { chosen: checkpoint } = evaluation;
      return { driven, who: { submission: one, racer: row.racer, alias, checkpoint, lapTime: best.time } };
    };
    // One after the other: which of two is refused first would tell which of them is there.
    const mine = await sideOf(id);
    const theirs = await sideOf(other);
    return { mine: mine.who, other: theirs.who, ...compareLaps(mine.driven, theirs.driven) } as Comparison;
  }

  async #read(row: SubmissionRow, kind: EvaluationFileKind, checkpoint?: string): Promise<Buffer> {
    const { chosen } = evaluationOf(evaluated(row));
    const wanted = kind === 'report' ? '' : (checkpoint ?? chosen);
    const file = (await this.#files(row.id)).find((one) => one.kind === kind && one.checkpoint === wanted);
    if (file === undefined)
      throw new PitwallError('not-found', `The evaluation has no ${kind} of checkpoint ${wanted}.`);
    return await readStoredFile(this.#options.blobs, file.hash);
  }

  async #files(id: string): Promise<FileRow[]> {
    return await this.#options.store
      .reading<SubmissionTables>()
      .selectFrom('submission_files')
      .selectAll()
      .where('submission', '=', id)
      .orderBy('kind')
      .orderBy('checkpoint')
      .execute();
  }
}

function evaluated(row: SubmissionRow): SubmissionRow {
  if (row.state !== 'evaluated') throw new PitwallError('race-refused', 'The submission has no evaluation yet.');
  return row;
}
