import { createReadStream } from 'node:fs';
import { open, stat, statfs, truncate } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { isPitwallError, PitwallError } from '@pitwall/protocol';
import type { Release, ReleaseName } from '@pitwall/protocol/messages';
import { backOffMs, readRelease, releaseKey, signatureDigest, writeWhole } from '@pitwall/runtime';
import { type Download, download } from '../background/index.js';
import { demandComesUp } from './comes-up.js';
import { unpackWhole } from './unpack.js';
import { type StagingPlace, VersionFolder } from './version-folder.js';

/** What the process that stages a version is told. */
export interface StageVersionTask {
  readonly folder: string;
  readonly release: Release;
  /** Versions that stay beside it; others are deleted when it is ready. */
  readonly keep: readonly string[];
  readonly from: Download;
  /** The configured one. */
  readonly key: string | undefined;
  /** The agent's configuration, for the new version to look at. */
  readonly config: string | undefined;
}

/** Unpacked it has some four times the bytes, and lies beside its archive. */
const room = 6;
/** A bad Wi-Fi is tried again so often; what is here already is not fetched again. */
const tries = 8;
const backOff = { firstMs: 500, mostMs: 15_000 };

/**
 * Makes a version ready beside the one that runs: fetched, its signature compared, unpacked, each file compared and brought onto the
 * disk, and started once to look at this car. What fails leaves the versions as they were.
 * @param tell percent of the archive
 * @throws PitwallError `update-refused`, `update-failed`, `release-invalid`, `download-failed`
 */
export async function stageVersion(
  { folder, release, keep, from, key, config }: StageVersionTask,
  tell: (percent: number) => void,
): Promise<void> {
  const versions = new VersionFolder(folder);
  const { version } = release;
  if (versions.has(version)) return await versions.clear();
  const name: ReleaseName = { version, architecture: release.architecture };
  const signed = demandSigned(release, key);
  const place = await guarded(folder, version, async () => {
    await versions.clear(version);
    return versions.stagingPlace(version);
  });
  try {
    await guarded(folder, version, async () => {
      await demandRoom(folder, release, place);
      await fetchAll(from, release, place.archive, tell);
      if (!signed.isOf(await digestOf(place.archive)))
        throw new PitwallError(
          'release-invalid',
          `What arrived as version ${version} is not what was signed: it was changed or damaged on the way. Update once more.`,
        );
      await unpackWhole(place, name);
      await demandComesUp(place.tree, version, config);
      versions.adopt(place, version);
      await versions.keepOnly([...keep, version]);
    });
  } catch (error) {
    const isOnItsWay = isPitwallError(error) && error.code === 'download-failed';
    versions.discard(place, isOnItsWay ? 'unfetched' : 'unfit');
    throw error;
  }
}

/** What the disk says in a sentence. */
async function guarded<T>(folder: string, version: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (isPitwallError(cause)) throw cause;
    const isFull = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
    throw new PitwallError(
      'update-failed',
      isFull
        ? `The car’s disk is full, so version ${version} could not be kept: delete models and recordings, then update once more.`
        : `Version ${version} could not be kept in ${folder}: can it be written?`,
      { cause },
    );
  }
}

function demandSigned(release: Release, configured: string | undefined): { isOf: (digest: Buffer) => boolean } {
  const key = releaseKey(configured, 'updates.key');
  const { name, signature } = readRelease(release.signature, key);
  if (name.version !== release.version || name.architecture !== release.architecture)
    throw new PitwallError(
      'release-invalid',
      `The signature is of version ${name.version} for linux-${name.architecture}, not of ${release.version} for linux-${release.architecture}.`,
    );
  return { isOf: (digest) => key.isOf(signature, digest) };
}

async function demandRoom(folder: string, { version, bytes }: Release, { archive }: StagingPlace): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const needed = room * bytes - (await sizeOf(archive));
  if (bavail * bsize >= needed) return;
  const mega = (value: number) => Math.ceil(value / 1e6);
  throw new PitwallError(
    'update-refused',
    `${mega(bavail * bsize)} MB are free on the car, and version ${version} needs ${mega(needed)}: delete models and recordings first.`,
  );
}

/** What is here already is not fetched again. */
async function fetchAll(
  from: Download,
  release: Release,
  archive: string,
  tell: (percent: number) => void,
): Promise<void> {
  const { version, bytes } = release;
  let cause: unknown;
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const have = await sizeOf(archive);
    if (have === bytes) return;
    if (have > bytes) await truncate(archive);
    try {
      await fetchRest(from, release, archive, tell);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC' || isFinal(error)) throw error;
      cause = error;
      await pause(backOffMs(attempt, backOff));
    }
  }
  if ((await sizeOf(archive)) === bytes) return;
  throw new PitwallError(
    'download-failed',
    `Version ${version} did not arrive whole, though it was tried ${tries} times: update once more, nearer to the track’s Wi-Fi.`,
    { cause },
  );
}

async function fetchRest(
  from: Download,
  { version, architecture, bytes }: Release,
  archive: string,
  tell: (percent: number) => void,
): Promise<void> {
  const file = await open(archive, 'a', 0o600);
  try {
    let { size } = await file.stat();
    const path = `/api/v1/releases/${version}/${architecture}`;
    const stream = await download(from, { path, what: `version ${version}`, from: size });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > bytes) throw new Error('the controller gives more than it said');
      await writeWhole(file, chunk);
      tell(Math.floor((100 * size) / bytes));
    }
    if (size < bytes) throw new Error('it broke off');
  } finally {
    await file.close();
  }
}

/** Asked again it would say the same. */
const isFinal = (error: unknown): boolean => {
  const status = isPitwallError(error) ? error.details.status : undefined;
  return typeof status === 'number' && status < 500;
};

const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(() => undefined))?.size ?? 0;

async function digestOf(file: string): Promise<Buffer> {
  const sum = signatureDigest();
  for await (const chunk of createReadStream(file)) sum.update(chunk as Buffer);
  return sum.digest();
}
