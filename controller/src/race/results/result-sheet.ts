import { PitwallError } from '@pitwall/protocol';
import type { LogRecord, RaceStanding, RaceState, RunState } from '@pitwall/protocol/race';
import { lapTime, plusMinus } from '@pitwall/protocol/ranking';
import { inHtml } from '@pitwall/runtime';

/** Times in µs, and as they are shown everywhere: whole milliseconds, cut off, as ranked. */
type ShownStanding = RaceStanding & { readonly scoreText: string | null; readonly bestLapText: string | null };
type ShownLap = RunState['laps'][number] & { readonly timeText: string | null };

/** What a race came to, bound to its log by the hash of the last record. */
export interface ResultSheet {
  readonly format: 'pitwall-result-sheet/1';
  readonly race: RaceState['race'];
  readonly name: string;
  readonly track: RaceState['setup']['track'];
  readonly rules: { readonly name: string; readonly hash: string | null; readonly text: RaceState['setup']['rules'] };
  readonly status: 'provisional' | 'official';
  readonly log: { readonly records: number; readonly hash: string };
  readonly standings: readonly ShownStanding[];
  readonly finals:
    | (Omit<NonNullable<RaceState['finals']>, 'standings'> & { readonly standings: readonly ShownStanding[] })
    | null;
  readonly runs: readonly (Pick<
    RunState,
    'runId' | 'racer' | 'stage' | 'phase' | 'score' | 'declared' | 'interrupted'
  > & { readonly laps: readonly ShownLap[]; readonly scoreText: string | null })[];
  readonly protests: RaceState['protests'];
}

const shown = (micros: number | null): string | null => (micros === null ? null : lapTime(micros));
const shownStanding = (standing: RaceStanding): ShownStanding => ({
  ...standing,
  scoreText: shown(standing.score),
  bestLapText: shown(standing.bestLap),
});

export function resultSheetOf(records: readonly LogRecord[], state: RaceState): ResultSheet {
  const { race, setup, rulesHash, phase, standings, finals, protests } = state;
  return {
    format: 'pitwall-result-sheet/1',
    race,
    name: setup.name,
    track: setup.track,
    rules: { name: setup.rules.name, hash: rulesHash, text: setup.rules },
    status: phase === 'official' ? 'official' : 'provisional',
    log: { records: records.length, hash: records.at(-1)?.hash ?? '' },
    standings: standings.map(shownStanding),
    finals: finals === null ? null : { ...finals, standings: finals.standings.map(shownStanding) },
    runs: state.runs
      .filter((run) => run.kind === 'timed' && run.phase === 'confirmed')
      .map(({ runId, racer, stage, phase: judged, laps, score, declared, interrupted }) => ({
        runId,
        racer,
        stage,
        phase: judged,
        laps: laps.map((lap) => ({ ...lap, timeText: shown(lap.time) })),
        score,
        scoreText: shown(score),
        declared,
        interrupted,
      })),
    protests,
  };
}

/** @throws PitwallError `log-invalid` where the sheet does not belong to this log. */
export function checkResultSheet({ log }: Pick<ResultSheet, 'log'>, records: readonly LogRecord[]): void {
  if (records[log.records - 1]?.hash !== log.hash)
    throw new PitwallError(
      'log-invalid',
      `The sheet belongs to another log: its record ${log.records} is not this one's.`,
    );
}

const text = (value: string | number | null): string => inHtml(String(value ?? '–'));
const row = (cells: readonly (string | number | null)[]): string =>
  `<tr>${cells.map((value) => `<td>${text(value)}</td>`).join('')}</tr>`;
const head = (cells: readonly string[]): string => `<tr>${cells.map((value) => `<th>${value}</th>`).join('')}</tr>`;

const standingsTable = (standings: readonly ShownStanding[]): string =>
  `<table>${head(['Place', 'Racer', 'Score', '±', 'Best lap', 'Runs'])}${standings
    .map(({ rank, alias, scoreText, uncertainty, overlaps, bestLapText, attempts }) =>
      row([
        rank,
        alias,
        scoreText,
        scoreText === null ? null : `${plusMinus(uncertainty)}${overlaps ? ' (overlaps the next)' : ''}`,
        bestLapText,
        attempts,
      ]),
    )
    .join('')}</table>`;

/** The sheet to print: one page of plain HTML, with the signature at its foot. */
export function printResultSheet(sheet: ResultSheet, jws: string): string {
  const runs = sheet.runs
    .map(
      (run) =>
        `<h3>${text(run.racer)}${run.stage === 'final' ? ', final' : ''}${run.declared ? ' (car and model as declared)' : ''}</h3><table>${head(
          ['Lap', 'Time', '±', 'Penalty', 'Resets', 'Counts', 'Notes'],
        )}${run.laps
          .map((lap) =>
            row([
              lap.lap,
              lap.timeText,
              plusMinus(lap.uncertainty),
              lapTime(lap.penalty),
              lap.resets,
              lap.valid ? 'yes' : 'no',
              [...(lap.ended === 'crossing' ? [] : [lap.ended]), ...lap.marks].join(', '),
            ]),
          )
          .join('')}</table>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${text(sheet.name)}: results</title>
<style>body{font:11pt sans-serif;margin:2cm;color:#000}table{border-collapse:collapse;margin:.5em 0 1em}
td,th{border:1px solid #888;padding:.2em .6em;text-align:left}h3{margin-bottom:0}code{font-size:7pt;word-break:break-all}
@media print{h3,table{break-inside:avoid}}</style></head><body>
<h1>${text(sheet.name)}</h1>
<p><strong>${sheet.status === 'official' ? 'Official results' : 'Provisional results'}</strong> · track ${text(sheet.track.id)}
version ${sheet.track.version} · rules “${text(sheet.rules.name)}”</p>
<h2>Standings</h2>${standingsTable(sheet.standings)}
${sheet.finals === null ? '' : `<h2>Finals</h2>${standingsTable(sheet.finals.standings)}`}
<h2>Runs</h2>${runs}
${sheet.protests.length === 0 ? '' : `<h2>Protests</h2><table>${head(['By', 'About', 'Outcome', 'Reason'])}${sheet.protests.map(({ by, text: what, outcome, reason }) => row([by, what, outcome, reason])).join('')}</table>`}
<p>From a log of ${sheet.log.records} records, the last with hash <code>${text(sheet.log.hash)}</code>.</p>
<p>Signed: <code>${text(jws)}</code></p>
</body></html>
`;
}
