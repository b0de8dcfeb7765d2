import { type RaceRules, RaceSetup } from '@pitwall/protocol/race';
import { words } from '../staff-words/index.js';

/** A race's setup as it is typed: text, in the units that people use. Empty text where there may be no limit: none. */
export interface SetupDraft {
  readonly name: string;
  readonly track: string;
  readonly trackVersion: string;
  /** Ids, with commas between them. */
  readonly gates: string;
  /** Empty where laps end at the start line. */
  readonly finish: string;
  readonly splits: string;
  readonly car: RaceSetup['car'];
  /** Empty: results stay here. */
  readonly leaderboard: string;
  readonly rules: RulesDraft;
}

/** Times in seconds, except where the name says otherwise. */
export interface RulesDraft {
  readonly name: string;
  readonly raceType: RaceRules['raceType']['type'];
  /** How many boxes or bots there are on the track. */
  readonly obstacles: string;
  readonly botSpeed: string;
  readonly rankingBy: RaceRules['ranking']['by'];
  readonly rankingLaps: string;
  readonly qualifying: string;
  readonly timeLimit: string;
  readonly lapLimit: string;
  readonly graceLap: boolean;
  readonly start: RaceRules['start'];
  readonly countdown: string;
  readonly firstLap: RaceRules['firstLap'];
  readonly resetsPerLap: string;
  readonly resetsWhere: RaceRules['resets']['where'];
  readonly offTrack: string;
  readonly collision: string;
  readonly attempts: string;
  readonly shortest: string;
  readonly longest: string;
  readonly holdoff: string;
  /** Percent; both empty where a run's speed is not set. */
  readonly slowest: string;
  readonly fastest: string;
  readonly direction: RaceRules['direction'];
  readonly freezesClock: boolean;
  readonly warnBeforeGo: boolean;
  readonly uncertaintyMs: string;
  readonly protestMinutes: string;
  readonly finals: RaceRules['finals']['format'];
  readonly finalists: string;
}

const text = (value: number | null, unit = 1): string => (value === null ? '' : String(value / unit));

/** NaN where it is no number: the schema says so. */
const number = (value: string, unit = 1): number => (value.trim() === '' ? Number.NaN : Number(value) * unit);
const optional = (value: string, unit = 1): number | null => (value.trim() === '' ? null : number(value, unit));
const micros = (value: string, unit = second): number => Math.round(number(value, unit));
const optionalMicros = (value: string, unit = second): number | null =>
  value.trim() === '' ? null : micros(value, unit);

const second = 1_000_000;
const minute = 60 * second;
const millisecond = 1000;

export function rulesDraft(rules: RaceRules): RulesDraft {
  const { raceType, ranking, finals } = rules;
  return {
    name: rules.name,
    raceType: raceType.type,
    obstacles:
      raceType.type === 'object-avoidance'
        ? text(raceType.boxes)
        : raceType.type === 'head-to-bot'
          ? text(raceType.bots)
          : '3',
    botSpeed: raceType.type === 'head-to-bot' ? text(raceType.speedMps) : '1',
    rankingBy: ranking.by,
    rankingLaps: ranking.by === 'best-lap' ? '3' : text(ranking.laps),
    qualifying: text(rules.qualifying),
    timeLimit: text(rules.timeLimit, second),
    lapLimit: text(rules.lapLimit),
    graceLap: rules.graceLap,
    start: rules.start,
    countdown: text(rules.countdown, second),
    firstLap: rules.firstLap,
    resetsPerLap: text(rules.resets.perLap),
    resetsWhere: rules.resets.where,
    offTrack: text(rules.penalties.offTrack, second),
    collision: text(rules.penalties.collision, second),
    attempts: text(rules.attempts),
    shortest: text(rules.plausible.min, second),
    longest: text(rules.plausible.max, second),
    holdoff: text(rules.holdoff, second),
    slowest: text(rules.speed?.min ?? null),
    fastest: text(rules.speed?.max ?? null),
    direction: rules.direction,
    freezesClock: rules.technicalStop.freezesClock,
    warnBeforeGo: rules.warnBeforeGo,
    uncertaintyMs: text(rules.largestUncertainty, millisecond),
    protestMinutes: text(rules.protestTime, minute),
    finals: finals.format,
    finalists: finals.format === 'none' ? '8' : text(finals.racers),
  };
}

export const setupDraft = ({ name, track, gates, finish, splits, car, leaderboard, rules }: RaceSetup): SetupDraft => ({
  name,
  track: track.id,
  trackVersion: text(track.version),
  gates: gates.join(', '),
  finish: finish?.join(', ') ?? '',
  splits: splits?.join(', ') ?? '',
  car,
  leaderboard: leaderboard ?? '',
  rules: rulesDraft(rules),
});

/** What was typed as the schema wants it; what `before` says beyond the form stays where the race's type does. */
function rulesOf(draft: RulesDraft, before: RaceRules | undefined) {
  const known = before?.raceType;
  const raceType = {
    'time-trial': { type: 'time-trial' },
    'object-avoidance': {
      placed: known?.type === 'object-avoidance' ? known.placed : [],
      type: 'object-avoidance',
      boxes: number(draft.obstacles),
    },
    'head-to-bot': {
      laneChange: known?.type === 'head-to-bot' ? known.laneChange : null,
      type: 'head-to-bot',
      bots: number(draft.obstacles),
      speedMps: number(draft.botSpeed),
    },
  }[draft.raceType];
  return {
    name: draft.name.trim(),
    raceType,
    ranking:
      draft.rankingBy === 'best-lap' ? { by: 'best-lap' } : { by: draft.rankingBy, laps: number(draft.rankingLaps) },
    qualifying: number(draft.qualifying),
    timeLimit: optionalMicros(draft.timeLimit),
    lapLimit: optional(draft.lapLimit),
    graceLap: draft.graceLap,
    start: draft.start,
    countdown: micros(draft.countdown),
    firstLap: draft.firstLap,
    resets: { perLap: optional(draft.resetsPerLap), where: draft.resetsWhere },
    penalties: { offTrack: micros(draft.offTrack), collision: micros(draft.collision) },
    attempts: optional(draft.attempts),
    plausible: { min: micros(draft.shortest), max: micros(draft.longest) },
    holdoff: micros(draft.holdoff),
    direction: draft.direction,
    ...(`${draft.slowest}${draft.fastest}`.trim() === ''
      ? {}
      : { speed: { min: number(draft.slowest), max: number(draft.fastest) } }),
    ...(before?.car === undefined ? {} : { car: before.car }),
    technicalStop: { freezesClock: draft.freezesClock },
    warnBeforeGo: draft.warnBeforeGo,
    largestUncertainty: optionalMicros(draft.uncertaintyMs, millisecond),
    protestTime: micros(draft.protestMinutes, minute),
    finals: draft.finals === 'none' ? { format: 'none' } : { format: draft.finals, racers: number(draft.finalists) },
  };
}

/** Ids that are typed with commas or spaces between them. */
export const idsIn = (typed: string): string[] => typed.split(/[\s,]+/).filter((id) => id !== '');

export type Read =
  | { readonly setup: RaceSetup; readonly wrong: null }
  | { readonly setup: null; readonly wrong: string[] };

/** The setup that was typed, or what is wrong with it, field by field. */
export function readSetup(draft: SetupDraft, before?: RaceSetup): Read {
  const parsed = RaceSetup.safeParse({
    name: draft.name.trim(),
    track: { id: draft.track, version: number(draft.trackVersion) },
    gates: idsIn(draft.gates),
    ...(draft.finish.trim() === '' ? {} : { finish: idsIn(draft.finish) }),
    ...(draft.splits.trim() === '' ? {} : { splits: idsIn(draft.splits) }),
    car: draft.car,
    leaderboard: draft.leaderboard === '' ? null : draft.leaderboard,
    rules: rulesOf(draft.rules, before?.rules),
  });
  if (parsed.success) return { setup: parsed.data, wrong: null };
  return { setup: null, wrong: parsed.error.issues.map(({ path, message }) => `${fieldWords(path)}: ${message}`) };
}

const names: Readonly<Record<string, string>> = {
  name: words.common.name,
  'track.id': words.common.track,
  'track.version': words.organizer.versionOfTheTrack,
  gates: words.common.gates,
  finish: words.organizer.gatesAtTheFinish,
  splits: words.organizer.splits,
  'rules.name': words.common.nameOfTheRules,
  'rules.raceType.boxes': words.common.boxes,
  'rules.raceType.bots': words.common.bots,
  'rules.raceType.speedMps': words.organizer.speedOfTheBots,
  'rules.ranking.laps': words.organizer.lapsThatRank,
  'rules.qualifying': words.organizer.lapsThatQualify,
  'rules.timeLimit': words.organizer.timeLimit,
  'rules.lapLimit': words.organizer.lapLimit,
  'rules.countdown': words.organizer.countdown,
  'rules.resets.perLap': words.organizer.resetsInALap,
  'rules.penalties.offTrack': words.organizer.penaltyForOffTrack,
  'rules.penalties.collision': words.organizer.penaltyForACollision,
  'rules.attempts': words.organizer.attempts,
  'rules.plausible': words.organizer.plausibleLaps,
  'rules.plausible.min': words.organizer.shortestPlausibleLap,
  'rules.plausible.max': words.organizer.longestPlausibleLap,
  'rules.holdoff': words.organizer.holdOff,
  'rules.speed': words.organizer.speedOfARun,
  'rules.speed.min': words.organizer.slowestSpeedOfARunTitle,
  'rules.speed.max': words.organizer.fastestSpeedOfARunTitle,
  'rules.largestUncertainty': words.organizer.largestUncertainty,
  'rules.protestTime': words.organizer.timeForProtests,
  'rules.finals.racers': words.organizer.racersInTheFinals,
};

/** What the form calls a field of the setup, or of its rules. */
export const fieldWords = (path: readonly PropertyKey[]): string => {
  const name = path.filter((part) => typeof part !== 'number').join('.');
  return names[name] ?? names[`rules.${name}`] ?? name;
};
