import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { pack } from './pack.js';

const folder = mkdtempSync(join(tmpdir(), 'pitwall-pack-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('writes the same bytes whenever it is run', async () => {
  const files = [['agent/model.pb', Uint8Array.of(1, 2, 3)] as const, ['model_metadata.json', '{}'] as const];
  const [one, other] = [join(folder, 'one.tar.gz'), join(folder, 'other.tar.gz')];
  await pack(one, files);
  await new Promise((resolve) => setImmediate(resolve));
  await pack(other, files);
  expect(readFileSync(one)).toEqual(readFileSync(other));
  // 2 × (header, one block), and two empty blocks.
  expect(gunzipSync(readFileSync(one))).toHaveLength(6 * 512);
});
