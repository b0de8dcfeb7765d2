import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import tar from 'tar-stream';

/** Writes a `.tar.gz` whose bytes depend on nothing but the files: no owner, no time, the given order. */
export async function pack(path: string, files: readonly (readonly [name: string, content: Uint8Array | string])[]) {
  const archive = tar.pack();
  for (const [name, content] of files) {
    archive.entry({ name, mode: 0o644, mtime: new Date(0) }, Buffer.from(content));
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  writeFileSync(path, gzipSync(Buffer.concat(chunks), { level: 9 }));
}
