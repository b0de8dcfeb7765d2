import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { type Service, startService } from '../../../testing/leaderboard-service.js';
import { resultOf } from '../../../testing/results.js';

describe.each(engines)('what senders do on %s', (engine) => {
  let service: Service;
  beforeAll(async () => {
    service = await startService(await freshDatabase(engine));
  });
  afterAll(() => service?.close());

  const batch = async (board: string, payload: string, type = 'application/x-ndjson') => {
    const response = await service.app.inject({
      method: 'POST',
      url: `${board}/results:batch`,
      headers: { authorization: `Bearer ${service.tokens.source}`, 'content-type': type },
      payload,
    });
    const lines = response.body.split('\n').filter((line) => line !== '');
    return { status: response.statusCode, lines: lines.map((line) => JSON.parse(line)) };
  };

  it('answers each line of a batch, whatever stands between good ones', async () => {
    const board = await service.board();
    const good = (racer: string) =>
      JSON.stringify(resultOf(racer, 9_000, { model: { hash: resultOf(racer, 9_000).rules.hash, name: 'a\u2028b' } }));
    const text = ['', good('ann'), ' ', '{broken', 'null', 'x'.repeat(5_000_000), good('ben')].join('\r\n');
    const { status, lines } = await batch(board, text);
    expect(status).toBe(200);
    expect(lines.map(({ line, outcome, error }) => [line, outcome ?? error.message])).toEqual([
      [2, 'accepted'],
      [4, 'The line is not JSON.'],
      [5, 'The result is not valid: Invalid input: expected object, received null.'],
      [6, 'The line is longer than 1000000 bytes.'],
      [7, 'accepted'],
    ]);
  });

  it('takes no batch of another media type', async () => {
    const board = await service.board();
    for (const type of ['application/json', 'text/plain']) {
      const { status, lines } = await batch(board, '{}', type);
      expect([status, lines[0].error.code]).toEqual([415, 'request-refused']);
    }
  });

  it('refuses a key id that can be none', async () => {
    const board = await service.board();
    for (const kid of [{}, 5, 'a\0b', ['x']]) {
      const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', typ: 'pitwall-result', kid })).toString('base64url');
      expect(await service.send(board, { jws: `${header}.e30.AAAA` })).toEqual(['signature-invalid']);
    }
  });

  it('finds a result by its id in capitals', async () => {
    const board = await service.board();
    const sent = resultOf('ann', 9_000);
    await service.send(board, sent);
    expect((await service.call('GET', `${board}/results/${sent.resultId.toUpperCase()}`)).status).toBe(200);
  });

  it('refuses a board on which every lap would be implausible', async () => {
    const board = { id: 'odd', name: 'Odd', ranking: { by: 'best-lap' }, plausible: { min: 9, max: 3 } };
    const { status, body } = await service.call('POST', '/api/v1/leaderboards', board, 'organizer');
    expect([status, body.error.details.fields]).toEqual([400, ['plausible.min']]);
  });

  it('refuses cursors that no page gave', async () => {
    const board = await service.board();
    await service.send(board, resultOf('ann', 9_000));
    for (const cursor of ['', 'x', '5', '5.%00', '-1.x', `5.${'z'.repeat(36)}`])
      expect((await service.call('GET', `${board}/racers/ann/results?cursor=${cursor}`)).status).toBe(400);
    expect((await service.call('GET', `${board}/standings?country=nl`)).body.error.code).toBe('message-invalid');
  });

  it('lets nothing count by itself that a person rejected, however its source amends it', async () => {
    const board = await service.board();
    const sent = resultOf('ann', 9_000);
    const decide = (decision: string, revision: number) =>
      service.call('POST', `${board}/results/${sent.resultId}/decision`, { decision, revision }, 'organizer');
    expect(await service.send(board, sent)).toEqual(['accepted']);
    await decide('reject', 1);
    const amended = (revision: number, over: object = {}) => ({ ...sent, revision, ...over });
    expect(await service.send(board, amended(2), amended(3, { withdrawn: true }), amended(4))).toEqual([
      'held',
      'withdrawn',
      'held',
    ]);
    const { results } = (await service.call('GET', `${board}/held`, undefined, 'organizer')).body;
    expect(results).toMatchObject([{ reasons: ['rejected-before'], result: { revision: 4 } }]);
    await decide('approve', 4);
    expect(await service.send(board, amended(5))).toEqual(['amended']);
  });

  it('says where results wait, and shows them page by page', async () => {
    const board = await service.board({ name: 'Elsewhere', rules: ['b'.repeat(64)] as never });
    const id = board.split('/').at(-1);
    await service.send(board, ...['ann', 'ben', 'cat'].map((racer) => resultOf(racer, 9_000)));
    expect((await service.call('GET', '/api/v1/held', undefined, 'source')).status).toBe(403);
    const { boards } = (await service.call('GET', '/api/v1/held', undefined, 'organizer')).body;
    expect(boards).toContainEqual({ leaderboard: id, name: 'Elsewhere', results: 3 });
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await service.call('GET', `${board}/held?limit=2${query}`, undefined, 'organizer');
      seen.push(...body.results.map(({ racer }: { racer: string }) => racer));
      cursor = body.next;
    }
    expect(seen.sort()).toEqual(['ann', 'ben', 'cat']);
  });
});
