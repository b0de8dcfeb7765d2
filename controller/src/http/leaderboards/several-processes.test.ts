import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { type Service, startService } from '../../../testing/leaderboard-service.js';
import { resultOf } from '../../../testing/results.js';
import { resultType } from '../../leaderboard/index.js';

describe.each(engines)('two leaderboard processes over one database on %s', (engine) => {
  let one: Service;
  let other: Service;
  beforeAll(async () => {
    const database = await freshDatabase(engine);
    one = await startService(database);
    other = await startService(database);
  });
  afterAll(async () => {
    await one?.close();
    await other?.close();
  });

  it('refuse what a key signs as soon as either has revoked it', async () => {
    const board = await one.board({ signatures: 'required' });
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const jwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    const signed = async (racer: string) => ({
      jws: await new CompactSign(Buffer.from(JSON.stringify(resultOf(racer, 9_000))))
        .setProtectedHeader({ alg: 'EdDSA', kid, typ: resultType })
        .sign(privateKey),
    });
    expect((await one.call('POST', '/api/v1/sources/hall/keys', jwk, 'organizer')).status).toBe(201);
    expect(await other.send(board, await signed('ann'))).toEqual(['accepted']);
    expect((await one.call('DELETE', `/api/v1/sources/hall/keys/${kid}`, undefined, 'organizer')).status).toBe(204);
    const { status, body } = await other.call('POST', `${board}/results`, await signed('ben'), 'source');
    expect([status, body.error.code]).toEqual([403, 'signature-invalid']);
    expect(body.error.message).toBe(`Key ${kid} of hall was revoked; sign with a current one.`);
  });

  it('issue an alias once, and merge a provisional racer once, however two staff hurry', async () => {
    const processes = [one, other, one, other];
    const ids: string[] = [];
    for (const round of [1, 2, 3]) {
      const alias = `Max ${round}`;
      const issued = await Promise.all(
        processes.map((process) => process.call('POST', '/api/v1/racers', { alias }, 'organizer')),
      );
      const said = issued.map(({ body }) => body.error?.code ?? body.racer.racer).sort();
      expect(said).toEqual([...Array(3).fill('alias-taken'), expect.stringMatching(/^r-/)]);
      ids.push(said[3]);
    }
    const merge = (process: Service, into: string) =>
      process.call('POST', `/api/v1/racers/p-00000000-0000-7000-8000-000000000000/merge`, { into }, 'organizer');
    const merged = await Promise.all(processes.map((process, index) => merge(process, ids[index % 3] as string)));
    const codes = merged.map(({ status, body }) => body.error?.code ?? status);
    expect(codes.filter((code) => code === 200).length).toBeGreaterThan(0);
    expect(new Set(codes)).toEqual(new Set([200, 'racer-merged']));
    const again = await one.call(
      'POST',
      `/api/v1/racers/p-00000000-0000-7000-8000-000000000001/merge`,
      { into: 'p-00000000-0000-7000-8000-000000000000' },
      'organizer',
    );
    expect(again.body.error.message).toMatch(/was merged into r-[0-9a-z]{10}; merge into that one\.$/);
  });
});
