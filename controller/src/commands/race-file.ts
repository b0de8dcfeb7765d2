import { randomUUID } from 'node:crypto';
import { PitwallError, parse, RaceId } from '@pitwall/protocol';
import {
  CreateOnlineRace,
  type CreateOnlineRaceInput,
  CreateRace,
  type CreateRaceInput,
  onlinePresets,
} from '@pitwall/protocol/api';
import { rulePresets } from '@pitwall/protocol/race';
import { z } from 'zod';
import { momentIn } from './moment.js';

const common = {
  race: RaceId.optional(),
  name: z.string(),
  rules: z.record(z.string(), z.unknown()).default({}),
};

/** A race as an organizer writes it down: what is left out is as the preset, or the API, has it. */
const RaceFile = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('online'),
    ...common,
    description: z.string().default(''),
    /** `2026-12-01T18:00` in the time zone, or with an offset of its own. */
    opens: z.string(),
    closes: z.string(),
    timeZone: z.string().default('UTC'),
    track: z.string(),
    direction: z.enum(['clockwise', 'counter-clockwise']).optional(),
    preset: z.enum(Object.keys(onlinePresets) as [keyof typeof onlinePresets]).default('time-trial'),
    /** Submissions of each racer; `none` for no limit. */
    quota: z.union([z.number(), z.literal('none')]).optional(),
    access: z.enum(['open', 'invited']).optional(),
    seed: z.number().optional(),
  }),
  z.strictObject({
    kind: z.literal('in-person'),
    ...common,
    track: z.string(),
    direction: z.enum(['clockwise', 'counter-clockwise']).optional(),
    gates: z.array(z.string()),
    car: z.enum(['agent', 'any']).optional(),
    leaderboard: z.string().nullable().optional(),
    preset: z.enum(Object.keys(rulePresets) as [keyof typeof rulePresets]).default('league-2023'),
  }),
  z.strictObject({
    kind: z.literal('live'),
    ...common,
    track: z.string(),
    direction: z.enum(['clockwise', 'counter-clockwise']).optional(),
    leaderboard: z.string().nullable().optional(),
    preset: z.enum(Object.keys(rulePresets) as [keyof typeof rulePresets]).default('live'),
  }),
]);

/** What `POST /api/v1/races` takes. @throws PitwallError `config-invalid`, which names what is wrong. */
export function raceFrom(
  value: unknown,
  file: string,
  now: Date = new Date(),
  /** What the reader should know of what was made of it. */
  tell: (line: string) => void = () => undefined,
): CreateOnlineRaceInput | CreateRaceInput {
  const wanted = parse(RaceFile, value, `The race in ${file}`, 'config-invalid');
  const commandId = randomUUID();
  const { name, track: id, direction } = wanted;
  const track = { id, version: 1 };
  const turned = direction === undefined ? {} : { direction };
  if (wanted.kind !== 'online') {
    const { race = `race-${now.toISOString().replace(/\D/g, '').slice(0, 14)}`, leaderboard } = wanted;
    const { gates, car } = wanted.kind === 'live' ? { gates: [`live-${race}`], car: 'simulated' } : wanted;
    const rules = { ...rulePresets[wanted.preset], ...turned, ...wanted.rules };
    const setup = { name, track, gates, car, leaderboard, rules };
    const made = parse(CreateRace, { race, commandId, setup }, `The race in ${file}`, 'config-invalid');
    if ('plausible' in wanted.rules) return made;
    // The controller that makes the race knows the length of the track.
    const { plausible: _, ...unsaid } = made.setup.rules;
    return { ...made, setup: { ...made.setup, rules: unsaid } };
  }
  const { description, timeZone, access, seed } = wanted;
  const quota = wanted.quota === undefined ? undefined : { submissions: wanted.quota === 'none' ? null : wanted.quota };
  const setup = {
    kind: 'online',
    name,
    description,
    opensAt: momentIn(wanted.opens, timeZone, 'opens', tell),
    closesAt: momentIn(wanted.closes, timeZone, 'closes', tell),
    timeZone,
    track,
    rules: { ...onlinePresets[wanted.preset], ...turned, ...wanted.rules },
    quota,
    access,
    seed,
  };
  return parse(CreateOnlineRace, { race: wanted.race, commandId, setup }, `The race in ${file}`, 'config-invalid');
}

/** Text that is no race at all. */
export const unreadable = (file: string, cause: unknown): PitwallError =>
  new PitwallError('config-invalid', `The file ${file} cannot be read as YAML or JSON.`, { cause });
