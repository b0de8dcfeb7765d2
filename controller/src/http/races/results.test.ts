import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactVerify, importJWK } from 'jose';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DeskWorld, race } from '../../../testing/desk-world.js';
import { Accounts, accountMigrations } from '../../accounts/index.js';
import { openSigner } from '../../forwarding/index.js';
import { checkResultSheet } from '../../race/index.js';
import { openStore, type Store } from '../../store/index.js';
import { type App, createApp } from '../system/server.js';
import { resultRoutes } from './results.js';

let folder: string;
let world: DeskWorld;
let store: Store;
let app: App;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-results-'));
  world = await new DeskWorld().start();
  await world.openRace();
  await world.enter('ben');
  store = await openStore(':memory:', [accountMigrations]);
  const signer = await openSigner(join(folder, 'key.json'));
  app = await createApp({
    accounts: new Accounts(store),
    logger: pino({ level: 'silent' }),
    routes: [resultRoutes(world.desk, signer)],
  });
  for (const racer of ['anna', 'ben']) {
    const id = await world.startRun(racer);
    await world.laps(10.2, 9.8);
    await world.give({ type: 'finish', runId: id });
    await world.give({ type: 'confirm', runId: id });
  }
});
afterEach(async () => {
  await app.close();
  await store.close();
  await world.stop();
  rmSync(folder, { recursive: true });
});

it('gives everybody the result sheet, whose signature others check with the key', async () => {
  const answer = await app.inject(`/api/v1/races/${race}/sheet`);
  expect(answer.headers['content-disposition']).toContain(`${race}-results.json`);
  const { sheet, jws, key } = answer.json();
  const { payload } = await compactVerify(jws, await importJWK(key, 'EdDSA'));
  expect(JSON.parse(new TextDecoder().decode(payload))).toEqual(sheet);
  expect(sheet).toMatchObject({ status: 'provisional', standings: [{ rank: 1 }, { rank: 2 }] });
  const { records } = await world.desk.log(race, 0, 10_000);
  checkResultSheet(sheet, records);
  await expect(compactVerify(jws.replace(/\.(.{4})/, '.abcd'), await importJWK(key, 'EdDSA'))).rejects.toThrow();
});

it('has a signature that OpenSSL finds right', async () => {
  const { jws, key } = (await app.inject(`/api/v1/races/${race}/sheet`)).json();
  const [head, body, signature] = jws.split('.');
  // RFC 8410: the bytes before an Ed25519 key in a SubjectPublicKeyInfo.
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(key.x, 'base64url')]);
  const file = (name: string, content: Buffer | string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const checked = await new Promise<string>((resolve, reject) =>
    execFile(
      'openssl',
      [
        ...['pkeyutl', '-verify', '-rawin', '-pubin', '-keyform', 'DER', '-inkey', file('key.der', der)],
        ...['-in', file('text', `${head}.${body}`), '-sigfile', file('signature', Buffer.from(signature, 'base64url'))],
      ],
      (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
    ),
  );
  expect(checked).toContain('Verified Successfully');
});

it('gives all laps, or those of one racer, as CSV', async () => {
  const all = await app.inject(`/api/v1/races/${race}/laps.csv`);
  expect(all.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(all.body.trim().split('\r\n')).toHaveLength(5);
  const own = (await app.inject(`/api/v1/races/${race}/laps.csv?racer=ben`)).body.trim().split('\r\n');
  expect(own).toHaveLength(3);
  expect(own.slice(1).every((line) => line.includes(',ben,'))).toBe(true);
  expect((await app.inject(`/api/v1/races/${race}/laps.csv?racer=nobody`)).body.trim().split('\r\n')).toHaveLength(1);
  expect((await app.inject('/api/v1/races/none/laps.csv')).statusCode).toBe(404);
});
