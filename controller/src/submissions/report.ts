import { parseJson } from '@pitwall/protocol';
import { type CheckpointReport, Evaluation, type EvaluationReport } from '@pitwall/protocol/api';
import type { FileRow, SubmissionRow } from './tables.js';

/** An evaluation as its racer reads it: the chosen checkpoint first, then the others by progress. */
export function reportOf(row: SubmissionRow, files: readonly FileRow[]): EvaluationReport {
  const evaluation = evaluationOf(row);
  const { chosen, because = null, notes = [], simulatorVersion, seed, rules } = evaluation;
  const checkpoints = evaluation.checkpoints.map(({ checkpoint, meanProgressPct, meanLapTime, laps }) => {
    const times = laps.flatMap(({ time }) => (time === null ? [] : [time]));
    return {
      checkpoint,
      chosen: checkpoint === chosen,
      meanProgressPct,
      meanLapTime,
      bestLap: times.length === 0 ? null : (Math.min(...times) as CheckpointReport['bestLap']),
      laps,
    };
  });
  return {
    submission: row.id,
    chosen,
    because,
    notes,
    checkpoints: checkpoints.sort(asChosen),
    simulatorVersion,
    seed,
    rules,
    files: files.map(({ kind, checkpoint, hash, bytes }) => {
      const query = checkpoint === '' ? '' : `?checkpoint=${encodeURIComponent(checkpoint)}`;
      const path = `/api/v1/online/${row.race}/submissions/${row.id}/files/${kind}${query}`;
      return { kind, checkpoint: checkpoint === '' ? null : checkpoint, hash, bytes, path };
    }) as EvaluationReport['files'],
  };
}

export const evaluationOf = ({ id, evaluation }: SubmissionRow): Evaluation =>
  parseJson(Evaluation, evaluation ?? '', `The evaluation of ${id}`, 'internal-error');

function asChosen(a: CheckpointReport, b: CheckpointReport): number {
  const time = ({ meanLapTime }: CheckpointReport) => meanLapTime ?? Number.POSITIVE_INFINITY;
  if (a.chosen !== b.chosen) return a.chosen ? -1 : 1;
  if (a.meanProgressPct !== b.meanProgressPct) return b.meanProgressPct - a.meanProgressPct;
  return time(a) === time(b) ? 0 : time(a) - time(b);
}
