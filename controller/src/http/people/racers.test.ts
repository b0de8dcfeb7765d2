import { randomUUID } from 'node:crypto';
import { provisionalRacer } from '@pitwall/protocol/api';
import jsqr from 'jsqr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { type Service, startService } from '../../../testing/leaderboard-service.js';
import { resultOf } from '../../../testing/results.js';
import { readCard } from '../../leaderboard/index.js';

/** What a camera reads of the SVG. */
function readQr(svg: string): string | undefined {
  const size = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
  const dark = [...svg.matchAll(/M(\d+),(\d+)h(\d+)/g)].map(([, x, y, width]) => [x, y, width].map(Number));
  const unit = dark[0]?.[2] ?? 1;
  const zoom = 4;
  const side = (size / unit) * zoom;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [x = 0, y = 0] of dark)
    for (let row = 0; row < zoom; row += 1)
      for (let column = 0; column < zoom; column += 1) {
        const at = ((y / unit) * zoom + row) * side + (x / unit) * zoom + column;
        pixels.fill(0, at * 4, at * 4 + 3);
      }
  return (jsqr as unknown as typeof jsqr.default)(pixels, side, side)?.data;
}

describe.each(engines)('on %s', (engine) => {
  let service: Service;
  beforeAll(async () => {
    service = await startService(await freshDatabase(engine));
  });
  afterAll(() => service.close());
  const post = (path: string, body: object) => service.call('POST', path, body, 'organizer');
  const standing = async (board: string) =>
    (await service.call('GET', `${board}/standings`)).body.physical.map(
      ({ rank, racer }: { rank: number; racer: string }) => `${rank} ${racer}`,
    );

  it('issues an id once, with a card that is verified without network', async () => {
    const { status, body } = await post('/api/v1/racers', { alias: 'Añna Speed', country: 'NL' });
    expect(status).toBe(201);
    expect(body.racer).toMatchObject({ alias: 'Añna Speed', mergedInto: null });
    // The id says nothing of the alias, which may be in any script.
    const { racer } = body.racer;
    expect(racer).toMatch(/^r-[0-9a-z]{10}$/);
    const { keys } = (await service.call('GET', '/api/v1/racers/keys')).body;
    expect(await readCard(body.card, keys)).toMatchObject({ racer, alias: 'Añna Speed', country: 'NL' });
    const [header, payload, signature] = body.card.split('.');
    const other = Buffer.from(Buffer.from(payload, 'base64url').toString().replace(racer, 'r-0000000000')).toString(
      'base64url',
    );
    await expect(readCard(`${header}.${other}.${signature}`, keys)).rejects.toMatchObject({ code: 'card-invalid' });
    expect((await post('/api/v1/racers', { alias: 'AÑNA speed' })).body.error.code).toBe('alias-taken');
    // Cyrillic and full-width letters make no other name of it; another letter does.
    for (const alias of ['A\u00F1na Sp\u0435ed', 'Ａñna  Speed', 'An\u0303na Speed'])
      expect((await post('/api/v1/racers', { alias })).body.error.code).toBe('alias-taken');
    expect((await post('/api/v1/racers', { alias: 'Anna-speed' })).status).toBe(201);
    const svg = await service.app.inject({
      url: `/api/v1/racers/${racer}/card.svg`,
      headers: { authorization: `Bearer ${service.tokens.organizer}` },
    });
    expect(readQr(svg.body)).toBe(body.card);
  });

  it('takes no alias that passes for another, or has what nobody sees, and any script without an id made by hand', async () => {
    const issue = async (alias: string) => (await post('/api/v1/racers', { alias: `${alias} ${engine}` })).body;
    const { racer } = await issue('Paul Pace');
    for (const alias of ['P\u0430ul Pace', 'PAUL PACE', 'PauI Pace', 'Paul\u00A0 Pace'])
      expect((await issue(alias)).error).toMatchObject({
        code: 'alias-taken',
        message: expect.stringContaining(racer.racer),
      });
    for (const alias of ['Paul\u200B Pace', 'Paul\u202E Pace', 'Paul\u0000 Pace', 'Paul\n Pace'])
      expect((await issue(alias)).error).toMatchObject({
        code: 'message-invalid',
        message: expect.stringMatching(/alias: must have no character that is not seen; it has U\+[0-9A-F]{4}/),
      });
    const ids = [];
    for (const alias of ['陳大文', 'Łukasz', 'Zoë', 'محمد', '👩‍🚒']) ids.push((await issue(alias)).racer.racer);
    expect(new Set(ids).size).toBe(5);
    expect((await post('/api/v1/racers', { alias: `Cy ${engine}`, country: 'AA' })).body.error.message).toMatch(
      /ISO 3166/,
    );
  });

  it('keeps two racers of one alias at two tracks without network apart until staff decide', async () => {
    const board = await service.board();
    // Both tracks called somebody Max; each made an id of its own.
    const [east, west] = [provisionalRacer(randomUUID()), provisionalRacer(randomUUID())];
    const atEast = resultOf(east, 9_000, { alias: 'Max', finishedAt: 1 });
    const atWest = resultOf(west, 8_000, { alias: 'Max', finishedAt: 2 });
    expect(await service.send(board, atEast, atWest)).toEqual(['held', 'held']);
    expect(await standing(board)).toEqual([]);
    const waiting = (await service.call('GET', '/api/v1/racers/provisional', undefined, 'organizer')).body.racers;
    expect(waiting.filter(({ racer }: { racer: string }) => [east, west].includes(racer as never))).toHaveLength(2);

    const max = (await post(`/api/v1/racers/${east}/claim`, { alias: `Max of ${engine}` })).body.racer.racer;
    expect(await standing(board)).toEqual([`1 ${max}`]);
    expect((await post(`/api/v1/racers/${west}/claim`, { alias: `Max of ${engine}` })).body.error.code).toBe(
      'alias-taken',
    );
    const other = (await post('/api/v1/racers', { alias: `Maxi of ${engine}` })).body.racer.racer;
    expect((await post(`/api/v1/racers/${west}/merge`, { into: other })).status).toBe(200);
    expect(await standing(board)).toEqual([`1 ${other}`, `2 ${max}`]);

    // What still comes from a track that knows no better goes to the right racer; a late repetition changes nothing.
    expect(await service.send(board, resultOf(east, 7_000, { alias: 'Max' }), atWest)).toEqual([
      'accepted',
      'duplicate',
    ]);
    expect(await standing(board)).toEqual([`1 ${max}`, `2 ${other}`]);
    expect((await post(`/api/v1/racers/${west}/merge`, { into: max })).body.error.code).toBe('racer-merged');
    expect((await post(`/api/v1/racers/${max}/merge`, { into: other })).body.error.code).toBe('racer-merged');

    const { history } = (await service.call('GET', `/api/v1/racers/${west}`)).body;
    expect(history).toMatchObject([{ action: 'merged', by: 'olga', other }]);
    const kept = (await service.call('GET', `${board}/results/${atWest.resultId}`)).body;
    expect(kept.current).toMatchObject({ racer: other, state: 'counted', result: { racer: west } });
    expect(kept.history).toMatchObject([{ action: 'merged', by: 'olga', racer: west, state: 'held' }]);
  });

  it('holds results of racers it does not know where a board wants issued ids', async () => {
    const board = await service.board({ racers: 'issued' });
    const known = (await post('/api/v1/racers', { alias: `Known ${engine}` })).body.racer.racer;
    expect(await service.send(board, resultOf('stranger', 1_000), resultOf(known, 2_000))).toEqual([
      'held',
      'accepted',
    ]);
    expect(await standing(board)).toEqual([`1 ${known}`]);
  });
});
