import type { Micros, RacerId } from '../brand.js';
import { type Lap, nextInQueue, type RaceState, type RunState } from '../race/index.js';
import { placingMs } from '../ranking/index.js';
import type { Moment } from './moment.js';
import { placeOf } from './place.js';

/** A gap to the next better place below that, µs, is told. */
const closeGap = 500_000;
/** What is left of a run's time when that is told, seconds. */
const timesLeft = [60, 30, 10];

type About = Pick<Moment, 'runId' | 'racer' | 'alias'>;
type Without<T> = T extends unknown ? Omit<T, 'id' | keyof About> : never;

/** What people compare a lap with, beside the race itself. */
export interface Records {
  /** The best lap that anybody drove on this track before this race, µs; null: nobody knows of any. */
  readonly track: Micros | null;
}

const none: Records = { track: null };

/**
 * What happens in one race that a crowd wants to hear of, as its states follow each other. No clock and no I/O: whoever goes through
 * the log record by record is told the same. Nothing is told twice, and what is taken back is not told; a lap that somebody lets count
 * is told then.
 */
export class Moments {
  #before: RaceState | null = null;
  readonly #told = new Set<string>();
  readonly #records: Records;

  constructor(records: Records = none) {
    this.#records = records;
  }

  /** @returns what is new in the race as it is now */
  follow(race: RaceState): Moment[] {
    const moments = momentsBetween(this.#before, race, this.#records).filter(({ id }) => !this.#told.has(id));
    for (const { id } of moments) this.#told.add(id);
    this.#before = race;
    return moments;
  }
}

/** @param before null: from the beginning */
function momentsBetween(before: RaceState | null, after: RaceState, records: Records): Moment[] {
  const moments: Moment[] = [];
  for (const run of after.runs) {
    const was = before?.runs.find(({ runId }) => runId === run.runId);
    // Runs that did not change are the same objects.
    if (run !== was && run.racer !== null) moments.push(...ofRun(before, after, was, run, run.racer, records));
  }
  if (after.phase === 'official' && before?.phase !== 'official') moments.push(...winnerOf(after));
  return moments;
}

/** What is said of the time that is left, where the controller's clock went on from `from` to `to`, µs. */
export function timeMoments(race: RaceState, from: Micros, to: Micros): Moment[] {
  const run = race.runs.findLast(({ runId }) => runId === race.current);
  if (run?.racer == null || run.phase !== 'running' || run.deadline === null || run.lastLap) return [];
  const { at } = run.deadline;
  const about = aboutOf(race, run, run.racer);
  return timesLeft
    .filter((seconds) => from < at - seconds * 1_000_000 && at - seconds * 1_000_000 <= to)
    .map((seconds) => ({ kind: 'time-left', id: `time-left:${run.runId}:${seconds}`, ...about, seconds }));
}

function aboutOf(race: RaceState, { runId }: RunState, racer: RacerId): About {
  const alias = race.entries.find((entry) => entry.racer === racer)?.alias ?? racer;
  return { runId, racer, alias };
}

function ofRun(
  before: RaceState | null,
  after: RaceState,
  was: RunState | undefined,
  run: RunState,
  racer: RacerId,
  records: Records,
): Moment[] {
  const about = aboutOf(after, run, racer);
  const moments: Moment[] = [];
  const tell = (of: string, moment: Without<Moment>) =>
    moments.push({ ...about, ...moment, id: `${moment.kind}:${run.runId}${of}` } as Moment);
  if (was === undefined) tell('', { kind: 'called' });
  if (run.startedAt !== null && (was?.startedAt ?? null) === null) {
    tell('', { kind: 'started' });
    tellNext();
  }
  for (const sector of newSectors(was, run)) tellSector(before, sector);
  for (const lap of run.laps)
    tellLap(
      lap,
      was?.laps.find((one) => one.crossing === lap.crossing && one.lap === lap.lap),
    );
  tellPlace();
  tellIncidents();
  tellPhase();
  return moments;

  function tellNext(): void {
    const next = nextInQueue(after);
    if (next !== undefined)
      moments.push({ kind: 'next', id: `next:${run.runId}`, ...aboutOf(after, run, next), racer: next });
  }

  function tellSector(earlier: RaceState | null, { lap, index, time }: DrivenSector): void {
    const best = bestSector(earlier, index);
    if (best !== null && time < best)
      tell(`:${lap}.${index + 1}`, { kind: 'sector', sector: index + 1, time, by: (best - time) as Micros });
  }

  function tellLap(lap: Lap, known: Lap | undefined): void {
    if (lap.ended !== 'crossing' || (known?.valid === lap.valid && known.doubt === lap.doubt)) return;
    const of = `:${lap.lap}:${lap.crossing ?? 0}`;
    if (lap.doubt !== null) tell(of, { kind: 'doubtful-lap', lap: lap.lap });
    else if (!lap.valid || lap.time === null) {
      if (!lap.marks.includes('warm-up')) tell(of, { kind: 'invalid-lap', lap: lap.lap });
    } else tell(of, { kind: 'lap', lap: lap.lap, time: lap.time, ...comparison(lap.time) });
  }

  function comparison(time: Micros): { first: boolean; best: 'track' | 'race' | 'own' | null; by: Micros | null } {
    const ofRace = bestLap(before, () => true);
    const own = bestLap(before, (one) => one.racer === racer);
    const beaten = (best: Micros | null) => best !== null && placingMs(time) < placingMs(best);
    const by = (best: Micros | null) => ((best ?? 0) - time) as Micros;
    const first = own === null;
    // A record of the track that somebody of this race holds by now is beaten only by who beats them, too.
    if (beaten(records.track) && (ofRace === null || beaten(ofRace))) {
      const to = ofRace === null ? records.track : (Math.min(ofRace, records.track as number) as Micros);
      return { first, best: 'track', by: by(to) };
    }
    if (beaten(ofRace)) return { first, best: 'race', by: by(ofRace) };
    return beaten(own) ? { first, best: 'own', by: by(own) } : { first, best: null, by: null };
  }

  function tellPlace(): void {
    if (was === undefined || run.score === null || run.score === was.score || run.phase === 'confirmed') return;
    const now = placeOf(after, run);
    const then = before === null ? null : placeOf(before, was);
    if (now === null || now.others === 0) return;
    if (then === null || now.place < then.place)
      tell(`:${run.laps.length}`, { kind: 'place', place: now.place, score: now.score });
    else if (now.ahead !== null && now.gap <= closeGap && (then.ahead?.racer !== now.ahead.racer || now.gap < then.gap))
      tell(`:${run.laps.length}`, { kind: 'gap', ahead: now.ahead.alias, gap: now.gap });
  }

  function tellIncidents(): void {
    const [resets, offTracks] = [incidents(run, 'resets'), incidents(run, 'offTracks')];
    if (was === undefined) return;
    if (resets > incidents(was, 'resets')) tell(`:${resets}`, { kind: 'reset' });
    if (offTracks > incidents(was, 'offTracks')) tell(`:${offTracks}`, { kind: 'off-track' });
  }

  function tellPhase(): void {
    if (was === undefined || run.phase === was.phase) return;
    if (run.phase === 'paused')
      tell(`:${run.clock.elapsed}`, { kind: 'stands', by: run.pausedBy === 'red-flag' ? 'red-flag' : 'other' });
    if (run.phase === 'running' && was.phase === 'paused') tell(`:${run.clock.elapsed}`, { kind: 'goes-on' });
    if (run.phase === 'over') {
      const valid = run.laps.filter(({ valid }) => valid).length;
      tell('', { kind: 'finished', laps: valid, bestLap: run.bestLap, place: placeOf(after, run)?.place ?? null });
    }
    if (run.phase === 'confirmed') {
      const standing = after.standings.find((one) => one.racer === racer);
      const of = after.standings.filter(({ rank }) => rank !== null).length;
      tell('', { kind: 'confirmed', score: run.score, place: standing?.rank ?? null, of });
    }
  }
}

function winnerOf(race: RaceState): Moment[] {
  const first = (race.finals?.standings ?? race.standings).find(({ rank }) => rank === 1);
  const run = race.runs.find(({ runId }) => runId === first?.runId);
  if (first === undefined || first.score === null || run === undefined) return [];
  return [{ kind: 'won', id: `won:${run.runId}`, ...aboutOf(race, run, first.racer), score: first.score }];
}

interface DrivenSector {
  readonly lap: number;
  readonly index: number;
  readonly time: Micros;
}

/** Sectors by lap and place in the lap, of the laps that ended and the one under way. */
function sectorsOf(run: RunState | undefined): DrivenSector[] {
  if (run === undefined) return [];
  const under = run.underWay === null ? [] : [{ lap: run.underWay.lap, sectors: run.underWay.sectors }];
  return [...run.laps, ...under].flatMap(({ lap, sectors }) =>
    sectors.flatMap(({ time }, index) => (time === null ? [] : [{ lap, index, time }])),
  );
}

function newSectors(was: RunState | undefined, run: RunState): DrivenSector[] {
  const known = new Set(sectorsOf(was).map(({ lap, index }) => `${lap}.${index}`));
  return sectorsOf(run).filter(({ lap, index }) => !known.has(`${lap}.${index}`));
}

const driven = (race: RaceState | null): readonly RunState[] =>
  race?.runs.filter(({ phase, kind }) => phase !== 'discarded' && kind === 'timed') ?? [];

function bestSector(race: RaceState | null, index: number): Micros | null {
  let best: Micros | null = null;
  for (const run of driven(race))
    for (const sector of sectorsOf(run))
      if (sector.index === index && (best === null || sector.time < best)) best = sector.time;
  return best;
}

function bestLap(race: RaceState | null, of: (run: RunState) => boolean): Micros | null {
  let best: Micros | null = null;
  for (const run of driven(race))
    if (run.bestLap !== null && of(run) && (best === null || run.bestLap < best)) best = run.bestLap;
  return best;
}

function incidents({ laps, underWay }: RunState, of: 'resets' | 'offTracks'): number {
  return laps.reduce((sum, lap) => sum + lap[of], underWay?.[of] ?? 0);
}
