import { createHash, randomUUID } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Sha256 } from '@pitwall/protocol';
import { z } from 'zod';
import type { CheckpointChoice } from '../archive/index.js';
import { type Archive, bareNetwork, hashFile, type ModelFile, modelFileOf, readBareNetwork } from '../archive/index.js';
import type { NetworkTensors } from '../graph/index.js';

/** Raised whenever the importer gives other networks than before: older conversions are then made again. */
const importerVersion = 3;

const Part = z.object({
  path: z.string(),
  bytes: z.number(),
  hash: Sha256,
  foreign: z.object({ what: z.string(), advice: z.string() }).exactOptional(),
});
const TensorInfo = z.object({
  name: z.string(),
  shape: z.array(z.number().int().positive()),
  called: z.string(),
  end: z.string().exactOptional(),
});
const Contents = z.object({
  hash: Sha256,
  parts: z.array(Part),
  texts: z.array(z.tuple([z.string(), z.string()])),
  networks: z.array(Part.extend({ format: z.enum(['tensorflow', 'onnx', 'tflite']) })),
});
const Conversion = z.object({ onnx: Sha256, inputs: z.array(TensorInfo), outputs: z.array(TensorInfo) });

/** A network on disk, as ONNX. */
export interface Converted {
  readonly file: string;
  /** sha256 of the file. */
  readonly onnx: Sha256;
  readonly tensors: NetworkTensors;
}

/** A model of which everything is known, and whose network lies on disk. */
export type ReadyModel = ModelFile & Pick<Converted, 'file' | 'tensors'>;

/**
 * Converted networks, by the hashes of archive and part, so that a model known here is ready at once. A damaged or
 * missing file means no more than converting again; nothing is used whose hash is not the one noted.
 */
export class ConversionCache {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** @throws PitwallError for whatever is wrong with the model outside of its network. */
  async find(path: string, choice?: CheckpointChoice): Promise<ReadyModel | undefined> {
    const bare = await bareNetwork(path).catch(() => undefined);
    const archive = bare === undefined ? await this.contents(path) : await readBareNetwork(path, bare);
    if (archive === undefined) return undefined;
    const model = modelFileOf(archive, choice);
    const known = await this.conversion(model.part.hash);
    return known === undefined ? undefined : { ...model, ...known };
  }

  private async contents(path: string): Promise<Archive | undefined> {
    // What cannot be hashed cannot be imported either, and there the reason is said.
    const hash = await hashFile(path).catch(() => undefined);
    const known = hash === undefined ? undefined : await this.read(`${hash}.json`, Contents);
    if (known === undefined || known.hash !== hash) return undefined;
    return { ...known, texts: new Map(known.texts), loaded: undefined };
  }

  private async conversion(network: Sha256): Promise<Pick<Converted, 'file' | 'tensors'> | undefined> {
    const known = await this.read(`${network}.json`, Conversion);
    if (known === undefined) return undefined;
    const file = this.path(`${network}.onnx`);
    if ((await hashFile(file).catch(() => undefined)) !== known.onnx) return undefined;
    return { file, tensors: { inputs: known.inputs, outputs: known.outputs } };
  }

  async keep(archive: Archive, network: Sha256, { file, onnx, tensors }: Converted): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await this.write(`${network}.onnx`, (unfinished) => copyFile(file, unfinished));
    const { inputs, outputs } = tensors;
    await this.note(`${network}.json`, { onnx, inputs, outputs });
    const { hash, parts, texts, networks } = archive;
    // A bare network is read again each time: what lies beside it is not in its hash.
    if (network !== hash) await this.note(`${hash}.json`, { hash, parts, texts: [...texts], networks });
  }

  private path(name: string): string {
    return join(this.folder, `v${importerVersion}-${name}`);
  }

  private async read<S extends z.ZodType>(name: string, schema: S): Promise<z.infer<S> | undefined> {
    try {
      const [sum, text] = (await readFile(this.path(name), 'utf8')).split('\n', 2) as [string, string];
      return sum === sha256(text) ? schema.parse(JSON.parse(text)) : undefined;
    } catch {
      return undefined;
    }
  }

  private async note(name: string, content: object): Promise<void> {
    const text = JSON.stringify(content);
    const whole = `${sha256(text)}\n${text}`;
    await this.write(name, (unfinished) => writeFile(unfinished, whole, { mode: 0o600 }));
  }

  /** Whole or not at all. */
  private async write(name: string, make: (unfinished: string) => Promise<void>): Promise<void> {
    const unfinished = join(this.folder, `.${randomUUID()}`);
    try {
      await make(unfinished);
      await rename(unfinished, this.path(name));
    } finally {
      await rm(unfinished, { force: true });
    }
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
