import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const command = fileURLToPath(new URL('../../controller/bin/pitwall.js', import.meta.url));
const run = promisify(execFile);

it('gives tokens to all who ask for one at the same time in a folder where nothing is yet', async () => {
  for (let round = 0; round < 3; round += 1) {
    const data = mkdtempSync(join(tmpdir(), 'pitwall-fresh-'));
    try {
      const asked = ['mara', 'milo', 'mo'].map((name) =>
        run(process.execPath, [command, 'token', 'issue', '--role', 'marshal', '--name', name, '--data', data]),
      );
      const tokens = (await Promise.all(asked)).map(({ stdout }) => stdout.trim());
      expect(new Set(tokens).size).toBe(asked.length);
    } finally {
      rmSync(data, { recursive: true });
    }
  }
}, 120_000);
