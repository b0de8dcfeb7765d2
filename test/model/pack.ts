import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { writePolicyGraph } from '@pitwall/agent/model';
import tar from 'tar-stream';
import { metadataFor, type Recipe, randomPolicy } from './random-policy.js';

const compressed = promisify(gzip);

/** Writes a `.tar.gz` with these entries. */
export async function packArchive(
  path: string,
  entries: Readonly<Record<string, string | Uint8Array>>,
  level = 1,
): Promise<void> {
  const pack = tar.pack();
  for (const [name, content] of Object.entries(entries))
    pack.entry(
      { name },
      typeof content === 'string' ? content : Buffer.from(content.buffer, content.byteOffset, content.byteLength),
    );
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk as Buffer);
  await writeFile(path, await compressed(Buffer.concat(chunks), { level }));
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
