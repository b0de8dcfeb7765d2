import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Sha256 } from '@pitwall/protocol';
import { z } from 'zod';
import type { Archive } from './archive.js';
import type { Ports } from './binding.js';

/** Raised whenever the importer gives other networks than before: older conversions are then made again. */
const importerVersion = 1;

const Part = z.object({ path: z.string(), bytes: z.number(), hash: Sha256 });
const Port = z.object({ name: z.string(), shape: z.array(z.number().int().positive()) });
const Contents = z.object({
  hash: Sha256,
  parts: z.array(Part),
  texts: z.array(z.tuple([z.string(), z.string()])),
  networks: z.array(Part.extend({ format: z.enum(['tensorflow', 'onnx', 'tflite']) })),
});
const Conversion = z.object({ onnx: Sha256, inputs: z.array(Port), outputs: z.array(Port) });

export interface Converted {
  readonly onnx: Uint8Array;
  readonly ports: Ports;
}

/**
 * Converted networks, by the hashes of archive and part, so that a model known here is ready at once. A damaged or
 * missing file means no more than converting again; nothing is used whose hash is not the one noted.
 */
export class ConversionCache {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async contents(archive: Sha256): Promise<Archive | undefined> {
    const known = await this.read(`${archive}.json`, Contents);
    if (known === undefined || known.hash !== archive) return undefined;
    return { ...known, texts: new Map(known.texts), kept: undefined };
  }

  async conversion(network: Sha256): Promise<Converted | undefined> {
    const known = await this.read(`${network}.json`, Conversion);
    if (known === undefined) return undefined;
    const onnx = await readFile(this.path(`${network}.onnx`)).catch(() => undefined);
    if (onnx === undefined || sha256(onnx) !== known.onnx) return undefined;
    return { onnx, ports: { inputs: known.inputs, outputs: known.outputs } };
  }

  async keep(archive: Archive, network: Sha256, { onnx, ports }: Converted): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await this.write(`${network}.onnx`, onnx);
    const { inputs, outputs } = ports;
    await this.note(`${network}.json`, { onnx: sha256(onnx), inputs, outputs });
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
      return sum === sha256(Buffer.from(text)) ? schema.parse(JSON.parse(text)) : undefined;
    } catch {
      return undefined;
    }
  }

  private async note(name: string, content: object): Promise<void> {
    const text = JSON.stringify(content);
    await this.write(name, `${sha256(Buffer.from(text))}\n${text}`);
  }

  /** Whole or not at all. */
  private async write(name: string, content: string | Uint8Array): Promise<void> {
    const unfinished = join(this.folder, `.${randomUUID()}`);
    try {
      await writeFile(unfinished, content, { mode: 0o600 });
      await rename(unfinished, this.path(name));
    } finally {
      await rm(unfinished, { force: true });
    }
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
