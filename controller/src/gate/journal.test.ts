import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BootId, GateId, Micros } from '@pitwall/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal, type KeptCrossing } from './journal.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-journal-'));
  file = join(folder, 'deep', 'gate.journal');
});
afterEach(() => rmSync(folder, { recursive: true }));

const boot = (name: string) => name as BootId;
const crossing = (seq: number, bootId = 'one'): KeptCrossing => ({
  gate: 'start' as GateId,
  bootId: boot(bootId),
  seq,
  at: (1000 + seq) as Micros,
  uncertainty: 5 as Micros,
});

it('keeps crossings, their numbers and what the device was told across restarts', async () => {
  const first = await Journal.open(file);
  await Promise.all([first.append(crossing(0), 7), first.append(crossing(1), 9), first.append(crossing(0, 'two'))]);
  first.acknowledge(boot('one'), [0, 5]);
  await first.close();
  const second = await Journal.open(file);
  expect([...second.waiting]).toEqual([crossing(1), crossing(0, 'two')]);
  expect([second.nextSeq(boot('one')), second.nextSeq(boot('two')), second.nextSeq(boot('three'))]).toEqual([2, 1, 0]);
  expect([second.kept(boot('one')), second.kept(boot('two'))]).toEqual([9, undefined]);
  expect(second.lastAt(boot('one'))).toBe(1001);
  second.acknowledge(boot('one'), [1]);
  second.acknowledge(boot('two'), [0]);
  await second.close();
  const third = await Journal.open(file);
  expect(third.waitingCount).toBe(0);
  expect(third.nextSeq(boot('one'))).toBe(2);
  await third.close();
});

it('has a crossing in the file when append resolves', async () => {
  const journal = await Journal.open(file);
  await journal.append(crossing(0));
  expect(readFileSync(file, 'utf8')).toContain('"seq":0');
  await journal.close();
});

it('reads a file whose last line is torn, and counts what it cannot read', async () => {
  const first = await Journal.open(file);
  await first.append(crossing(0));
  await first.close();
  appendFileSync(file, '{"crossing":{"gate":"start","bo');
  const second = await Journal.open(file);
  expect([...second.waiting]).toEqual([crossing(0)]);
  expect(second.damaged).toBe(1);
  await second.append(crossing(1));
  await second.close();
  const third = await Journal.open(file);
  expect(third.waitingCount).toBe(2);
  expect(third.damaged).toBe(0);
  await third.close();
});

it('does not grow with what was acknowledged', async () => {
  const journal = await Journal.open(file);
  let last: Promise<void> = Promise.resolve();
  for (let seq = 0; seq < 6000; seq++) {
    last = journal.append(crossing(seq));
    if (seq % 100 === 99) {
      await last;
      journal.acknowledge(
        boot('one'),
        Array.from({ length: 100 }, (_, i) => seq - i),
      );
    }
  }
  await last;
  expect(statSync(file).size).toBeLessThan(400 * 1024);
  await journal.close();
  const again = await Journal.open(file);
  expect(again.waitingCount).toBe(0);
  expect(again.nextSeq(boot('one'))).toBe(6000);
  await again.close();
});

it('keeps the press of a stop button until it is answered, however often the gate begins anew', async () => {
  for (const [before, after] of [
    [null, 'first'],
    ['first', 'second'],
    ['second', undefined],
    ['second', null],
    [null, undefined],
  ] as const) {
    const journal = await Journal.open(file);
    expect(journal.openStop).toBe(before);
    if (after !== undefined) await journal.keepStop(after);
    await journal.close();
  }
});

it('says so when it cannot write', async () => {
  await expect(Journal.open('/dev/null/gate.journal')).rejects.toMatchObject({ code: 'journal-unavailable' });
});

it('has a name of its own, which it keeps, and which a copy of it has too', async () => {
  const first = await Journal.open(file);
  await first.append(crossing(0));
  await first.close();
  const again = await Journal.open(file);
  await again.close();
  cpSync(file, `${file}.copy`);
  const copy = await Journal.open(`${file}.copy`);
  await copy.close();
  const fresh = await Journal.open(join(folder, 'fresh.journal'));
  await fresh.close();
  expect([again.id, copy.id]).toEqual([first.id, first.id]);
  expect(fresh.id).not.toBe(first.id);
});

it('of before journals had names gets one when it is opened', async () => {
  mkdirSync(join(folder, 'deep'));
  writeFileSync(file, `${JSON.stringify({ crossing: crossing(3) })}\n`);
  const journal = await Journal.open(file);
  expect([...journal.waiting]).toEqual([crossing(3)]);
  await journal.close();
  expect(readFileSync(file, 'utf8')).toContain(JSON.stringify({ journal: journal.id }));
});

const mayMount = process.getuid?.() === 0;
if (!mayMount) {
  if (process.env.CI === 'true') throw new Error('a journal on a full disk needs root, to mount a small one');
  console.log('skipped: a journal on a full disk, because only root may mount a small one');
}

describe.skipIf(!mayMount)('on a disk that is full', () => {
  const page = 4096;
  let disk: string;
  beforeEach(() => {
    disk = join(folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${16 * page}`, 'none', disk]);
  });
  afterEach(() => execFileSync('umount', ['-l', disk]));

  const filler = () => join(disk, 'filler');
  /** tmpfs gives whole pages: what a write needs beyond the last one of its file, it does not get. */
  function fill(): void {
    for (let bytes = page; ; ) {
      try {
        for (;;) appendFileSync(filler(), Buffer.alloc(bytes));
      } catch {
        return;
      }
    }
  }

  /** The length of a crossing's line. */
  const lineLength = `${JSON.stringify({ crossing: crossing(0) })}\n`.length;

  it('loses neither the crossing whose line was cut nor the next, wherever it was cut', async () => {
    for (let cut = 0; cut < lineLength; cut += 1) {
      const path = join(disk, `${cut}.journal`);
      const journal = await Journal.open(path);
      // Crossings whose transponders are as long as it takes to end `cut` bytes before the end of a page.
      const wanted = page - cut - statSync(path).size;
      const most = lineLength + ',"transponder":""'.length + 64;
      const count = Math.ceil(wanted / most);
      for (let i = 0, left = wanted; i < count; i += 1) {
        const length = Math.floor(left / (count - i));
        left -= length;
        const padding = length - `${JSON.stringify({ crossing: { ...crossing(100 + i), transponder: '' } })}\n`.length;
        await journal.append({ ...crossing(100 + i), transponder: 'x'.repeat(padding) });
      }
      expect(statSync(path).size).toBe(page - cut);
      fill();
      await expect(journal.append(crossing(200))).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(statSync(path).size).toBe(page);
      expect(journal.isKeeping).toBe(false);
      rmSync(filler());
      // What a power cut at any moment now leaves is in the file.
      await journal.append(crossing(201));
      expect(journal.isKeeping).toBe(true);
      const copy = join(folder, 'copy.journal');
      cpSync(path, copy);
      const found = await Journal.open(copy);
      expect([...found.waiting].slice(-2)).toEqual([crossing(200), crossing(201)]);
      expect([found.waitingCount, found.damaged]).toEqual([count + 2, 0]);
      await found.close();
      await journal.close();
      rmSync(path);
    }
  });

  it('writes what it owes as soon as there is room, without another crossing', async () => {
    const journal = await Journal.open(join(disk, 'gate.journal'));
    await journal.append(crossing(0));
    fill();
    for (let seq = 1; journal.isKeeping; seq += 1) await journal.append(crossing(seq)).catch(() => undefined);
    const count = journal.waitingCount;
    journal.retry();
    rmSync(filler());
    await journal.close();
    expect(journal.isKeeping).toBe(true);
    const again = await Journal.open(join(disk, 'gate.journal'));
    expect([again.waitingCount, again.damaged]).toEqual([count, 0]);
    await again.close();
  });

  it('is opened all the same, and loses nothing that was in it', async () => {
    const path = join(disk, 'gate.journal');
    const journal = await Journal.open(path);
    for (let seq = 0; seq < 3; seq += 1) await journal.append(crossing(seq));
    await journal.close();
    appendFileSync(path, '{"crossing":{"gate":"sta');
    fill();
    const full = await Journal.open(path);
    expect([full.waitingCount, full.id]).toEqual([3, journal.id]);
    rmSync(filler());
    await full.append(crossing(3));
    await full.close();
    const again = await Journal.open(path);
    expect([...again.waiting].map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
    await again.close();
    fill();
    await expect(Journal.open(join(disk, 'deep', 'other.journal'))).rejects.toThrow(/the disk is full: make room/);
  });
});
