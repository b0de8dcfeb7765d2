import { PitwallError, parseJson } from '@pitwall/protocol';
import { z } from 'zod';
import type { Archive } from './archive.js';

/** Which checkpoint of a training archive: the best in evaluation, the newest, or one by its number. */
export type CheckpointChoice = 'best' | 'last' | number;

export interface Checkpoint {
  /** The iteration in the file's name, where it has one. */
  readonly number?: number;
  readonly path: string;
  readonly best: boolean;
  readonly last: boolean;
}

const Named = z.looseObject({ name: z.string().max(200).nullish() }).nullish();
const CheckpointsFile = z.looseObject({ best_checkpoint: Named, last_checkpoint: Named });

/**
 * The networks of an archive: one in a car archive; several, each `model_<number>.pb` in one folder, in a training archive.
 * @throws PitwallError `archive-invalid`.
 */
export function listCheckpoints(archive: Pick<Archive, 'networks' | 'texts'>): Checkpoint[] {
  const { networks } = archive;
  if (networks.length === 0) {
    throw new PitwallError(
      'archive-invalid',
      'The archive holds no network (.pb, .onnx or .tflite). Export the physical car model.',
    );
  }
  const found = networks.map(({ path }) => ({
    path,
    number: iteration(path),
    folder: path.slice(0, path.lastIndexOf('/') + 1),
  }));
  const [first] = found;
  const training = found.every(
    (one) => one.number !== undefined && one.folder === first?.folder && one.path.endsWith('.pb'),
  );
  if (found.length > 1 && !training) {
    throw new PitwallError(
      'archive-invalid',
      `The archive holds ${found.length} networks (${found
        .slice(0, 3)
        .map((one) => one.path)
        .join(', ')}…); a car archive holds one, a training archive model_<number>.pb for each checkpoint.`,
    );
  }
  const text = [...archive.texts].find(([path]) => path.endsWith('deepracer_checkpoints.json'))?.[1];
  const named =
    text === undefined
      ? {}
      : parseJson(CheckpointsFile, withoutNaN(text), 'deepracer_checkpoints.json', 'archive-invalid');
  const numberOf = (checkpoint: z.infer<typeof Named>) => {
    const digits = /^(\d+)_/.exec(checkpoint?.name ?? '')?.[1];
    return digits === undefined ? undefined : Number(digits);
  };
  const newest = found.reduce<number | undefined>(
    (most, { number }) => (number !== undefined && number > (most ?? -1) ? number : most),
    undefined,
  );
  const has = (number: number | undefined) => (found.some((one) => one.number === number) ? number : undefined);
  const last = has(numberOf(named.last_checkpoint)) ?? newest;
  const best = has(numberOf(named.best_checkpoint));
  return found
    .map(({ path, number }) => ({
      path,
      ...(number === undefined ? {} : { number }),
      best: number !== undefined ? number === best : found.length === 1,
      last: found.length === 1 || number === last,
    }))
    .sort((a, b) => (a.number ?? 0) - (b.number ?? 0));
}

/** A checkpoint without an evaluation has no measure, which Python writes as a word that JSON does not have. */
const withoutNaN = (text: string): string => text.replace(/:\s*(?:NaN|-?Infinity)\b/g, ': null');

const iteration = (path: string): number | undefined => {
  const digits = /(?:^|\/)model_(\d{1,9})\.pb$/.exec(path)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

/**
 * Absent: the best, or where none is marked the last.
 * @throws PitwallError `checkpoint-unknown`, which lists what there is.
 */
export function chooseCheckpoint(checkpoints: readonly Checkpoint[], choice?: CheckpointChoice): Checkpoint {
  const only = checkpoints.length === 1 && typeof choice !== 'number' ? checkpoints[0] : undefined;
  const best = checkpoints.find((checkpoint) => checkpoint.best);
  const last = checkpoints.find((checkpoint) => checkpoint.last);
  const found =
    only ??
    (typeof choice === 'number'
      ? checkpoints.find((checkpoint) => checkpoint.number === choice)
      : choice === 'best'
        ? best
        : choice === 'last'
          ? last
          : (best ?? last));
  if (found !== undefined) return found;
  const list = checkpoints.map((checkpoint) => checkpoint.number ?? checkpoint.path).slice(0, 30);
  throw new PitwallError('checkpoint-unknown', `The archive has no checkpoint "${choice}". It has ${list.join(', ')}.`);
}
