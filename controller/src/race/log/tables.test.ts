import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from '../../store/index.js';
import { raceMigrations } from '../index.js';
import type { RaceTables } from './tables.js';

it('takes over the crossings that an earlier version kept, each with its time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-tables-'));
  const file = join(folder, 'pitwall.db');
  try {
    const { 'race-0001-log': first } = raceMigrations;
    const before = await openStore(file, [{ 'race-0001-log': first as NonNullable<typeof first> }]);
    const row = (seq: number) => ({
      gate: 'start',
      boot_id: 'boot',
      seq,
      crossing: JSON.stringify({ gate: 'start', bootId: 'boot', seq, at: 1000 * seq }),
      controller_boot_id: 'controller',
      controller_at: 7,
      controller_bound: 8,
      recorded_at: 9,
    });
    const count = 2500;
    const old = before.as<{ race_stray_crossings: ReturnType<typeof row> }>();
    for (let from = 0; from < count; from += 500) {
      const rows = Array.from({ length: 500 }, (_, i) => row(from + i));
      await old.insertInto('race_stray_crossings').values(rows).execute();
    }
    await before.close();
    const after = await openStore(file, [raceMigrations]);
    const rows = await after.as<RaceTables>().selectFrom('race_stray_crossings').selectAll().orderBy('seq').execute();
    expect(rows).toEqual(Array.from({ length: count }, (_, seq) => ({ ...row(seq), at: 1000 * seq })));
    await after.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
