import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { writePolicyGraph } from '@pitwall/agent/model';
import tar from 'tar-stream';
import { metadataFor, type Recipe, randomPolicy } from './random-policy.js';

/** Writes a `.tar.gz` with these entries. */
export async function packArchive(
  path: string,
  entries: Readonly<Record<string, string | Uint8Array>>,
  level = 1,
): Promise<void> {
  const pack = tar.pack();
  const written = pipeline(pack, createGzip({ level }), createWriteStream(path));
  for (const [name, content] of Object.entries(entries))
    pack.entry(
      { name },
      typeof content === 'string' ? content : Buffer.from(content.buffer, content.byteOffset, content.byteLength),
    );
  pack.finalize();
  await written;
}

/** A car archive as the console's "download physical car model" gives it. */
export async function packCarArchive(
  path: string,
  recipe: Recipe,
  { graph = writePolicyGraph(randomPolicy(recipe)), level = 1 }: { graph?: Uint8Array; level?: number } = {},
): Promise<void> {
  await packArchive(
    path,
    { 'agent/model.pb': graph, 'model_metadata.json': JSON.stringify(metadataFor(recipe)) },
    level,
  );
}
