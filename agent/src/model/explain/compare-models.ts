import { join } from 'node:path';
import { isPitwallError, PitwallError } from '@pitwall/protocol';
import type { Decision } from '@pitwall/protocol/policy';
import { listPictures, readPicture } from '../picture/index.js';
import type { LoadedModel } from '../run/index.js';
import { observe } from '../run/index.js';

/** Two actions differ from here on. */
const [differentDeg, differentMps] = [1, 0.1];

export interface Difference {
  readonly steeringDeg: number;
  readonly speedMps: number;
  /** 1° or 0.1 m/s apart, or more. */
  readonly matters: boolean;
}

type Wanted = Pick<Decision['action'], 'steeringDeg' | 'speedMps'>;

/** How far apart two actions are. */
export function difference(a: Wanted, b: Wanted): Difference {
  const steeringDeg = Math.abs(a.steeringDeg - b.steeringDeg);
  const speedMps = Math.abs(a.speedMps - b.speedMps);
  return { steeringDeg, speedMps, matters: steeringDeg >= differentDeg || speedMps >= differentMps };
}

export interface Comparison {
  /** That both were shown. */
  readonly images: number;
  /** Names of files that are no pictures, or damaged ones; they were left out. */
  readonly skipped: readonly string[];
  /** Frames on which the two want another action: 1° or 0.1 m/s apart. */
  readonly disagreements: number;
  /** 0 to 1. */
  readonly share: number;
  readonly steeringDeg: { readonly mean: number; readonly max: number };
  readonly speedMps: { readonly mean: number; readonly max: number };
  /** The pictures on which they differ most, the worst first. */
  readonly worst: readonly { readonly image: string; readonly a: Decision['action']; readonly b: Decision['action'] }[];
}

/**
 * Shows every picture of a folder to two models. Stereo models see the same picture twice, lidars an empty track.
 * What is no picture is left out and named.
 * @throws PitwallError `not-found` when the folder holds no pictures, `picture-invalid` when none of them can be read.
 */
export async function compareModels(a: LoadedModel, b: LoadedModel, folder: string): Promise<Comparison> {
  const files = await listPictures(folder).catch(() => [] as string[]);
  if (files.length === 0)
    throw new PitwallError('not-found', `The folder ${folder} holds no pictures (PNG, JPEG, PGM or PPM).`);
  const pairs = [];
  const skipped: string[] = [];
  let failure: PitwallError | undefined;
  for (const image of files) {
    const plane = await readPicture(join(folder, image)).catch((error: unknown) => {
      if (!isPitwallError(error)) throw error;
      failure ??= error;
      skipped.push(image);
    });
    if (plane === undefined) continue;
    const [one, other] = [await a.policy.decide(observe(a, plane)), await b.policy.decide(observe(b, plane))];
    pairs.push({
      image,
      a: one.action,
      b: other.action,
      ...difference(one.action, other.action),
    });
  }
  if (pairs.length === 0 && failure !== undefined) throw failure;
  const different = pairs.filter(({ matters }) => matters);
  const spread = (values: readonly number[]) => ({
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    max: values.reduce((most, value) => Math.max(most, value), 0),
  });
  return {
    images: pairs.length,
    skipped,
    disagreements: different.length,
    share: different.length / pairs.length,
    steeringDeg: spread(pairs.map((pair) => pair.steeringDeg)),
    speedMps: spread(pairs.map((pair) => pair.speedMps)),
    worst: different
      .toSorted((x, y) => y.steeringDeg - x.steeringDeg || y.speedMps - x.speedMps)
      .slice(0, 5)
      .map(({ image, a, b }) => ({ image, a, b })),
  };
}
