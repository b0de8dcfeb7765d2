import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PitwallError } from '@pitwall/protocol';
import { formatSimtrace, metricsOf } from '@pitwall/protocol/simtrace';
import type { Track } from '@pitwall/protocol/track';
import type { Evaluated } from './evaluate.js';
import { reportHtml } from './html-report.js';
import { replayOf } from './replay-file.js';
import type { EvaluationRules } from './rules.js';

/**
 * Writes what an evaluation found to a folder, laid out as DeepRacer's log tools look for it:
 * `sim-trace/evaluation/<time>-<checkpoint>/evaluation-simtrace/0-iteration.csv` and
 * `metrics/evaluation/evaluation-<time>-<checkpoint>.json` for each checkpoint; beside them `result.json`,
 * `replay/<checkpoint>.json` and `report.html`. Returns the folder's files.
 * @throws PitwallError `output-failed`
 */
export function writeEvaluationFiles(
  folder: string,
  evaluated: Evaluated,
  track: Track,
  rules: EvaluationRules,
  at: Date,
): string[] {
  // Tools take the fourteen digits for the stream's name.
  const time = at.toISOString().replace(/\D/g, '').slice(0, 14);
  const written: string[] = [];
  const write = (path: string[], text: string) => {
    const file = join(folder, ...path);
    mkdirSync(join(folder, ...path.slice(0, -1)), { recursive: true });
    writeFileSync(file, text);
    written.push(file);
  };
  try {
    for (const outcome of evaluated.outcomes) {
      const { checkpoint, rows } = outcome;
      const name = checkpoint.replace(/[^A-Za-z0-9]+/g, '_');
      const stream = `${time}-${name}`;
      write(['sim-trace', 'evaluation', stream, 'evaluation-simtrace', '0-iteration.csv'], formatSimtrace(rows));
      write(['metrics', 'evaluation', `evaluation-${stream}.json`], JSON.stringify(metricsOf(rows)));
      write(
        ['replay', `${name}.json`],
        JSON.stringify(replayOf(track, outcome, { pictures: checkpoint === evaluated.best.checkpoint })),
      );
    }
    write(['result.json'], `${JSON.stringify(evaluated.evaluation, undefined, 2)}\n`);
    write(['report.html'], reportHtml(evaluated, track, rules));
  } catch (cause) {
    throw new PitwallError('output-failed', `The evaluation's files cannot be written to ${folder}.`, { cause });
  }
  return written;
}
