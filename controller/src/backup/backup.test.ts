import { execFileSync } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../testing/databases.js';
import { DeskWorld, race } from '../../testing/desk-world.js';
import { backup, restore } from './index.js';

const passphrase = 'four horses on a hill';
const blob = 'b'.repeat(64);
const secret = '{"d":"known to nobody"}';

let base: string;
let data: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'pitwall-backup-'));
  data = join(base, 'data');
  mkdirSync(join(data, 'models'), { recursive: true });
  writeFileSync(join(data, 'source.key.json'), secret, { mode: 0o600 });
  writeFileSync(join(data, 'models', blob), 'a model', { mode: 0o600 });
  writeFileSync(join(data, 'models', '.unfinished'), 'half a model');
  writeFileSync(join(data, 'empty.txt'), '', { mode: 0o644 });
});

const worlds: DeskWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop();
});
async function worldAt(database: string): Promise<DeskWorld> {
  const world = await new DeskWorld({}, database).start();
  worlds.push(world);
  return world;
}

async function save(database: string, file = join(base, 'backup.tar')): Promise<string> {
  const options = { data, database, version: '0.1.0', now: () => 1_700_000_000_000 };
  await pipeline(await backup(options, passphrase), createWriteStream(file));
  return file;
}

/** A small backup of a race under way. */
async function saveRace(): Promise<string> {
  const world = await worldAt(join(data, 'pitwall.db'));
  await world.openRace();
  await world.startRun();
  await world.laps(10, 9.5);
  return await save(world.file);
}

describe.each(engines)('on %s', (engine) => {
  it('is made while a race runs, and the race goes on elsewhere from there, with the same chain', async () => {
    const database = engine === 'sqlite' ? join(data, 'pitwall.db') : await freshDatabase(engine);
    const here = await worldAt(database);
    await here.openRace();
    const runId = await here.startRun();
    await here.laps(10, 9.5);
    const before = (await here.desk.log(race, 0, 1000)).records;
    // The race goes on while it is saved.
    const [file] = await Promise.all([save(database), here.give({ type: 'incident', runId, kind: 'off-track' })]);
    const folder = join(base, 'elsewhere');
    const there = engine === 'sqlite' ? join(folder, 'pitwall.db') : await freshDatabase(engine);
    const contents = await restore(file, { data: folder, database: there }, passphrase);
    expect(contents).toMatchObject({ pitwall: '0.1.0', engine, made: '2023-11-14T22:13:20.000Z' });
    const restored = await worldAt(there);
    const records = (await restored.desk.log(race, 0, 1000)).records;
    // All that was on disk when it began, and no half of what came meanwhile.
    expect(records.slice(0, before.length)).toEqual(before);
    expect([before.length, before.length + 1]).toContain(records.length);
    await restored.give({ type: 'finish', runId });
    const grown = (await restored.desk.log(race, 0, 1000)).records;
    expect(grown[records.length]?.previous).toBe(records.at(-1)?.hash);
    expect(readFileSync(join(folder, 'source.key.json'), 'utf8')).toBe(secret);
    expect(statSync(join(folder, 'source.key.json')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, 'models', blob), 'utf8')).toBe('a model');
    expect(statSync(folder).mode & 0o077).toBe(0);
    expect(readdirSync(join(folder, 'models'))).toEqual([blob]);
    expect(existsSync(join(folder, 'empty.txt'))).toBe(true);
  });
});

it('is a file that GNU tar lists, whose database SQLite finds whole, and in which no key can be read', async () => {
  const file = await saveRace();
  const names = execFileSync('tar', ['-tf', file], { encoding: 'utf8' }).trim().split('\n');
  expect(names).toEqual(['sealed.json', 'database', 'files/empty.txt', `files/models/${blob}`, 'contents.json']);
  const out = mkdtempSync(join(tmpdir(), 'pitwall-tar-'));
  execFileSync('tar', ['-xf', file, '-C', out]);
  expect(execFileSync('sqlite3', [join(out, 'database'), 'pragma integrity_check'], { encoding: 'utf8' })).toBe('ok\n');
  expect(readFileSync(file, 'latin1')).not.toContain('known to nobody');
  for (const { name, sha256 } of JSON.parse(readFileSync(join(out, 'contents.json'), 'utf8')).entries)
    expect(execFileSync('sha256sum', [join(out, name)], { encoding: 'utf8' })).toContain(sha256);
  expect(readdirSync(data).filter((name) => name.startsWith('.'))).toEqual([]);
});

it('wants a passphrase of twelve characters, and the same one again', async () => {
  const options = { data, database: join(data, 'pitwall.db'), version: '0', now: Date.now };
  await expect(backup(options, 'short')).rejects.toMatchObject({ code: 'passphrase-refused' });
  const file = await saveRace();
  const folder = join(base, 'restored');
  await expect(restore(file, { data: folder }, 'four horses on a hull')).rejects.toMatchObject({
    code: 'passphrase-refused',
  });
  expect(readdirSync(base).sort()).toEqual(['backup.tar', 'data']);
});

it('is put into no folder that has files', async () => {
  const file = await saveRace();
  await expect(restore(file, { data }, passphrase)).rejects.toMatchObject({ code: 'folder-used' });
  expect(readFileSync(join(data, 'source.key.json'), 'utf8')).toBe(secret);
});

it('is refused and leaves nothing behind, wherever it was cut', async () => {
  const whole = readFileSync(await saveRace());
  const cut = join(base, 'cut.tar');
  // The two empty blocks at a tar file's end say nothing; all before them is needed.
  for (let part = 0; part < 12; part += 1) {
    writeFileSync(cut, whole.subarray(0, Math.floor(((whole.length - 1024) * part) / 12)));
    await expect(restore(cut, { data: join(base, 'restored') }, passphrase)).rejects.toMatchObject({
      code: 'backup-invalid',
    });
  }
  expect(readdirSync(base).sort()).toEqual(['backup.tar', 'cut.tar', 'data']);
});

it.each([
  ['the database', 'SQLite format 3', 'backup-invalid'],
  ['a model', 'a model', 'backup-invalid'],
  ['what is sealed', '"data":"', 'passphrase-refused'],
])('notices that %s was changed', async (_what, after, code) => {
  const whole = readFileSync(await saveRace());
  const at = whole.indexOf(after) + after.length - 1 + (after === '"data":"' ? 10 : 0);
  whole[at] = whole[at] === 0x41 ? 0x42 : 0x41;
  const changed = join(base, 'changed.tar');
  writeFileSync(changed, whole);
  await expect(restore(changed, { data: join(base, 'restored') }, passphrase)).rejects.toMatchObject({ code });
  expect(existsSync(join(base, 'restored'))).toBe(false);
});

describe('a tar file of somebody else', () => {
  const evil = (make: (folder: string) => string[]): string => {
    const folder = mkdtempSync(join(tmpdir(), 'pitwall-evil-'));
    const file = join(base, 'evil.tar');
    execFileSync('tar', ['-cPf', file, '-C', folder, ...make(folder)]);
    return file;
  };
  it.each<[string, (folder: string) => string[]]>([
    [
      'a name that leads out of the folder',
      (folder) => {
        writeFileSync(join(folder, 'x'), 'x');
        return ['--transform', 's,^x,files/../../../../tmp/pitwall-was-here,', 'x'];
      },
    ],
    [
      'an absolute name',
      (folder) => {
        writeFileSync(join(folder, 'x'), 'x');
        return ['--transform', 's,^x,/tmp/pitwall-was-here,', 'x'];
      },
    ],
    [
      'a link',
      (folder) => {
        mkdirSync(join(folder, 'files'));
        symlinkSync('/etc', join(folder, 'files', 'x'));
        return ['files/x'];
      },
    ],
    [
      'no contents',
      (folder) => {
        mkdirSync(join(folder, 'files'));
        writeFileSync(join(folder, 'files', 'x'), 'x');
        return ['files/x'];
      },
    ],
  ])('is refused for %s', async (_what, make) => {
    await expect(restore(evil(make), { data: join(base, 'restored') }, passphrase)).rejects.toMatchObject({
      code: 'backup-invalid',
    });
    expect(existsSync('/tmp/pitwall-was-here')).toBe(false);
    expect(existsSync(join(base, 'restored'))).toBe(false);
  });
});
