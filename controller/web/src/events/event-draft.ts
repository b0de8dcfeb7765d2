import { EventSetup, type EventSetupInput } from '@pitwall/protocol/api';
import { z } from 'zod';
import { isTimeZone, momentOf, wallTime } from '../times/index.js';

const wall = z.string().refine((text) => momentOf(text, 'UTC') !== null);

/** What is typed of an event; its dates are those of the clock on the hall's wall. */
export const EventFields = z.object({
  name: z.string().trim().min(1).max(100),
  description: z.string().max(2000).default(''),
  place: z.string().trim().max(200).default(''),
  kind: z.enum(['league', 'community']),
  access: z.enum(['public', 'link']),
  joining: z.enum(['closed', 'open', 'pin']),
  timeZone: z.string().refine(isTimeZone),
  startsAt: wall,
  endsAt: wall,
  points: z
    .string()
    .regex(/^\s*\d{1,6}(\s*[,;、]\s*\d{1,6})*\s*$/)
    .optional(),
});
export type EventFields = z.infer<typeof EventFields>;

/** A line of the program as it is typed. */
export interface ItemFields {
  readonly name: string;
  /** '' for none. */
  readonly race: string;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** What is chosen from lists. */
export interface Chosen {
  readonly program: readonly ItemFields[];
  readonly boards: readonly string[];
  readonly cars: readonly string[];
  readonly gates: readonly string[];
  readonly staff: EventSetup['staff'];
}

const half = 1_800_000;
const round = (moment: number) => Math.ceil(moment / half) * half;

/** As the fields of a new event begin: from the next half hour on, for eight hours. */
export const newFields = (now: number, timeZone: string): { [Name in keyof EventFields]-?: string } => ({
  name: '',
  description: '',
  place: '',
  kind: 'community',
  access: 'public',
  joining: 'open',
  timeZone,
  startsAt: wallTime(round(now), timeZone),
  endsAt: wallTime(round(now) + 16 * half, timeZone),
  points: '',
});

export const fieldsOf = (setup: EventSetup): { [Name in keyof EventFields]-?: string } => ({
  name: setup.name,
  description: setup.description,
  place: setup.place,
  kind: setup.kind,
  access: setup.access,
  joining: setup.joining,
  timeZone: setup.timeZone,
  startsAt: wallTime(setup.startsAt, setup.timeZone),
  endsAt: wallTime(setup.endsAt, setup.timeZone),
  points: setup.points.join(', '),
});

export const chosenOf = ({ program, boards, cars, gates, staff, timeZone }: EventSetup): Chosen => ({
  program: program.map(({ name, race, startsAt, endsAt }) => ({
    name,
    race: race ?? '',
    startsAt: wallTime(startsAt, timeZone),
    endsAt: wallTime(endsAt, timeZone),
  })),
  boards,
  cars,
  gates,
  staff,
});

/** The next line of the program: it begins when the last one ends. */
export function nextItem(program: readonly ItemFields[], startsAt: string): ItemFields {
  const from = program.at(-1)?.endsAt ?? startsAt;
  const moment = momentOf(from, 'UTC');
  return { name: '', race: '', startsAt: from, endsAt: moment === null ? from : wallTime(moment + 2 * half, 'UTC') };
}

/**
 * A time that was not touched is the moment that it was: of an hour that a clock shows twice it may be the second one. `before`: the
 * moments as they were.
 */
function moments(before: EventSetup | undefined, timeZone: string) {
  const known = new Map<string, number>();
  for (const { startsAt, endsAt } of before === undefined ? [] : [before, ...before.program])
    for (const moment of [startsAt, endsAt]) known.set(wallTime(moment, timeZone), moment);
  return (text: string): number => known.get(text) ?? momentOf(text, timeZone) ?? Number.NaN;
}

/** What is sent; `wrong` where it cannot be: the numbers of the program's lines from 1, or `endsAt`. */
export function setupOf(
  fields: EventFields,
  chosen: Chosen,
  before?: EventSetup,
): { setup: EventSetup } | { wrong: readonly number[] | 'endsAt' } {
  const at = moments(before, fields.timeZone);
  const isWrong = ({ name, race, startsAt, endsAt }: ItemFields) =>
    (name.trim() === '' && race === '') || !(at(startsAt) <= at(endsAt));
  const wrong = chosen.program.flatMap((item, index) => (isWrong(item) ? [index + 1] : []));
  if (wrong.length > 0) return { wrong };
  if (!(at(fields.startsAt) < at(fields.endsAt))) return { wrong: 'endsAt' };
  const input = {
    ...fields,
    startsAt: at(fields.startsAt),
    endsAt: at(fields.endsAt),
    points: (fields.points ?? '').split(/[,;、]/).flatMap((text) => (text.trim() === '' ? [] : [Number(text)])),
    program: chosen.program.map(({ name, race, startsAt, endsAt }) => ({
      name,
      race: race === '' ? null : race,
      startsAt: at(startsAt),
      endsAt: at(endsAt),
    })),
    boards: [...chosen.boards],
    cars: [...chosen.cars],
    gates: [...chosen.gates],
    staff: [...chosen.staff],
  } as EventSetupInput;
  return { setup: EventSetup.parse(input) };
}
