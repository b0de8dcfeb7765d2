import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { neutralName } from '@pitwall/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { type Service, startService } from '../../../testing/leaderboard-service.js';
import { physical, resultOf } from '../../../testing/results.js';
import { openSigner, type Signer } from '../../forwarding/index.js';

const racer = 'r-zebulon000';
const quist = { alias: 'Zebulon Quist', country: 'DE', model: { hash: 'b'.repeat(64), name: 'Quistomobil' } } as const;

describe.each(engines)('on %s', (engine) => {
  let service: Service;
  let signer: Signer;
  let board: string;
  const signed = async (result: object, names?: object) => ({
    jws: await signer.sign(JSON.stringify(result)),
    ...(names === undefined ? {} : { names }),
  });
  const erase = async (notice: object, by = signer) =>
    await service.call(
      'POST',
      '/api/v1/racers/erasures',
      { jws: await by.sign(JSON.stringify(notice), 'pitwall-erasure') },
      'source',
    );
  const kept = async (id: string) => (await service.call('GET', `${board}/results/${id}`)).body;

  beforeAll(async () => {
    service = await startService(await freshDatabase(engine));
    signer = await openSigner(join(mkdtempSync(join(tmpdir(), 'pitwall-key-')), 'key.json'));
    await service.call('POST', '/api/v1/sources/hall/keys', signer.publicJwk, 'organizer');
    board = await service.board({ signatures: 'required', writers: ['hall', 'other'] });
  });
  afterAll(() => service?.close());

  it('takes results with names beside what is signed, and as older versions signed them; the name alone changes nothing', async () => {
    const { alias, country, model, ...content } = resultOf(racer, 9_000, quist);
    const ids = { ...content, model: { hash: quist.model.hash } };
    const names = { alias, country, model: quist.model.name };
    expect(await service.send(board, await signed(ids, names))).toEqual(['accepted']);
    expect(await kept(content.resultId as string)).toMatchObject({ current: { signed: true, result: quist } });
    expect(await service.send(board, await signed(ids, { ...names, alias: 'Somebody' }))).toEqual(['duplicate']);
    expect(await service.send(board, await signed(ids))).toEqual(['message-invalid']);
    // An older version signs all of it: the same content.
    expect(await service.send(board, await signed({ ...content, ...quist }))).toEqual(['duplicate']);
    expect((await kept(content.resultId as string)).current.result.alias).toBe(alias);
    void model;
  });

  it('stands under a neutral name once its source says so, whichever way it was signed, and stays so', async () => {
    const older = resultOf(racer, 8_000, quist);
    expect(await service.send(board, await signed(older))).toEqual(['accepted']);
    const amended = { ...older, revision: 2, laps: older.laps };
    expect(await service.send(board, await signed(amended))).toEqual(['amended']);
    expect((await erase({ racer, source: 'hall', at: 1 })).status).toBe(204);
    const neutral = { alias: neutralName(racer), model: { name: 'bbbbbbbbbbbb' } };
    const now = await kept(older.resultId as string);
    // What was signed with the name in it is signed no more.
    expect(now).toMatchObject({ current: { signed: false, result: neutral }, history: [{ result: neutral }] });
    const text = JSON.stringify([now, (await service.call('GET', `${board}/standings`)).body]);
    expect(text).not.toMatch(/Zebulon|Quist|"DE"/);
    // The same again is known, with the name or without; what is new comes in under the neutral name.
    expect(await service.send(board, await signed(amended))).toEqual(['duplicate']);
    const later = resultOf(racer, 7_000, quist);
    expect(await service.send(board, await signed(later))).toEqual(['accepted']);
    expect((await kept(later.resultId as string)).current.result).toMatchObject(neutral);
    const { body } = await service.call('GET', `${board}/standings`);
    expect(body.physical).toMatchObject([{ racer, alias: neutralName(racer), score: 7_000_000 }]);
  });

  it('takes nobody’s name who came from another source, and nobody’s word but the source’s', async () => {
    const other = await openSigner(join(mkdtempSync(join(tmpdir(), 'pitwall-key-')), 'key.json'));
    await service.call('POST', '/api/v1/sources/other/keys', other.publicJwk, 'organizer');
    const theirs = resultOf('r-theirs0000', 9_500, {
      ...quist,
      alias: 'Theirs',
      provenance: { ...physical, source: 'other' },
    });
    const jws = await other.sign(JSON.stringify(theirs));
    expect(await service.send(board, { jws })).toEqual(['accepted']);
    expect((await erase({ racer: 'r-theirs0000', source: 'hall', at: 1 })).status).toBe(204);
    expect((await kept(theirs.resultId as string)).current.result.alias).toBe('Theirs');
    const forged = await erase({ racer: 'r-theirs0000', source: 'other', at: 1 });
    expect([forged.status, forged.body.error.code]).toEqual([403, 'signature-invalid']);
    // A signed result is no deletion.
    const asResult = { jws: await other.sign(JSON.stringify({ racer: 'r-theirs0000', source: 'other', at: 1 })) };
    expect((await service.call('POST', '/api/v1/racers/erasures', asResult, 'source')).status).toBe(403);
    expect((await service.call('POST', '/api/v1/racers/erasures', asResult)).status).toBe(401);
    expect((await erase({ racer: 'r-theirs0000', source: 'other', at: 1 }, other)).status).toBe(204);
    expect((await kept(theirs.resultId as string)).current.result.alias).toBe(neutralName('r-theirs0000'));
  });
});
