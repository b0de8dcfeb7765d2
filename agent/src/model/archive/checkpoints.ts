import { PitwallError } from '@pitwall/protocol';
import { z } from 'zod';
import type { Archive } from './archive.js';
import {
  kerasAdvice,
  savedModelAdvice,
  stableBaselinesAdvice,
  torchAdvice,
  torchScriptAdvice,
} from './foreign-models.js';

/** Which checkpoint of a training archive: the best in evaluation, the newest, or one by its number; the same everywhere. */
export type CheckpointChoice = 'best' | 'last' | number;

export interface Checkpoint {
  /** The iteration in the file's name, where it has one. */
  readonly number?: number;
  readonly path: string;
  readonly best: boolean;
  readonly last: boolean;
}

/** What an archive holds, and what was odd about how it says so. */
export interface Checkpoints {
  /** By number. */
  readonly list: readonly Checkpoint[];
  readonly notes: readonly string[];
}

/**
 * The networks of an archive: one in a car archive; several, each `model_<number>.pb` in one folder, in a training archive.
 * Which of them is the best, `deepracer_checkpoints.json` says; whatever is wrong with that, the networks are there.
 * @throws PitwallError `archive-invalid`.
 */
export function listCheckpoints(archive: Pick<Archive, 'parts' | 'networks' | 'texts'>): Checkpoints {
  const notes: string[] = [];
  const found = networksOf(archive, notes).map(({ path }) => ({
    path,
    number: iteration(path),
    folder: path.slice(0, path.lastIndexOf('/') + 1),
  }));
  const [first] = found;
  const training = found.every((one) => one.number !== undefined && one.folder === first?.folder);
  if (found.length > 1 && !training) {
    throw new PitwallError(
      'archive-invalid',
      `The archive holds ${found.length} networks (${found
        .slice(0, 3)
        .map((one) => one.path)
        .join(', ')}…); a car archive holds one, a training archive model_<number>.pb for each checkpoint.`,
    );
  }
  const newest = found.reduce<number | undefined>(
    (most, { number }) => (number !== undefined && number > (most ?? -1) ? number : most),
    undefined,
  );
  const best = newest === undefined ? undefined : bestOf(archive, newest, found, notes);
  const list = found
    .map(({ path, number }) => ({
      path,
      ...(number === undefined ? {} : { number }),
      best: number !== undefined && found.length > 1 ? number === best : found.length === 1,
      last: found.length === 1 || number === newest,
    }))
    .sort((a, b) => (a.number ?? 0) - (b.number ?? 0));
  return { list, notes };
}

const foreign = (what: string, advice: string) => new PitwallError('archive-invalid', `The archive ${what}. ${advice}`);
const isSavedModel = (path: string): boolean => /(?:^|\/)saved_model\.pb$/i.test(path);

/** Optimised on a car, a model comes in two formats; they are one network. */
function networksOf({ parts, networks }: Pick<Archive, 'parts' | 'networks'>, notes: string[]): Archive['networks'] {
  const saved = networks.filter(({ path }) => isSavedModel(path));
  if (saved.length > 0 && parts.some(({ path }) => /(?:^|\/)variables\/variables\./i.test(path)))
    throw foreign('holds a TensorFlow SavedModel', savedModelAdvice);
  if (saved.length > 1) throw foreign(`holds ${saved.length} TensorFlow SavedModels`, savedModelAdvice);
  // Beside its graph a SavedModel has keras_metadata.pb and fingerprint.pb, which are none.
  if (saved.length === 1) return saved;
  if (networks.length === 0) {
    const whole = savedAsZip(parts);
    if (whole !== undefined)
      throw new PitwallError('archive-invalid', `The file is ${whole.what}, no model. ${whole.advice}`);
    const { path, foreign: other } = parts.find((part) => part.foreign !== undefined) ?? {};
    const inner = parts.find((part) => /\.(?:tar\.gz|tgz|tar|zip)$/i.test(part.path));
    if (other !== undefined)
      throw foreign(`holds no network that is taken here; ${path} is ${other.what}`, other.advice);
    if (inner !== undefined) throw foreign(`holds another archive, ${inner.path}`, 'Unpack it and hand in that one.');
    throw foreign('holds no network (.pb, .onnx or .tflite)', 'Export the physical car model.');
  }
  const graphs = networks.filter(({ format }) => format === 'tensorflow');
  const others = networks.filter(({ format }) => format !== 'tensorflow');
  if (graphs.length === 0 || others.length === 0) return networks;
  notes.push(`The archive also holds ${others.map(({ path }) => path).join(', ')}; the .pb is what drives.`);
  return graphs;
}

/** Keras and PyTorch save zip files of their own kind, as a whole or as what somebody unpacked and packed again. */
function savedAsZip(parts: Archive['parts']): { readonly what: string; readonly advice: string } | undefined {
  const has = (pattern: RegExp) => parts.some(({ path }) => pattern.test(path));
  // keras/src/saving/saving_lib.py: config.json, metadata.json, model.weights.h5
  if (has(/(?:^|\/)model\.weights\.h5$/) && has(/(?:^|\/)config\.json$/))
    return { what: 'a Keras model (.keras)', advice: kerasAdvice };
  // torch/csrc/jit/serialization/export: code/ and constants.pkl; torch/export: models/… or serialized_exported_program.json
  if (has(/(?:^|\/)constants\.pkl$/) && has(/(?:^|\/)data\.pkl$/))
    return { what: 'a TorchScript model', advice: torchScriptAdvice };
  if (has(/(?:^|\/)serialized_exported_program\.json$/) || has(/(?:^|\/)archive_format$/))
    return { what: 'a program of torch.export (.pt2)', advice: torchAdvice };
  // Stable-Baselines3: common/save_util.py, save_to_zip_file
  if (has(/(?:^|\/)policy\.pth$/) && has(/(?:^|\/)data$/))
    return { what: 'a model of Stable-Baselines3 (.zip)', advice: stableBaselinesAdvice };
  // torch/serialization.py: NAME/data.pkl, NAME/data/0, NAME/version
  if (has(/(?:^|\/)data\.pkl$/) && has(/(?:^|\/)(?:version|byteorder|data\/\d+)$/))
    return { what: 'a PyTorch checkpoint (.pt)', advice: torchAdvice };
  return undefined;
}

type Named = 'unreadable' | { readonly best: number | undefined; readonly last: number | undefined };

/** Which of the networks that are there is the best; where that cannot be told, the newest counts as the best. */
function bestOf(
  { texts }: Pick<Archive, 'texts'>,
  newest: number,
  found: readonly { readonly number: number | undefined; readonly folder: string }[],
  notes: string[],
): number | undefined {
  const list = 'deepracer_checkpoints.json';
  const lists = [...texts].filter(([path]) => path.toLowerCase().endsWith(list));
  const text = (lists.find(([path]) => path.slice(0, -list.length) === found[0]?.folder) ?? lists[0])?.[1];
  const instead = `the newest checkpoint, ${newest}, counts as the best`;
  if (text === undefined) {
    if (found.length > 1) notes.push(`The archive has no ${list}; ${instead}.`);
    return undefined;
  }
  const named = readNamed(text);
  if (named === 'unreadable') {
    notes.push(`${list} is ${text.trim() === '' ? 'empty' : 'damaged'}; ${instead}.`);
    return undefined;
  }
  const { best, last } = named;
  const has = (number: number) => found.some((one) => one.number === number);
  if (last !== undefined && !has(last)) notes.push(`${list} names ${last} as the last, which is not in the archive.`);
  else if (last !== undefined && last !== newest)
    notes.push(`${list} names ${last} as the last; ${newest} is newer and counts as the last.`);
  if (best === undefined) notes.push(`${list} names no best checkpoint; ${instead}.`);
  else if (!has(best)) notes.push(`${list} names ${best} as the best, which is not in the archive; ${instead}.`);
  return best;
}

/** A checkpoint is called `140_Step-123889.ckpt`, in an object with its measure or, by some tools, as it is. */
const Name = z.union([
  z.number().transform(String),
  z.string(),
  z.null(),
  z
    .looseObject({ name: z.union([z.string(), z.number().transform(String), z.null()]).optional() })
    .transform(({ name }) => name ?? null),
]);
const CheckpointsFile = z.looseObject({ best_checkpoint: Name.optional(), last_checkpoint: Name.optional() });

function readNamed(text: string): Named {
  const numberOf = (name: string | null | undefined) => {
    const digits = /^(\d{1,9})(?:_|$)/.exec(name?.trim() ?? '')?.[1];
    return digits === undefined ? undefined : Number(digits);
  };
  try {
    // A checkpoint without an evaluation has no measure, which Python writes as a word that JSON does not have.
    const file = CheckpointsFile.parse(JSON.parse(text.replace(/:\s*(?:NaN|-?Infinity)\b/g, ': null')));
    return { best: numberOf(file.best_checkpoint), last: numberOf(file.last_checkpoint) };
  } catch {
    return 'unreadable';
  }
}

const iteration = (path: string): number | undefined => {
  const digits = /(?:^|\/)model_(\d{1,9})\.pb$/i.exec(path)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

/**
 * `best`, and absent the same: the one that is marked as the best, or else the newest. `last`: the newest.
 * @throws PitwallError `checkpoint-unknown`, which lists what there is.
 */
export function chooseCheckpoint(checkpoints: readonly Checkpoint[], choice: CheckpointChoice = 'best'): Checkpoint {
  const last = checkpoints.find((checkpoint) => checkpoint.last);
  const found =
    typeof choice === 'number'
      ? checkpoints.find((checkpoint) => checkpoint.number === choice)
      : choice === 'best'
        ? (checkpoints.find((checkpoint) => checkpoint.best) ?? last)
        : last;
  if (found !== undefined) return found;
  const list = checkpoints.map((checkpoint) => checkpoint.number ?? checkpoint.path).slice(0, 30);
  throw new PitwallError('checkpoint-unknown', `The archive has no checkpoint "${choice}". It has ${list.join(', ')}.`);
}
