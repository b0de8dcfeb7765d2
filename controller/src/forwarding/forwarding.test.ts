import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ResultInput, signedIn } from '@pitwall/protocol/api';
import { compactVerify, importJWK } from 'jose';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { engines, freshDatabase } from '../../testing/databases.js';
import { resultOf } from '../../testing/results.js';
import { openStore, type Store } from '../store/index.js';
import {
  Forwarder,
  forwardingMigrations,
  Outbox,
  openSigner,
  readResultLine,
  resultLine,
  type Signer,
} from './index.js';

/** A leaderboard whose answers the test decides: a status and an error's code, 200 for an outcome, 0 to hang up. */
async function startBoard(answer: (result: ResultInput, path: string) => number) {
  const heard: { result: ResultInput; jws: string; headers: IncomingMessage['headers'] }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      const { jws } = JSON.parse(body);
      const sent = JSON.parse(Buffer.from(jws.split('.')[1], 'base64url').toString());
      const status = answer(sent, request.url ?? '');
      if (status === 0) return void response.destroy();
      heard.push({ result: sent, jws, headers: request.headers });
      const said =
        status < 300
          ? { resultId: sent.resultId, outcome: 'accepted' }
          : { error: { code: 'result-conflict', message: 'No.' } };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return { url, heard, racers: () => heard.map(({ result: { racer, revision } }) => `${racer} ${revision}`) };
}

describe.each(engines)('on %s', (engine) => {
  let store: Store;
  let signer: Signer;
  let keyFile: string;
  beforeEach(async () => {
    store = await openStore(await freshDatabase(engine), [forwardingMigrations]);
    keyFile = join(mkdtempSync(join(tmpdir(), 'pitwall-key-')), 'key.json');
    signer = await openSigner(keyFile);
    return () => store.close();
  });
  const start = (destinations: Record<string, string>, log: string[] = [], now?: () => number) => {
    const forwarder = new Forwarder({
      store,
      signer,
      destinations: Object.entries(destinations).map(([name, url]) => ({
        name,
        url: () => url,
        token: async () => 'secret-token\n',
      })),
      log: (message) => log.push(message),
      random: () => 0,
      ...(now === undefined ? {} : { now }),
    });
    onTestFinished(() => forwarder.stop());
    forwarder.start();
    return forwarder;
  };
  const put = async (outbox: Outbox, leaderboard: string, ...results: ResultInput[]) => {
    for (const one of results)
      await store
        .as<never>()
        .transaction()
        .execute((transaction) => outbox.enqueue(transaction, leaderboard as never, one));
  };

  it('sends if and only if the transaction commits, signed, with the token', async () => {
    const board = await startBoard(() => 200);
    const outbox = new Outbox(store, ['a']);
    await expect(
      store
        .as<never>()
        .transaction()
        .execute(async (transaction) => {
          await outbox.enqueue(transaction, 'cup' as never, resultOf('never', 9_000));
          throw new Error('no');
        }),
    ).rejects.toThrow('no');
    await put(outbox, 'cup', resultOf('ann', 9_000));
    start({ a: board.url });
    await expect.poll(board.racers).toEqual(['ann 1']);
    const [{ jws, headers }] = board.heard as [(typeof board.heard)[number]];
    expect(headers.authorization).toBe('Bearer secret-token');
    await compactVerify(jws, await importJWK(signer.publicJwk, 'EdDSA'));
    await expect.poll(() => outbox.counts()).toEqual([{ destination: 'a', state: 'sent', count: 1 }]);
  });

  it('lets no carried result whose key is not known hold up its own, and sends it once the key is known', async () => {
    let known = false;
    const board = await startBoard(({ racer }) => (racer === 'guest' && !known ? 403 : 200));
    const outbox = new Outbox(store, ['a']);
    const venue = await openSigner(join(mkdtempSync(join(tmpdir(), 'pitwall-key-')), 'key.json'));
    const line = await resultLine(
      { leaderboard: 'cup', body: JSON.stringify(resultOf('guest', 9_000)) } as never,
      venue,
    );
    await store
      .as<never>()
      .transaction()
      .execute((transaction) => outbox.put(transaction, [readResultLine(line, 1)]));
    const forwarder = start({ a: board.url });
    await expect.poll(() => forwarder.troubles()).toMatchObject([{ destination: 'a', leaderboard: 'cup' }]);
    await put(outbox, 'cup', resultOf('ann', 9_000));
    forwarder.wake();
    await expect.poll(() => board.racers().filter((racer) => !racer.startsWith('guest'))).toEqual(['ann 1']);
    known = true;
    await expect.poll(() => outbox.counts()).toEqual([{ destination: 'a', state: 'sent', count: 2 }]);
  });

  it('sends at the next look what failed before the clock was set back by an hour', async () => {
    let working = false;
    const board = await startBoard(() => (working ? 200 : 503));
    const outbox = new Outbox(store, ['a']);
    let now = Date.now();
    await put(outbox, 'cup', resultOf('ann', 9_000));
    const forwarder = start({ a: board.url }, [], () => now);
    await expect.poll(() => forwarder.troubles()).toMatchObject([{ failures: 1 }]);
    now -= 3_600_000;
    working = true;
    await expect.poll(() => outbox.counts()).toEqual([{ destination: 'a', state: 'sent', count: 1 }]);
  });

  it('keeps each racer’s order, and goes on after a failure where it was', async () => {
    let working = false;
    const board = await startBoard(() => (working ? 200 : 503));
    const outbox = new Outbox(store, ['a']);
    const ids = [randomUUID(), randomUUID()];
    await put(
      outbox,
      'cup',
      ...[1, 2, 3].flatMap((revision) => [
        resultOf('ann', 9_000, { resultId: ids[0] as string, revision }),
        resultOf('ben', 9_000, { resultId: ids[1] as string, revision }),
      ]),
    );
    const log: string[] = [];
    const forwarder = start({ a: board.url }, log);
    await expect.poll(() => forwarder.troubles().length).toBe(1);
    expect(log.join()).toContain('cup waits');
    expect(log.join()).not.toContain('secret-token');
    working = true;
    board.heard.length = 0;
    await expect.poll(() => board.racers().length).toBe(6);
    for (const racer of ['ann', 'ben'])
      expect(board.racers().filter((said) => said.startsWith(racer))).toEqual([1, 2, 3].map((n) => `${racer} ${n}`));
  });

  it('sets aside with a reason what is no use to send again, goes on with the rest, and sends it on demand', async () => {
    let poisonous = true;
    const board = await startBoard(({ racer }) => (racer === 'eve' && poisonous ? 409 : 200));
    const outbox = new Outbox(store, ['a']);
    await put(outbox, 'cup', resultOf('eve', 9_000), resultOf('eve', 9_000), resultOf('ann', 9_000));
    const forwarder = start({ a: board.url });
    await expect.poll(async () => (await outbox.list('aside', 10)).length).toBe(2);
    await expect.poll(() => board.racers()).toContain('ann 1');
    const [aside] = await outbox.list('aside', 10);
    expect(aside?.reason).toBe('result-conflict: No.');
    poisonous = false;
    await outbox.retry(aside?.id as string);
    forwarder.wake();
    await expect.poll(async () => (await outbox.list('aside', 10)).length).toBe(1);
    await expect.poll(async () => (await outbox.list('sent', 10)).length).toBe(2);
    await expect(outbox.retry(randomUUID())).rejects.toMatchObject({ code: 'not-found' });
  });

  it('lets no destination and no board hold up another', async () => {
    const good = await startBoard((_result, path) => (path.includes('closed') ? 404 : 200));
    const outbox = new Outbox(store, ['good', 'gone']);
    await put(outbox, 'closed', resultOf('ann', 9_000));
    await put(outbox, 'cup', resultOf('ben', 9_000));
    start({ good: good.url, gone: 'http://127.0.0.1:9' });
    await expect.poll(good.racers).toContain('ben 1');
    // The answer is noted a moment after the board has it.
    const waiting = async () =>
      (await outbox.list('waiting', 10)).map(({ destination, racer }) => `${destination} ${racer}`).sort();
    await expect.poll(waiting).toEqual(['gone ann', 'gone ben', 'good ann']);
  });

  it('carries results in a file: what another controller signed stays as it is', async () => {
    const outbox = new Outbox(store, ['a']);
    await put(outbox, 'cup', resultOf('ann', 9_000));
    const lines: string[] = [];
    for await (const parcel of outbox.waiting('a')) lines.push(await resultLine(parcel, signer));
    const other = await openStore(await freshDatabase(engine), [forwardingMigrations]);
    onTestFinished(() => other.close());
    const there = new Outbox(other, ['central']);
    const results = lines.map((line, index) => readResultLine(line, index + 1));
    const add = () =>
      other
        .as<never>()
        .transaction()
        .execute((transaction) => there.put(transaction, results));
    expect(await add()).toBe(1);
    expect(await add()).toBe(0);
    const [carried] = await there.list('waiting', 10);
    expect(JSON.parse(lines[0] as string)).toEqual({ leaderboard: 'cup', ...signedIn(carried?.body ?? '') });
    expect(() => readResultLine('{"leaderboard":"cup","jws":"x"}', 7)).toThrow(/^Line 7/);
    expect(() => readResultLine('{"leaderboard":"cup","result":{}}', 8)).toThrow(/^Line 8/);
  });
});
