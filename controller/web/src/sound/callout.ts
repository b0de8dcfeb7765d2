import { lapTime } from '@pitwall/protocol/ranking';
import type { Moment, MomentKind } from '@pitwall/protocol/show';
import type { Spoken, Variables } from './settings.js';

const categories: Readonly<Record<Exclude<MomentKind, 'lap'>, Spoken>> = {
  called: 'calls',
  next: 'calls',
  started: 'start',
  'doubtful-lap': 'incidents',
  'invalid-lap': 'incidents',
  sector: 'sectors',
  place: 'places',
  gap: 'places',
  reset: 'incidents',
  'off-track': 'incidents',
  stands: 'incidents',
  'goes-on': 'incidents',
  'time-left': 'time',
  finished: 'results',
  confirmed: 'results',
  won: 'results',
};

export const categoryOf = (moment: Moment): Spoken =>
  moment.kind === 'lap' ? (moment.best === null ? 'laps' : 'bests') : categories[moment.kind];

/** The parts of a moment that a template may name. */
export function variablesOf(moment: Moment, text: string): Variables {
  const of = (micros: number | null | undefined) => (micros == null ? '' : lapTime(micros));
  const all: Readonly<Record<string, unknown>> = { ...moment };
  const number = (value: unknown) => (typeof value === 'number' ? value : null);
  return {
    text,
    racer: moment.alias,
    lap: String(number(all.lap) ?? ''),
    time: of(number(all.time) ?? number(all.score) ?? number(all.bestLap)),
    gap: of(number(all.gap) ?? number(all.by)),
    place: String(number(all.place) ?? ''),
  };
}

/** What must be heard however much there is to say, first. */
const urgency: Readonly<Record<Spoken, number>> = {
  calls: 3,
  results: 2,
  bests: 2,
  start: 3,
  time: 2,
  places: 1,
  incidents: 1,
  laps: 0,
  sectors: 0,
};
export const urgencyOf = (category: Spoken): number => urgency[category];
