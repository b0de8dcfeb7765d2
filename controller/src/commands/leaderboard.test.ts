import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compactVerify, importJWK } from 'jose';
import { expect, it } from 'vitest';
import { resultOf } from '../../testing/results.js';
import { allMigrations } from '../compose/migrations.js';
import { openSigner } from '../forwarding/index.js';
import { Leaderboards } from '../leaderboard/index.js';
import { openStore } from '../store/index.js';

const pitwall = fileURLToPath(new URL('../../bin/pitwall.js', import.meta.url));
const folder = () => mkdtempSync(join(tmpdir(), 'pitwall-commands-'));
const cli = (...args: string[]) =>
  execFileSync(process.execPath, [pitwall, ...args], { encoding: 'utf8', stdio: 'pipe' });
const refusal = (...args: string[]): Promise<{ code: number; stderr: string }> =>
  promisify(execFile)(process.execPath, [pitwall, ...args]).then(
    () => ({ code: 0, stderr: '' }),
    ({ code, stderr }) => ({ code, stderr }),
  );

it('carries what waits from a venue without network to a controller with one, signed, once', async () => {
  const [venue, town] = [folder(), folder()];
  const config = join(venue, 'config.yaml');
  writeFileSync(config, 'forwarding:\n  - {name: cup, url: "https://board.example", token: nowhere}\n');
  const here = ['--config', config, '--data', venue, '--json'];
  const [made, carried] = [join(venue, 'made.ndjson'), join(venue, 'carried.ndjson')];
  const sent = ['ann', 'ben', 'ann'].map((racer) => resultOf(racer, 9_000));
  // As an editor left it: an empty line more.
  writeFileSync(made, sent.map((one) => `${JSON.stringify({ leaderboard: 'main', result: one })}\r\n`).join('\r\n'));
  expect(JSON.parse(cli('outbox', 'import', made, ...here))).toMatchObject({ lines: 3, deliveries: 6 });

  expect(JSON.parse(cli('outbox', 'export', carried, '--destination', 'cup', ...here)).exported).toBe(3);
  expect(statSync(carried).mode & 0o777).toBe(0o600);
  const lines = readFileSync(carried, 'utf8').trimEnd().split('\n');
  const key = await importJWK((await openSigner(join(venue, 'source.key.json'))).publicJwk, 'EdDSA');
  const heard = [];
  for (const line of lines) {
    const { leaderboard, jws } = JSON.parse(line);
    heard.push([leaderboard, JSON.parse(new TextDecoder().decode((await compactVerify(jws, key)).payload)).resultId]);
  }
  expect(heard).toEqual(sent.map(({ resultId }) => ['main', resultId]));

  const there = ['--data', town, '--json'];
  expect(JSON.parse(cli('outbox', 'import', carried, ...there))).toMatchObject({ lines: 3, deliveries: 3 });
  expect(JSON.parse(cli('outbox', 'import', carried, ...there))).toMatchObject({ lines: 3, deliveries: 0 });
});

it('says whose card it is with nothing but the issuer’s keys, and refuses one that was changed', async () => {
  const data = folder();
  const store = await openStore(':memory:', allMigrations);
  const signer = await openSigner(join(data, 'cards.key.json'));
  const { racers } = new Leaderboards(store, { cards: signer });
  const { racer } = await racers.issue({ alias: 'Ada Apex', country: 'NL' }, 'olga');
  const card = await racers.card(racer);
  await store.close();
  const keys = join(data, 'keys.json');
  writeFileSync(keys, JSON.stringify({ keys: [signer.publicJwk] }));
  expect(cli('racer', 'verify', card, '--keys', keys)).toBe(`Ada Apex (${racer})\n`);
  const [header, payload = '', signature] = card.split('.');
  const forged = Buffer.from(payload, 'base64url').toString().replace('Ada', 'Eve');
  const changed = `${header}.${Buffer.from(forged).toString('base64url')}.${signature}`;
  expect(await refusal('racer', 'verify', changed, '--keys', keys)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('card-invalid'),
  });
});
