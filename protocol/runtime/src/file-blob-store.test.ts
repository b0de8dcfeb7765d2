import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Sha256 } from '@pitwall/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { blobStoreContract, fill, smallDisk, unmountAll } from '../testing/index.js';
import { FileBlobStore } from './index.js';

blobStoreContract('a folder', async () => {
  const above = mkdtempSync(join(tmpdir(), 'pitwall-blobs-'));
  const blobs = new FileBlobStore(join(above, 'deep'));
  await blobs.start();
  return {
    blobs,
    kept: async () => readdirSync(join(above, 'deep')),
    stop: async () => rmSync(above, { recursive: true }),
  };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-blobs-'));
});
afterEach(() => {
  unmountAll();
  rmSync(folder, { recursive: true, force: true });
});

it('forgets what an earlier process left half written', async () => {
  writeFileSync(join(folder, '.half'), 'half');
  await new FileBlobStore(folder).start();
  expect(readdirSync(folder)).toEqual([]);
});

it('gives no file but a blob', () => {
  expect(() => new FileBlobStore(folder).path('../secret' as Sha256)).toThrow();
});

it('keeps nothing of a connection that breaks off before anybody reads', async () => {
  const cut = new Readable({ read: () => {} });
  cut.push(Buffer.alloc(1000));
  const put = new FileBlobStore(folder).put(cut, 2000);
  cut.destroy(new Error('connection lost'));
  await expect(put).rejects.toMatchObject({ code: 'request-refused' });
  expect(readdirSync(folder)).toEqual([]);
});

it('says that nothing can be kept', async () => {
  rmSync(folder, { recursive: true });
  await expect(new FileBlobStore(folder).put(Readable.from([]), 1)).rejects.toMatchObject({ code: 'output-failed' });
});

it('takes a last chunk that the disk took in part only for a failure', async () => {
  const disk = smallDisk();
  if (disk === undefined) return;
  const blobs = new FileBlobStore(disk);
  // tmpfs gives whole pages of 4096 bytes: four of the six that this chunk wants.
  const ballast = fill(disk);
  truncateSync(ballast, 2 ** 20 - 4 * 4096);
  const last = Buffer.alloc(6 * 4096, 'x');
  await expect(blobs.put(Readable.from([last]), last.length)).rejects.toMatchObject({ code: 'output-failed' });
  expect(readdirSync(disk)).toEqual(['ballast']);
  const fits = last.subarray(0, 3 * 4096);
  const { hash } = await blobs.put(Readable.from([fits]), last.length);
  expect(await buffer(await blobs.get(hash))).toEqual(fits);
});
