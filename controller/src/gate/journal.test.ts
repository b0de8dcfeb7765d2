import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BootId, GateId, Micros } from '@pitwall/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
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

it('says so when it cannot write', async () => {
  await expect(Journal.open('/dev/null/gate.journal')).rejects.toMatchObject({ code: 'journal-unavailable' });
});
