import { z } from 'zod';
import { Alias } from '../alias.js';
import { EpochMs, RacerId, Sha256 } from '../brand.js';
import { CountryCode, CountryLetters } from '../country.js';

const provisional = /^p-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The id that a track without network gives a racer who shows no card: `p-` and a UUID made there, so that the same
 * alias at two tracks is two racers until staff say otherwise.
 */
export const provisionalRacer = (uuid: string): RacerId => RacerId.parse(`p-${uuid.toLowerCase()}`);
export const isProvisional = (racer: string): boolean => provisional.test(racer);

/** Colours that a racer chooses one of: told apart on light and dark screens, and by those who see few colours by their order. */
export const racerColours = [
  '#e03131',
  '#f76707',
  '#f5c211',
  '#2f9e44',
  '#0ca678',
  '#1c7ed6',
  '#7048e8',
  '#c2255c',
] as const;

/** What a picture of a racer may be as it comes, and the side of the square that is kept. */
export const portraitLimits = { bytes: 4 * 2 ** 20, pixels: 4096, side: 256 } as const;

export const Portrait = z.object({ picture: Sha256 });
export type Portrait = z.infer<typeof Portrait>;

const division = z.string().min(1).max(40);

/**
 * What is asked for a new racer. The alias is chosen once and never changes; no other racer's may pass for it, whatever its
 * capitals and script.
 */
export const NewRacer = z.object({
  alias: Alias,
  country: CountryCode.optional(),
  division: division.optional(),
  colour: z.enum(racerColours).optional(),
});
export type NewRacer = z.infer<typeof NewRacer>;

/** PUT /api/v1/account/looks: what may change of a racer; null: none. Results of before keep the country of then. */
export const RacerLooks = z.object({ country: CountryCode.nullable(), colour: z.enum(racerColours).nullable() });
export type RacerLooks = z.infer<typeof RacerLooks>;

/** GET /api/v1/races/{race}/racers: how those who have entered are known on sight; no names, which are in the race's log. */
export const RaceRacers = z.object({
  racers: z.array(z.object({ racer: RacerId, colour: z.string().optional(), picture: Sha256.optional() })),
});
export type RaceRacers = z.infer<typeof RaceRacers>;

/** One who may have no name that everybody sees. */
export type UnnamedRacer = Omit<NewRacer, 'alias'> & { readonly alias?: string | undefined };

/** A racer as the leaderboard service knows one. */
export const Racer = z.object({
  racer: RacerId,
  alias: z.string(),
  country: CountryLetters.optional(),
  division: division.optional(),
  colour: z.string().optional(),
  /** The issued racer that a provisional one turned out to be. */
  mergedInto: RacerId.nullable(),
  createdAt: EpochMs,
});
export type Racer = z.infer<typeof Racer>;

/** A racer of a track without network, whose results wait. */
export const ProvisionalRacer = z.object({
  racer: RacerId,
  /** What one of the results calls the racer. */
  alias: z.string(),
  source: z.string(),
  /** How many wait. */
  results: z.number().int(),
});
export type ProvisionalRacer = z.infer<typeof ProvisionalRacer>;

/** What a racer's card says, as payload of a compact JWS (Ed25519) that anyone can verify without network. */
export const CardContent = z.object({
  racer: RacerId,
  alias: z.string(),
  country: CountryLetters.optional(),
  division: division.optional(),
  issuedAt: EpochMs,
});
export type CardContent = z.infer<typeof CardContent>;

/** What was done to a racer, and by whom. */
export const RacerEvent = z.object({
  action: z.enum(['issued', 'merged', 'absorbed']),
  by: z.string(),
  at: EpochMs,
  /** The other racer of a merger. */
  other: RacerId.nullable(),
});
export type RacerEvent = z.infer<typeof RacerEvent>;
