import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { type Service, startService } from '../../../testing/leaderboard-service.js';
import { physical, resultOf, virtual } from '../../../testing/results.js';
import { resultType } from '../../leaderboard/index.js';

describe.each(engines)('on %s', (engine) => {
  let service: Service;

  beforeAll(async () => {
    service = await startService(await freshDatabase(engine));
  });
  afterAll(async () => await service.close());

  const ranks = (rows: { rank: number; racer: string }[]) => rows.map(({ rank, racer }) => [rank, racer]);

  it('ranks each racer by the best of all results, in two columns', async () => {
    const url = await service.board();
    for (const sent of [
      resultOf('ann', 9_000),
      resultOf('ben', 8_000),
      resultOf('ann', 7_000),
      resultOf('ann', 7_500),
      resultOf('cat', 6_000, { provenance: virtual }),
      resultOf('dan', 5_000, { laps: [] }),
    ])
      expect(await service.call('POST', `${url}/results`, sent, 'source')).toMatchObject({
        status: 201,
        body: { outcome: 'accepted' },
      });
    const { body } = await service.call('GET', `${url}/standings`);
    expect(ranks(body.physical)).toEqual([
      [1, 'ann'],
      [2, 'ben'],
    ]);
    expect(body.physical[0]).toMatchObject({ score: 7_000_000, bestLap: 7_000_000, laps: 1, uncertainty: 50 });
    expect(ranks(body.virtual)).toEqual([[1, 'cat']]);
    expect(body.unranked).toMatchObject([{ racer: 'dan', kind: 'physical' }]);
  });

  it('counts a result once, however often it is sent', async () => {
    const url = await service.board();
    const sent = resultOf('ann', 9_000);
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => service.call('POST', `${url}/results`, sent, 'source')),
    );
    expect(outcomes.map(({ body }) => body.outcome).sort()).toEqual([
      'accepted',
      'duplicate',
      'duplicate',
      'duplicate',
      'duplicate',
    ]);
    expect(await service.call('POST', `${url}/results`, { ...sent, finishedAt: 2 }, 'source')).toMatchObject({
      status: 409,
      body: { error: { code: 'result-conflict' } },
    });
  });

  it('follows its source in amending and withdrawing, in whatever order that arrives', async () => {
    const url = await service.board();
    const first = resultOf('ann', 9_000);
    const amended = { ...first, revision: 2, laps: resultOf('ann', 8_000).laps };
    expect((await service.call('POST', `${url}/results`, amended, 'source')).body.outcome).toBe('accepted');
    expect((await service.call('POST', `${url}/results`, first, 'source')).body.outcome).toBe('superseded');
    expect((await service.call('POST', `${url}/results`, first, 'source')).body.outcome).toBe('duplicate');
    expect((await service.call('GET', `${url}/standings`)).body.physical[0].score).toBe(8_000_000);
    const withdrawn = { ...amended, revision: 3, withdrawn: true };
    expect((await service.call('POST', `${url}/results`, withdrawn, 'source')).body.outcome).toBe('withdrawn');
    expect((await service.call('GET', `${url}/standings`)).body).toMatchObject({ physical: [], unranked: [] });
    const again = { ...amended, revision: 4 };
    expect((await service.call('POST', `${url}/results`, again, 'source')).body.outcome).toBe('amended');
    expect((await service.call('GET', `${url}/standings`)).body.physical[0].racer).toBe('ann');
  });

  it('holds what the rules disallow', async () => {
    const track = { id: 'other', version: 1, direction: 'counter-clockwise' } as const;
    const url = await service.board({ track, rules: ['b'.repeat(64)], plausible: { min: 5e6, max: 60e6 } });
    const { status, body } = await service.call('POST', `${url}/results`, resultOf('ann', 1_000), 'source');
    expect(status).toBe(201);
    expect(body).toMatchObject({ outcome: 'held', reasons: ['wrong-track', 'wrong-rules', 'implausible-lap'] });
    expect((await service.call('GET', `${url}/standings`)).body.physical).toEqual([]);
  });

  it('takes signed results of registered, unrevoked keys of sources that may write here', async () => {
    const url = await service.board({ signatures: 'required' });
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
      const answer = await service.call('POST', `${url}/results`, body, 'source');
      return answer.body.outcome ?? `${answer.status} ${answer.body.error.code}`;
    };
    const sent = resultOf('ann', 9_000);
    expect(await post(sent)).toBe('403 signature-invalid');
    expect(await post(await sign(sent))).toBe('403 signature-invalid');
    const registered = await service.call('POST', '/api/v1/sources/hall/keys', jwk, 'organizer');
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
    const settings = (await service.call('GET', url)).body;
    await service.call('PUT', url, { ...settings, id: undefined, writers: [] }, 'organizer');
    expect(await post(await sign(resultOf('ben', 9_000)))).toBe('403 access-denied');
    await service.call('PUT', url, { ...settings, id: undefined }, 'organizer');
    const revoked = await service.call('DELETE', `/api/v1/sources/hall/keys/${kid}`, undefined, 'organizer');
    expect(revoked.status).toBe(204);
    expect(await post(await sign(resultOf('ben', 9_000)))).toBe('403 signature-invalid');
    expect(id).toBeDefined();
  });

  it('takes what either of two keys signed while one is rotated, and what the old one signed stays', async () => {
    const url = await service.board({ signatures: 'required', writers: ['relay'] });
    const post = async (body: object) => {
      const answer = await service.call('POST', `${url}/results`, body, 'organizer');
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
    const from = (racer: string) => resultOf(racer, 9_000, { provenance: { ...physical, source: 'relay' } });
    const [old, next] = [await makeKey(), await makeKey()];
    const first = from('ann');
    for (const [index, { jwk, sign }] of [old, next].entries()) {
      const signed = await sign(index === 0 ? first : from('ben'));
      expect(await post(signed)).toBe('signature-invalid');
      expect((await service.call('POST', '/api/v1/sources/relay/keys', jwk, 'organizer')).status).toBe(201);
      expect(await post(signed)).toBe('accepted');
    }
    // Both are valid now; the same result signed anew with the next key is the same result.
    expect(await post(await old.sign(from('cat')))).toBe('accepted');
    expect(await post(await next.sign(first))).toBe('duplicate');
    const revoked = await service.call('DELETE', `/api/v1/sources/relay/keys/${old.kid}`, undefined, 'organizer');
    expect(revoked.status).toBe(204);
    expect(await post(await old.sign(from('dan')))).toBe('signature-invalid');
    expect(await post(await next.sign(from('dan')))).toBe('accepted');
    expect((await service.call('POST', '/api/v1/sources/relay/keys', old.jwk, 'organizer')).body.error.code).toBe(
      'key-conflict',
    );
    const racers = (await service.call('GET', `${url}/standings`)).body.physical.map(
      ({ racer }: { racer: string }) => racer,
    );
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
    const url = await service.board();
    const provenance = { ...physical, ...('source' in wrong ? { source: wrong.source } : {}) };
    const body = { ...resultOf('ann', 9_000, { provenance }), ...('body' in wrong ? wrong.body : {}) };
    const path = 'path' in wrong ? wrong.path : `${url}/results`;
    const token = 'token' in wrong ? wrong.token : service.tokens.source;
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await service.app.inject({ method: 'POST', url: path, headers, payload: body });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ error: { code, message: expect.any(String) } });
    expect((await service.call('GET', `${url}/standings`)).body).toMatchObject({
      physical: [],
      virtual: [],
      unranked: [],
    });
  });

  it('answers every refusal in one shape', async () => {
    const headers = { authorization: `Bearer ${service.tokens.source}`, 'content-type': 'application/json' };
    const url = `${await service.board()}/results`;
    const broken = await service.app.inject({ method: 'POST', url, headers, payload: '{' });
    expect(broken.json()).toMatchObject({ error: { code: 'request-refused' } });
    const typed = await service.app.inject({
      method: 'POST',
      url,
      headers: { ...headers, 'content-type': 'a/b' },
      payload: 'x',
    });
    expect([typed.statusCode, typed.json().error.code]).toEqual([415, 'request-refused']);
    const query = await service.call('GET', `${await service.board()}/standings?limit=0`);
    expect(query).toMatchObject({
      status: 400,
      body: { error: { code: 'message-invalid', details: { fields: ['limit'] } } },
    });
    const created = await service.call('POST', '/api/v1/leaderboards', { id: 'A' }, 'organizer');
    expect(created.body.error).toMatchObject({
      code: 'message-invalid',
      details: { fields: expect.arrayContaining(['id']) },
    });
  });

  it('describes itself as OpenAPI', async () => {
    const document = (await service.call('GET', '/api/docs/json')).body;
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toContain('/api/v1/leaderboards/{id}/results');
    const { post } = document.paths['/api/v1/leaderboards/{id}/results'];
    expect(JSON.stringify(post.requestBody)).toContain('#/components/schemas/ResultInput');
    expect(document.components.schemas.ResultInput.properties).toHaveProperty('resultId');
  });
});
