import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Sha256 } from '@pitwall/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BlobStore } from './blobs.js';

let folder: string;
let blobs: BlobStore;
beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'pitwall-blobs-')), 'deep');
  blobs = new BlobStore(folder);
  await blobs.start();
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const bytes = randomBytes(300_000);
const hash = createHash('sha256').update(bytes).digest('hex') as Sha256;
const stream = () => Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]);

it('keeps a stream by its hash, once, and gives it back', async () => {
  expect(await blobs.has(hash)).toBe(false);
  expect(await Promise.all([blobs.put(stream()), blobs.put(stream())])).toEqual(
    Array.from({ length: 2 }, () => ({ hash, size: bytes.length })),
  );
  expect(readdirSync(folder)).toEqual([hash]);
  expect(await blobs.size(hash)).toBe(bytes.length);
  expect(await buffer(await blobs.get(hash))).toEqual(bytes);
  expect(readFileSync(blobs.path(hash))).toEqual(bytes);
  await blobs.delete(hash);
  await blobs.delete(hash);
  await expect(blobs.get(hash)).rejects.toMatchObject({ code: 'not-found' });
});

it('keeps nothing of what is too large or breaks off', async () => {
  await expect(blobs.put(stream(), bytes.length - 1)).rejects.toMatchObject({ code: 'archive-too-large' });
  const cut = new Readable({ read: () => {} });
  cut.push(bytes.subarray(0, 1000));
  const put = blobs.put(cut);
  cut.destroy(new Error('connection lost'));
  await expect(put).rejects.toMatchObject({ code: 'request-refused' });
  expect(readdirSync(folder)).toEqual([]);
});

it('forgets what an earlier process left half written', async () => {
  writeFileSync(join(folder, '.half'), 'half');
  await new BlobStore(folder).start();
  expect(readdirSync(folder)).toEqual([]);
});

it('gives no file but a blob', () => {
  expect(() => blobs.path('../secret' as Sha256)).toThrow();
});

it('says that nothing can be kept', async () => {
  rmSync(folder, { recursive: true });
  await expect(blobs.put(stream())).rejects.toMatchObject({ code: 'output-failed' });
});
