import { z } from 'zod';
import { EpochMs, RacerId, Sha256 } from '../brand.js';
import { neutralName } from '../neutral-name.js';
import { Result, SourceName } from './leaderboard.js';

/** What the racer and the model of a result are called: beside what is signed, so that it can be taken away again. */
export const ResultNames = Result.pick({ alias: true, country: true, division: true }).extend({
  model: z.string().min(1).max(200).optional(),
});
export type ResultNames = z.infer<typeof ResultNames>;

/** What a source signs of a result: ids alone. */
export const SignedContent = Result.omit({ alias: true, country: true, division: true }).extend({
  model: z.object({ hash: Sha256 }).nullable(),
});
export type SignedContent = z.infer<typeof SignedContent>;

export function signedContentOf(result: Result): SignedContent {
  const { alias: _, country: _country, division: _division, model, ...content } = result;
  return { ...content, model: model === null ? null : { hash: model.hash } };
}

export const namesOf = ({ alias, country, division, model }: Result): ResultNames => ({
  alias,
  ...(country === undefined ? {} : { country }),
  ...(division === undefined ? {} : { division }),
  ...(model === null ? {} : { model: model.name }),
});

/** What a result says once its racer is deleted: its times, under a neutral name. */
export function withNeutralNames(result: Result, racer: string): Result {
  const { country: _, division: _division, ...rest } = result;
  const model = result.model === null ? null : { hash: result.model.hash, name: result.model.hash.slice(0, 12) };
  return { ...rest, alias: neutralName(racer), model };
}

/**
 * A result as its source signed it: a compact JWS (Ed25519, `kid` in its header) over the JSON of {@link SignedContent}, and the names
 * beside it; or, as older versions signed, over the whole {@link Result}, without names beside.
 */
export const SignedResult = z.object({ jws: z.string().min(1).max(500_000), names: ResultNames.optional() });
export type SignedResult = z.infer<typeof SignedResult>;

/** What was signed, with its names: a {@link Result}, still to be checked. */
export function joinNames(payload: unknown, names: ResultNames | undefined): unknown {
  if (names === undefined || typeof payload !== 'object' || payload === null || 'alias' in payload) return payload;
  const { model: name, ...beside } = names;
  const { model } = payload as { model?: object | null };
  return { ...payload, ...beside, ...(model == null ? {} : { model: { ...model, name: name ?? 'model' } }) };
}

/** How a signed result is kept in one text: the JWS, and after a space the names beside it. */
export const signedBody = ({ jws, names }: SignedResult): string =>
  names === undefined ? jws : `${jws} ${JSON.stringify(names)}`;

export function signedIn(body: string): SignedResult {
  const space = body.indexOf(' ');
  if (space === -1) return { jws: body };
  return { jws: body.slice(0, space), names: JSON.parse(body.slice(space + 1)) as ResultNames };
}

/** A racer was deleted where results came from: `source` takes what it called them out of what it sent. Signed as results are, of another type. */
export const Erasure = z.object({ racer: RacerId, source: SourceName, at: EpochMs });
export type Erasure = z.infer<typeof Erasure>;

/** POST /api/v1/racers/erasures: a compact JWS over an {@link Erasure}. */
export const SignedErasure = z.object({ jws: z.string().min(1).max(10_000) });
