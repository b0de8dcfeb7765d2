import { PitwallError } from '@pitwall/protocol';
import { type ModelMetadata, type NetworkDescription, readMetadata } from '@pitwall/protocol/policy';
import { type Archive, readArchive } from './archive.js';
import { bareNetwork, readBareNetwork } from './bare-network.js';
import { type Checkpoint, type CheckpointChoice, chooseCheckpoint, listCheckpoints } from './checkpoints.js';
import { descriptionNames, readDescription } from './read-description.js';
import { isRenamedMetadata } from './renamed-metadata.js';

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);
const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/**
 * The archive's one text of this name; of several the one at the root, or else in the innermost folder in which the network lies, too.
 * @throws PitwallError `metadata-invalid`.
 */
function theText({ texts, networks }: Archive, isNamed: (name: string) => boolean, name: string): string | undefined {
  const found = [...texts].filter(([path]) => isNamed(nameOf(path)));
  const network = networks[0]?.path ?? '';
  const around = found.filter(([path]) => network.startsWith(folderOf(path)));
  const inward = around.toSorted(([a], [b]) => folderOf(a).length - folderOf(b).length);
  const atRoot = inward.find(([path]) => folderOf(path) === '');
  const chosen = found.length === 1 ? found[0] : (atRoot ?? inward.at(-1));
  if (chosen !== undefined || found.length === 0) return chosen?.[1];
  throw new PitwallError(
    'metadata-invalid',
    `The archive has ${found.length} ${name} files, and none at its root or beside the network; leave one.`,
  );
}

/** The same for every network: what is known of its training, and what the racer says of it. */
function evidenceOf(archive: Archive): Pick<ModelFile, 'metadata' | 'description'> {
  const written = theText(archive, (name) => name.toLowerCase() === 'model_metadata.json', 'model_metadata.json');
  const said = theText(archive, (name) => descriptionNames.test(name), 'pitwall.yaml');
  const metadata = written === undefined ? undefined : readMetadata(written);
  const renamed = written === undefined ? archive.parts.find(({ path }) => isRenamedMetadata(nameOf(path))) : undefined;
  if (renamed !== undefined) {
    throw new PitwallError(
      'metadata-invalid',
      `The model has no model_metadata.json, but a file "${nameOf(renamed.path)}"; rename it to model_metadata.json.`,
    );
  }
  const description = said === undefined ? undefined : readDescription(said);
  // What an .onnx or .tflite gives, its outputs may say.
  if (
    metadata === undefined &&
    description === undefined &&
    archive.networks.some((one) => one.format === 'tensorflow')
  ) {
    throw new PitwallError(
      'metadata-invalid',
      'The model has no model_metadata.json, which says what its actions are. Add it at the root of the archive, or beside the network.',
    );
  }
  return { metadata, description };
}

/** A model file's contents and which of its checkpoints is meant, its network not yet touched. */
export interface ModelFile {
  readonly archive: Archive;
  /** As written; absent where the model came without. */
  readonly metadata: ModelMetadata | undefined;
  readonly description: NetworkDescription | undefined;
  readonly checkpoints: readonly Checkpoint[];
  /** What was odd about the archive and did not matter, one sentence each. */
  readonly notes: readonly string[];
  readonly checkpoint: Checkpoint;
  /** Of the checkpoint's network. */
  readonly part: Archive['networks'][number];
}

/** @throws PitwallError `archive-invalid`, `metadata-invalid`, `checkpoint-unknown`. */
export function modelFileOf(archive: Archive, choice?: CheckpointChoice): ModelFile {
  const { list: checkpoints, notes } = listCheckpoints(archive);
  const evidence = evidenceOf(archive);
  const checkpoint = chooseCheckpoint(checkpoints, choice);
  const part = archive.networks.find((network) => network.path === checkpoint.path);
  if (part === undefined) throw new PitwallError('archive-invalid', `The archive has no ${checkpoint.path}.`);
  return { archive, ...evidence, checkpoints, notes, checkpoint, part };
}

/** Reads a model file, archive or bare network. @throws PitwallError for whatever is wrong outside of the network. */
export async function readModelFile(path: string, choice?: CheckpointChoice): Promise<ModelFile> {
  const bare = await bareNetwork(path);
  return modelFileOf(bare === undefined ? await readArchive(path) : await readBareNetwork(path, bare), choice);
}
