import { type OnlinePreset, type OnlineRulesInput, OnlineSetup, onlinePresets } from '@pitwall/protocol/api';
import { words } from '../online-words/index.js';
import { isTimeZone, momentOf, wallTime } from '../times/index.js';

/** What stands in the fields, as it was typed. */
export interface SetupFields {
  readonly name: string;
  readonly description: string;
  /** Wall-clock times in the race's zone. */
  readonly opens: string;
  readonly closes: string;
  readonly timeZone: string;
  readonly access: 'open' | 'invited';
  /** Empty: no limit. */
  readonly quota: string;
  readonly track: string;
  readonly seed: string;
  readonly rules: string;
  readonly raceType: 'time-trial' | 'object-avoidance' | 'head-to-bot';
  readonly boxes: string;
  readonly bots: string;
  readonly botSpeed: string;
  readonly direction: 'clockwise' | 'counter-clockwise';
  readonly trials: string;
  readonly laps: string;
  readonly rankedBy: 'best-lap' | 'average' | 'total';
  readonly rankedLaps: string;
  readonly qualifying: string;
  readonly minutes: string;
  readonly graceLap: boolean;
  /** Empty: as often as needed. */
  readonly resets: string;
  readonly resetWhere: 'in-place' | 'start-line';
  readonly offTrack: string;
  readonly collision: string;
}

type RuleFields = Omit<
  SetupFields,
  'name' | 'description' | 'opens' | 'closes' | 'timeZone' | 'access' | 'quota' | 'track' | 'seed'
>;
type Rules = OnlineSetup['rules'];

const seconds = (micros: number): string => String(micros / 1_000_000);

export function ruleFields(rules: Rules): RuleFields {
  const { raceType, ranking, resets, penalties } = rules;
  return {
    rules: rules.name,
    raceType: raceType.type,
    boxes: String(raceType.type === 'object-avoidance' ? raceType.boxes : 4),
    bots: String(raceType.type === 'head-to-bot' ? raceType.bots : 3),
    botSpeed: String(raceType.type === 'head-to-bot' ? raceType.speedMps : 0.6),
    direction: rules.direction,
    trials: String(rules.trials),
    laps: String(rules.laps),
    rankedBy: ranking.by,
    rankedLaps: String(ranking.by === 'best-lap' ? 3 : ranking.laps),
    qualifying: String(rules.qualifying),
    minutes: String((rules.timeLimit ?? 0) / 60_000_000),
    graceLap: rules.graceLap,
    resets: resets.perLap === null ? '' : String(resets.perLap),
    resetWhere: resets.where,
    offTrack: seconds(penalties.offTrack),
    collision: seconds(penalties.collision),
  };
}

/** The fields of a new race: it opens now and closes in a week. */
export function newFields(now: number, timeZone: string, preset: OnlinePreset = 'time-trial'): SetupFields {
  const week = 7 * 24 * 3_600_000;
  return {
    name: '',
    description: '',
    opens: wallTime(now, timeZone),
    closes: wallTime(now + week, timeZone),
    timeZone,
    access: 'open',
    quota: '50',
    track: 'oval',
    seed: '0',
    ...ruleFields(onlinePresets[preset]),
  };
}

export function fieldsOf(setup: OnlineSetup): SetupFields {
  const { name, description, timeZone, access, quota, track, seed } = setup;
  return {
    name,
    description,
    opens: wallTime(setup.opensAt, timeZone),
    closes: wallTime(setup.closesAt, timeZone),
    timeZone,
    access,
    quota: quota.submissions === null ? '' : String(quota.submissions),
    track: track.id,
    seed: String(seed),
    ...ruleFields(setup.rules),
  };
}

/**
 * The setup that the fields say, or what is wrong with them. A date that was not touched stays to the millisecond, and rules
 * for which there is no field stay as they were in `before`; where it has `opened`, the opening stays too, whatever the zone.
 */
export function setupOf(
  fields: SetupFields,
  before?: OnlineSetup,
  opened = false,
): { readonly setup: OnlineSetup } | { readonly problems: readonly string[] } {
  const held = before === undefined ? undefined : fieldsOf(before);
  // A zone that is none is refused by its name, and no date with it.
  const zone = isTimeZone(fields.timeZone) ? fields.timeZone : 'UTC';
  const moment = (field: 'opens' | 'closes', was: number | undefined) =>
    held !== undefined && fields[field] === held[field] && fields.timeZone === held.timeZone
      ? was
      : momentOf(fields[field], zone);
  const parsed = OnlineSetup.safeParse({
    kind: 'online',
    name: fields.name,
    description: fields.description,
    opensAt: opened ? before?.opensAt : moment('opens', before?.opensAt),
    closesAt: moment('closes', before?.closesAt),
    timeZone: fields.timeZone,
    access: fields.access,
    quota: { submissions: fields.quota.trim() === '' ? null : number(fields.quota) },
    track: before?.track.id === fields.track ? before.track : { id: fields.track, version: 1 },
    seed: number(fields.seed),
    rules: rulesOf(fields, before?.rules),
  });
  if (parsed.success) return { setup: parsed.data };
  return { problems: parsed.error.issues.map((issue) => `${labelOf(issue.path)}: ${problemOf(issue)}`) };
}

function rulesOf(fields: SetupFields, before: Rules | undefined): OnlineRulesInput {
  const micros = (text: string, unit: number) => Math.round(number(text) * unit) as Rules['timeLimit'] & number;
  const { rankedBy } = fields;
  return {
    name: fields.rules,
    raceType: raceTypeOf(fields, before?.raceType),
    ranking: rankedBy === 'best-lap' ? { by: rankedBy } : { by: rankedBy, laps: number(fields.rankedLaps) },
    qualifying: number(fields.qualifying) as Rules['qualifying'],
    timeLimit: micros(fields.minutes, 60_000_000),
    graceLap: fields.graceLap,
    resets: { perLap: fields.resets.trim() === '' ? null : number(fields.resets), where: fields.resetWhere },
    penalties: { offTrack: micros(fields.offTrack, 1_000_000), collision: micros(fields.collision, 1_000_000) },
    direction: fields.direction,
    trials: number(fields.trials),
    laps: number(fields.laps),
  };
}

function raceTypeOf(fields: SetupFields, before: Rules['raceType'] | undefined): Rules['raceType'] {
  switch (fields.raceType) {
    case 'time-trial':
      return { type: 'time-trial' };
    case 'object-avoidance': {
      const boxes = number(fields.boxes);
      const placed = before?.type === 'object-avoidance' && before.boxes === boxes ? before.placed : [];
      return { type: 'object-avoidance', boxes, placed };
    }
    case 'head-to-bot': {
      const laneChange = before?.type === 'head-to-bot' ? before.laneChange : { min: 2, max: 5 };
      return { type: 'head-to-bot', bots: number(fields.bots), speedMps: number(fields.botSpeed), laneChange };
    }
  }
}

/** An empty field is no number, and so refused by name instead of taken for 0. */
const number = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

/** What is wrong, for people. */
function problemOf(issue: { readonly code: string; readonly message: string }): string {
  const { minimum, maximum, origin } = issue as { minimum?: number; maximum?: number; origin?: unknown };
  if (issue.code === 'invalid_type') return words.online.isMissingOrNoNumber;
  if (issue.code === 'too_small')
    return origin === 'string' ? words.online.isMissing : words.online.mustBeAtLeast(minimum ?? 0);
  if (issue.code === 'too_big')
    return origin === 'string' ? words.online.isTooLong : words.online.mustBeAtMost(maximum ?? 0);
  return issue.message.replace('opensAt', words.online.theOpening);
}

const labels: Readonly<Record<string, string>> = {
  name: words.common.name,
  opensAt: words.online.opens,
  closesAt: words.online.closes,
  timeZone: words.online.timeZone,
  quota: words.online.submissionsARacer,
  seed: words.online.seed,
  trials: words.online.starts,
  laps: words.online.lapsAStart,
  timeLimit: words.online.minutesInAll,
  ranking: words.common.rankedBy,
  qualifying: words.online.lapsInARowTo,
  resets: words.online.resetsALap,
  penalties: words.common.penalties,
  raceType: words.online.raceType,
};

function labelOf(path: readonly PropertyKey[]): string {
  const [first, second] = path.map(String);
  if (first === 'rules' && second === 'name') return words.common.nameOfTheRules;
  return labels[(first === 'rules' ? second : first) ?? ''] ?? path.join('.');
}
