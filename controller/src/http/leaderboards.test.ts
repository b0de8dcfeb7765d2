import { randomUUID } from 'node:crypto';
import type { ResultInput } from '@pitwall/protocol/api';
import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Accounts } from '../accounts/index.js';
import { Leaderboards, resultType } from '../leaderboard/index.js';
import { allMigrations } from '../migrations.js';
import { openStore, type Store } from '../store/index.js';
import { engines, freshDatabase } from '../store/testing.js';
import { type App, createApp, leaderboardServiceRoutes } from './index.js';

describe.each(engines)('on %s', (engine) => {
  let store: Store;
  let app: App;
  let organizer: string;
  let source: string;

  beforeAll(async () => {
    store = await openStore(await freshDatabase(engine), allMigrations);
    const accounts = new Accounts(store);
    organizer = await accounts.issue({ name: 'olga', role: 'organizer' });
    source = await accounts.issue({ name: 'hall', role: 'source' });
    const leaderboards = new Leaderboards(store);
    app = await createApp({
      accounts,
      logger: pino({ level: 'silent' }),
      routes: leaderboardServiceRoutes(leaderboards),
    });
  });
  afterAll(async () => {
    await app.close();
    await store.close();
  });

  const call = async (method: 'GET' | 'POST' | 'PUT', url: string, body?: unknown, token?: string) => {
    const response = await app.inject({
      method,
      url,
      ...(body === undefined ? {} : { payload: body as object }),
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    });
    return { status: response.statusCode, body: response.json() };
  };

  const hash = 'a'.repeat(64);
  const result = (racer: string, ms: number, over: Partial<ResultInput> = {}): ResultInput => ({
    resultId: randomUUID(),
    racer,
    alias: racer,
    finishedAt: 1,
    track: { id: 'reinvent', version: 1, direction: 'counter-clockwise' },
    rules: { hash, name: 'Rules' },
    model: { hash, name: 'model' },
    laps: [{ lap: 1, time: ms * 1000, uncertainty: 50, valid: true, resets: 0, offTracks: 0, model: hash }],
    provenance: {
      kind: 'physical',
      source: 'hall',
      race: 'r1',
      gates: [{ gate: 'start', uncertainty: 50 }],
      car: null,
    },
    ...over,
  });
  const board = async (over: object = {}): Promise<string> => {
    const id = `b-${randomUUID()}`;
    const created = await call(
      'POST',
      '/api/v1/leaderboards',
      { id, name: 'Board', ranking: { by: 'best-lap' }, signatures: 'optional', writers: ['hall'], ...over },
      organizer,
    );
    expect(created.status).toBe(201);
    return `/api/v1/leaderboards/${id}`;
  };
  const ranks = (rows: { rank: number; racer: string }[]) => rows.map(({ rank, racer }) => [rank, racer]);

  it('ranks each racer by the best of all results, in two columns', async () => {
    const url = await board();
    const virtual = { kind: 'virtual', source: 'hall', simulatorVersion: '1', seed: 1, checkpoint: 'model' } as const;
    for (const sent of [
      result('ann', 9_000),
      result('ben', 8_000),
      result('ann', 7_000),
      result('ann', 7_500),
      result('cat', 6_000, { provenance: virtual }),
      result('dan', 5_000, { laps: [] }),
    ])
      expect(await call('POST', `${url}/results`, sent, source)).toMatchObject({
        status: 201,
        body: { outcome: 'accepted' },
      });
    const { body } = await call('GET', `${url}/standings`);
    expect(ranks(body.physical)).toEqual([
      [1, 'ann'],
      [2, 'ben'],
    ]);
    expect(body.physical[0]).toMatchObject({ score: 7_000_000, bestLap: 7_000_000, laps: 1, uncertainty: 50 });
    expect(ranks(body.virtual)).toEqual([[1, 'cat']]);
    expect(body.unranked).toMatchObject([{ racer: 'dan', kind: 'physical' }]);
  });

  it('counts a result once, however often it is sent', async () => {
    const url = await board();
    const sent = result('ann', 9_000);
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => call('POST', `${url}/results`, sent, source)));
    expect(outcomes.map(({ body }) => body.outcome).sort()).toEqual([
      'accepted',
      'duplicate',
      'duplicate',
      'duplicate',
      'duplicate',
    ]);
    expect(await call('POST', `${url}/results`, { ...sent, finishedAt: 2 }, source)).toMatchObject({
      status: 409,
      body: { error: { code: 'result-conflict' } },
    });
  });

  it('follows its source in amending and withdrawing, in whatever order that arrives', async () => {
    const url = await board();
    const first = result('ann', 9_000);
    const amended = { ...first, revision: 2, laps: result('ann', 8_000).laps };
    expect((await call('POST', `${url}/results`, amended, source)).body.outcome).toBe('accepted');
    expect((await call('POST', `${url}/results`, first, source)).body.outcome).toBe('superseded');
    expect((await call('POST', `${url}/results`, first, source)).body.outcome).toBe('duplicate');
    expect((await call('GET', `${url}/standings`)).body.physical[0].score).toBe(8_000_000);
    const withdrawn = { ...amended, revision: 3, withdrawn: true };
    expect((await call('POST', `${url}/results`, withdrawn, source)).body.outcome).toBe('withdrawn');
    expect((await call('GET', `${url}/standings`)).body).toMatchObject({ physical: [], unranked: [] });
    const again = { ...amended, revision: 4 };
    expect((await call('POST', `${url}/results`, again, source)).body.outcome).toBe('amended');
    expect((await call('GET', `${url}/standings`)).body.physical[0].racer).toBe('ann');
  });

  it('holds what the rules disallow', async () => {
    const track = { id: 'other', version: 1, direction: 'counter-clockwise' };
    const url = await board({ track, rules: ['b'.repeat(64)], plausible: { min: 5e6, max: 60e6 } });
    const { status, body } = await call('POST', `${url}/results`, result('ann', 1_000), source);
    expect(status).toBe(201);
    expect(body).toMatchObject({ outcome: 'held', reasons: ['wrong-track', 'wrong-rules', 'implausible-lap'] });
    expect((await call('GET', `${url}/standings`)).body.physical).toEqual([]);
  });

  it('takes signed results of registered, unrevoked keys of sources that may write here', async () => {
    const url = await board({ signatures: 'required' });
    const id = url.split('/').at(-1);
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const jwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    const sign = async (body: object, header: object = {}) => ({
      jws: await new CompactSign(Buffer.from(JSON.stringify(body)))
        .setProtectedHeader({ alg: 'EdDSA', kid, typ: resultType, ...header })
        .sign(privateKey),
    });
    const post = async (body: object) => {
      const answer = await call('POST', `${url}/results`, body, source);
      return answer.body.outcome ?? `${answer.status} ${answer.body.error.code}`;
    };
    const sent = result('ann', 9_000);
    expect(await post(sent)).toBe('403 signature-invalid');
    expect(await post(await sign(sent))).toBe('403 signature-invalid');
    const registered = await call('POST', '/api/v1/sources/hall/keys', jwk, organizer);
    expect(registered).toMatchObject({ status: 201, body: { kid } });
    expect(await post(await sign(sent, { typ: 'card' }))).toBe('403 signature-invalid');
    const { jws } = await sign(sent);
    const [header, , signature] = jws.split('.');
    const forged = Buffer.from(JSON.stringify({ ...sent, alias: 'eve' })).toString('base64url');
    expect(await post({ jws: `${header}.${forged}.${signature}` })).toBe('403 signature-invalid');
    expect(await post({ jws: 'x' })).toBe('403 signature-invalid');
    expect(await post(await sign({ ...sent, provenance: { ...sent.provenance, source: 'other' } }))).toBe(
      '403 signature-invalid',
    );
    expect(await post(await sign(sent))).toBe('accepted');
    expect(await post(await sign(sent))).toBe('duplicate');
    const settings = (await call('GET', url)).body;
    await call('PUT', url, { ...settings, id: undefined, writers: [] }, organizer);
    expect(await post(await sign(result('ben', 9_000)))).toBe('403 access-denied');
    await call('PUT', url, { ...settings, id: undefined }, organizer);
    const revoked = await app.inject({
      method: 'DELETE',
      url: `/api/v1/sources/hall/keys/${kid}`,
      headers: { authorization: `Bearer ${organizer}` },
    });
    expect(revoked.statusCode).toBe(204);
    expect(await post(await sign(result('ben', 9_000)))).toBe('403 signature-invalid');
    expect(id).toBeDefined();
  });

  it('takes what either of two keys signed while one is rotated, and what the old one signed stays', async () => {
    const url = await board({ signatures: 'required', writers: ['relay'] });
    const post = async (body: object) => {
      const answer = await call('POST', `${url}/results`, body, organizer);
      return answer.body.outcome ?? answer.body.error.code;
    };
    const makeKey = async () => {
      const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
      const jwk = await exportJWK(publicKey);
      const kid = await calculateJwkThumbprint(jwk);
      const sign = async (body: object) => ({
        jws: await new CompactSign(Buffer.from(JSON.stringify(body)))
          .setProtectedHeader({ alg: 'EdDSA', kid, typ: resultType })
          .sign(privateKey),
      });
      return { jwk, kid, sign };
    };
    const from = (racer: string) =>
      result(racer, 9_000, { provenance: { ...result('x', 1).provenance, source: 'relay' } as never });
    const [old, next] = [await makeKey(), await makeKey()];
    const first = from('ann');
    for (const [index, { jwk, sign }] of [old, next].entries()) {
      const signed = await sign(index === 0 ? first : from('ben'));
      expect(await post(signed)).toBe('signature-invalid');
      expect((await call('POST', '/api/v1/sources/relay/keys', jwk, organizer)).status).toBe(201);
      expect(await post(signed)).toBe('accepted');
    }
    // Both are valid now; the same result signed anew with the next key is the same result.
    expect(await post(await old.sign(from('cat')))).toBe('accepted');
    expect(await post(await next.sign(first))).toBe('duplicate');
    const revoked = await app.inject({
      method: 'DELETE',
      url: `/api/v1/sources/relay/keys/${old.kid}`,
      headers: { authorization: `Bearer ${organizer}` },
    });
    expect(revoked.statusCode).toBe(204);
    expect(await post(await old.sign(from('dan')))).toBe('signature-invalid');
    expect(await post(await next.sign(from('dan')))).toBe('accepted');
    expect((await call('POST', '/api/v1/sources/relay/keys', old.jwk, organizer)).body.error.code).toBe('key-conflict');
    const racers = (await call('GET', `${url}/standings`)).body.physical.map(({ racer }: { racer: string }) => racer);
    expect(racers.sort()).toEqual(['ann', 'ben', 'cat', 'dan']);
  });

  it.each([
    ['no token', { token: undefined }, 401, 'access-unknown'],
    ['a wrong token', { token: 'nonsense' }, 401, 'access-unknown'],
    ['a source that may not write', { source: 'other' }, 403, 'access-denied'],
    ['a wrong type', { body: { racer: 5 } }, 400, 'message-invalid'],
    ['no such board', { path: '/api/v1/leaderboards/nowhere/results' }, 404, 'not-found'],
    ['no such path', { path: '/api/v1/nothing' }, 404, 'not-found'],
  ] as const)('refuses %s, and changes nothing', async (_name, wrong, status, code) => {
    const url = await board();
    const provenance = { ...result('ann', 1).provenance, ...('source' in wrong ? { source: wrong.source } : {}) };
    const body = { ...result('ann', 9_000, { provenance } as never), ...('body' in wrong ? wrong.body : {}) };
    const path = 'path' in wrong ? wrong.path : `${url}/results`;
    const answer = await call('POST', path, body, 'token' in wrong ? wrong.token : source);
    expect(answer).toMatchObject({ status, body: { error: { code, message: expect.any(String) } } });
    expect((await call('GET', `${url}/standings`)).body).toMatchObject({ physical: [], virtual: [], unranked: [] });
  });

  it('answers every refusal in one shape', async () => {
    const headers = { authorization: `Bearer ${source}`, 'content-type': 'application/json' };
    const url = `${await board()}/results`;
    const broken = await app.inject({ method: 'POST', url, headers, payload: '{' });
    expect(broken.json()).toMatchObject({ error: { code: 'request-refused' } });
    const typed = await app.inject({
      method: 'POST',
      url,
      headers: { ...headers, 'content-type': 'a/b' },
      payload: 'x',
    });
    expect([typed.statusCode, typed.json().error.code]).toEqual([415, 'request-refused']);
    const query = await call('GET', `${await board()}/standings?limit=0`);
    expect(query).toMatchObject({
      status: 400,
      body: { error: { code: 'message-invalid', details: { fields: ['limit'] } } },
    });
    const created = await call('POST', '/api/v1/leaderboards', { id: 'A' }, organizer);
    expect(created.body.error).toMatchObject({
      code: 'message-invalid',
      details: { fields: expect.arrayContaining(['id']) },
    });
  });

  it('describes itself as OpenAPI', async () => {
    const document = (await call('GET', '/api/docs/json')).body;
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toContain('/api/v1/leaderboards/{id}/results');
    const { post } = document.paths['/api/v1/leaderboards/{id}/results'];
    expect(JSON.stringify(post.requestBody)).toContain('#/components/schemas/ResultInput');
    expect(document.components.schemas.ResultInput.properties).toHaveProperty('resultId');
  });
});
