import type { Micros } from '@pitwall/protocol';
import type { RaceState, RunState } from '@pitwall/protocol/race';
import { placingMs } from '@pitwall/protocol/ranking';
import { placeOf } from '@pitwall/protocol/show';

/*
 * Records of the RMonitor protocol as MYLAPS Orbits sends them ("RMonitor Timing Protocol", and sessions that others recorded):
 * a letter, fields with commas between, texts in double quotes, CR LF at the end. A racer's registration and number is the place in
 * the list of entries, from 1; the alias is the last name.
 */

type Field = string | number;

/** No text can end its own quotes or its line; public readers split at every comma, also at one between quotes. */
const quoted = (text: string): string => `"${text.replaceAll(/["\r\n]/g, "'").replaceAll(',', ';')}"`;
export const record = (type: string, ...fields: Field[]): string =>
  `$${[type, ...fields.map((field) => (typeof field === 'number' ? String(field) : quoted(field)))].join(',')}\r\n`;

/** µs as HH:MM:SS, or with milliseconds as ranked. */
export function clock(micros: number, withMs: boolean): string {
  const ms = placingMs(Math.max(0, micros) as Micros);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const text = `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}`;
  return withMs ? `${text}.${String(ms % 1000).padStart(3, '0')}` : text;
}

const numberOf = (race: RaceState, racer: string | null): string =>
  String(race.entries.findIndex((entry) => entry.racer === racer) + 1);

/** The run that has the track, or had it last. */
const shownRun = (race: RaceState): RunState | undefined =>
  race.runs.findLast(({ runId, kind }) => runId === race.current && kind === 'timed') ??
  race.runs.findLast(({ kind, phase }) => kind === 'timed' && phase !== 'discarded');

/** Who races what and where: what a client needs before all else. */
export function setupRecords(race: RaceState): string[] {
  const { name, track } = race.setup;
  return [
    ...race.entries.map(({ alias, racer, country }) =>
      record('A', numberOf(race, racer), numberOf(race, racer), 0, '', alias, country ?? '', 1),
    ),
    ...race.entries.map(({ alias, racer, country }) =>
      record('COMP', numberOf(race, racer), numberOf(race, racer), 1, '', alias, country ?? '', ''),
    ),
    record('B', 1, name),
    record('C', 1, name),
    record('E', 'TRACKNAME', track.id),
    record('E', 'TRACKLENGTH', '0.000'),
  ];
}

/** Places as of now, the run under way counted as if it ended here: each racer's best run (`G`) and its best lap (`H`). */
export function placeRecords(race: RaceState): string[] {
  const running = race.runs.find(({ runId }) => runId === race.current);
  const rows = race.standings.map((standing) => {
    const known = race.runs.find(({ runId }) => runId === standing.runId);
    if (running === undefined || running.racer !== standing.racer) return { ...standing, run: known };
    const score = placeOf(race, running)?.score ?? null;
    // A slower run after a better one changes nothing.
    return { ...standing, score, run: known !== undefined && standing.score === score ? known : running };
  });
  const ms = (score: Micros | null) => (score === null ? Number.MAX_SAFE_INTEGER : placingMs(score));
  rows.sort((a, b) => ms(a.score) - ms(b.score));
  return rows.flatMap(({ racer, run }, index) => {
    const valid = run?.laps.filter(({ valid: counts }) => counts) ?? [];
    const total = valid.reduce((sum, { time }) => sum + (time ?? 0), 0);
    const best = valid.find(({ time }) => time === run?.bestLap);
    const number = numberOf(race, racer);
    return [
      record('G', index + 1, number, valid.length, clock(total, true)),
      record('H', index + 1, number, best?.lap ?? 0, clock(best?.time ?? 0, true)),
    ];
  });
}

/** Laps that count now and did not before. */
export function passingRecords(before: RaceState | null, race: RaceState): string[] {
  const run = shownRun(race);
  if (run === undefined) return [];
  const known = before?.runs.find(({ runId }) => runId === run.runId);
  if (known === run) return [];
  let total = 0;
  return run.laps.flatMap((lap) => {
    if (!lap.valid || lap.time === null) return [];
    total += lap.time;
    const counted = known?.laps.find(({ crossing, lap: number }) => crossing === lap.crossing && number === lap.lap);
    if (counted?.valid === true) return [];
    return [record('J', numberOf(race, run.racer), clock(lap.time, true), clock(total, true))];
  });
}

/** What Orbits calls the flag: six characters. */
function flagOf(run: RunState | undefined): string {
  if (run?.phase === 'running') return 'Green ';
  if (run?.phase === 'paused') return 'Red   ';
  return run?.phase === 'over' || run?.phase === 'confirmed' ? 'Finish' : '      ';
}

/**
 * The heartbeat, once a second.
 * @param now the controller's clock, µs
 * @param ofDay of the place of the race, HH:MM:SS
 */
export function heartbeat(race: RaceState, now: number, ofDay: string): string {
  const run = shownRun(race);
  const { lapLimit } = race.setup.rules;
  const goes = run?.clock.since == null ? 0 : Math.max(0, now - run.clock.since.at);
  const elapsed = (run?.clock.elapsed ?? 0) + goes;
  const valid = run?.laps.filter((lap) => lap.valid).length ?? 0;
  const lapsToGo = lapLimit === null ? 9999 : Math.max(0, lapLimit - valid);
  const left = run?.limit == null ? 0 : Math.max(0, run.limit - elapsed);
  return record('F', lapsToGo, clock(left, false), ofDay, clock(elapsed, false), flagOf(run));
}
