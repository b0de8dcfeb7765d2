import { type Micros, parse } from '@pitwall/protocol';
import { RaceRules } from '@pitwall/protocol/race';

/** The rules of one evaluation: those of a race, with how often the car starts and how many laps it drives each time. */
export interface EvaluationRules
  extends Pick<
    RaceRules,
    | 'name'
    | 'raceType'
    | 'ranking'
    | 'qualifying'
    | 'resets'
    | 'penalties'
    | 'timeLimit'
    | 'graceLap'
    | 'direction'
    | 'car'
  > {
  /** Starts. */
  readonly trials: number;
  /** Laps driven from each start without a stop. */
  readonly laps: number;
}

const seconds = (count: number) => (count * 1_000_000) as Micros;

/** The cloud simulator's own: 2 s and 5 s, 20 minutes; a lap with more than ten resets is given up. */
export const defaultRules: EvaluationRules = {
  name: 'Evaluation',
  raceType: { type: 'time-trial' },
  ranking: { by: 'best-lap' },
  qualifying: 1,
  resets: { perLap: 10, where: 'in-place' },
  penalties: { offTrack: seconds(2), collision: seconds(5) },
  timeLimit: seconds(1200),
  graceLap: false,
  direction: 'counter-clockwise',
  trials: 3,
  laps: 1,
};

/** Race types by name, as an evaluation has them when no rules say more. */
export const raceTypes: Readonly<Record<string, EvaluationRules['raceType']>> = {
  'time-trial': { type: 'time-trial' },
  'object-avoidance': { type: 'object-avoidance', boxes: 4, placed: [] },
  'head-to-bot': { type: 'head-to-bot', bots: 3, speedMps: 0.6, laneChange: { min: 2, max: 5 } },
};

/** The part of a race's rules that an evaluation follows. @throws PitwallError `config-invalid` */
export function rulesOfRace(value: unknown, what: string): Omit<EvaluationRules, 'trials' | 'laps'> {
  const rules = parse(RaceRules, value, what, 'config-invalid');
  const { name, raceType, ranking, qualifying, resets, penalties, timeLimit, graceLap, direction, car } = rules;
  const own = { name, raceType, ranking, qualifying, resets, penalties, timeLimit, graceLap, direction };
  return car === undefined ? own : { ...own, car };
}
