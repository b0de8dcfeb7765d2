import { once } from 'node:events';
import type { Standings } from '@pitwall/protocol/api';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { type Service, startService } from '../../../testing/leaderboard-service.js';
import { resultOf, virtual } from '../../../testing/results.js';
import { listen } from '../index.js';

const names = ['ann', 'ben', 'cat', 'dan', 'eve', 'fay', 'gus'];
const ranks = (rows: { rank: number; racer: string }[]) => rows.map(({ rank, racer }) => `${rank} ${racer}`);

describe.each(engines)('on %s', (engine) => {
  let service: Service;
  let url: string;
  beforeAll(async () => {
    service = await startService(await freshDatabase(engine));
    url = await service.board({ combined: true });
    await service.send(
      url,
      ...names.map((name, index) =>
        resultOf(name, 5_000 + index * 1_000, {
          country: index % 2 === 0 ? 'NL' : 'BE',
          division: index < 4 ? 'pro' : 'open',
        }),
      ),
      resultOf('gus', 4_000, { provenance: virtual as never }),
      resultOf('hal', 4_000, { laps: [], country: 'BE' }),
    );
  });
  afterAll(() => service.close());

  it('gives a board page by page, each column on its own', async () => {
    const first = (await service.call('GET', `${url}/standings?limit=3`)).body;
    expect(ranks(first.physical)).toEqual(['1 ann', '2 ben', '3 cat']);
    expect(ranks(first.virtual)).toEqual(['1 gus']);
    expect(first.next).toMatchObject({ virtual: null, unranked: null });
    const second = (await service.call('GET', `${url}/standings?limit=3&cursor=${first.next.physical}`)).body;
    expect(ranks(second.physical)).toEqual(['4 dan', '5 eve', '6 fay']);
    expect([second.virtual, second.unranked]).toEqual([[], []]);
    const third = (await service.call('GET', `${url}/standings?limit=3&cursor=${second.next.physical}`)).body;
    expect(ranks(third.physical)).toEqual(['7 gus']);
    expect(third.next.physical).toBeNull();
    expect((await service.call('GET', `${url}/standings?cursor=x`)).body.error.code).toBe('message-invalid');
  });

  it('two hundred and fifty who drove the same time are on three pages, nobody twice and nobody missing', async () => {
    const board = await service.board();
    const racers = Array.from({ length: 250 }, (_, number) => `same-${number}`);
    await service.send(board, ...racers.map((racer) => resultOf(racer, 7_000)));
    const seen: string[] = [];
    const ranks: number[] = [];
    let pages = 0;
    for (let from: string | null = ''; from !== null; pages += 1) {
      const page: Standings = (await service.call('GET', `${board}/standings?limit=100${from}`)).body;
      ranks.push(...page.physical.map(({ rank }) => rank));
      seen.push(...page.physical.map(({ racer }) => racer));
      from = page.next.physical === null ? null : `&cursor=${page.next.physical}`;
    }
    expect(pages).toBe(3);
    // Equal times are ranked by whose came earlier, so each has a place of their own.
    expect(ranks).toEqual(Array.from({ length: 250 }, (_, index) => index + 1));
    expect(seen).toHaveLength(250);
    expect(new Set(seen)).toEqual(new Set(racers));
  });

  it('lists apart who has nothing that qualifies', async () => {
    const unranked = async (query = '') => (await service.call('GET', `${url}/standings${query}`)).body.unranked;
    expect(await unranked()).toMatchObject([{ racer: 'hal' }]);
    expect(await unranked('?country=BE')).toMatchObject([{ racer: 'hal' }]);
    expect(await unranked('?country=NL')).toEqual([]);
  });

  it('ranks parts of a board on their own', async () => {
    const part = async (query: string) => ranks((await service.call('GET', `${url}/standings?${query}`)).body.physical);
    expect(await part('country=BE')).toEqual(['1 ben', '2 dan', '3 fay']);
    expect(await part('division=open')).toEqual(['1 eve', '2 fay', '3 gus']);
    expect(await part('country=NL&division=open')).toEqual(['1 eve', '2 gus']);
    expect(await part('country=FR')).toEqual([]);
  });

  it('ranks both kinds in one column where the board wants it', async () => {
    const { combined } = (await service.call('GET', `${url}/standings?limit=2`)).body;
    expect(combined.map(({ racer, kind }: { racer: string; kind: string }) => `${racer} ${kind}`)).toEqual([
      'gus virtual',
      'ann physical',
    ]);
  });

  it('shows a racer among neighbours', async () => {
    const { body } = await service.call('GET', `${url}/racers/dan?neighbours=2`);
    expect(body.places.map(({ column }: { column: string }) => column)).toEqual(['physical', 'combined']);
    const [place] = body.places;
    expect([place.of, place.row.rank]).toEqual([7, 4]);
    expect([ranks(place.above), ranks(place.below)]).toEqual([
      ['2 ben', '3 cat'],
      ['5 eve', '6 fay'],
    ]);
    expect((await service.call('GET', `${url}/racers/nobody`)).body.places).toEqual([]);
  });

  it('keeps a racer’s results and what each of them was', async () => {
    const board = await service.board();
    const first = resultOf('ann', 9_000, { finishedAt: 1 });
    const second = resultOf('ann', 8_000, { finishedAt: 2 });
    await service.send(board, first, second, { ...first, revision: 2, alias: 'Ann' });
    const { results } = (await service.call('GET', `${board}/racers/ann/results`)).body;
    expect(results.map((kept: { result: { resultId: string } }) => kept.result.resultId)).toEqual([
      second.resultId,
      first.resultId,
    ]);
    const page = (await service.call('GET', `${board}/racers/ann/results?limit=1`)).body;
    const rest = (await service.call('GET', `${board}/racers/ann/results?limit=1&cursor=${page.next}`)).body;
    expect([...page.results, ...rest.results]).toEqual(results);
    const { current, history } = (await service.call('GET', `${board}/results/${first.resultId}`)).body;
    expect(current).toMatchObject({ state: 'counted', signed: false, result: { revision: 2, alias: 'Ann' } });
    expect(history).toMatchObject([{ action: 'amended', by: 'hall', result: { revision: 1, alias: 'ann' } }]);
  });

  it('lets a person decide about what is held, either way, and remembers who did', async () => {
    const board = await service.board({ rules: ['b'.repeat(64)] as never });
    const held = resultOf('ann', 9_000);
    expect(await service.send(board, held)).toEqual(['held']);
    expect((await service.call('GET', `${board}/held`)).status).toBe(401);
    expect((await service.call('GET', `${board}/held`, undefined, 'organizer')).body.results).toMatchObject([
      { state: 'held', reasons: ['wrong-rules'] },
    ]);
    const decide = (decision: string, as: 'organizer' | 'source' = 'organizer', revision = 1) =>
      service.call('POST', `${board}/results/${held.resultId}/decision`, { decision, revision }, as);
    expect((await decide('approve', 'organizer', 2)).body.error.code).toBe('result-conflict');
    expect((await decide('approve', 'source')).status).toBe(403);
    expect((await decide('approve')).body.state).toBe('counted');
    expect(ranks((await service.call('GET', `${board}/standings`)).body.physical)).toEqual(['1 ann']);
    expect(await service.send(board, held)).toEqual(['duplicate']);
    expect((await decide('reject')).body.state).toBe('rejected');
    expect((await service.call('GET', `${board}/standings`)).body.physical).toEqual([]);
    const { history } = (await service.call('GET', `${board}/results/${held.resultId}`)).body;
    expect(history).toMatchObject([
      { action: 'approved', by: 'olga', state: 'held' },
      { action: 'rejected', by: 'olga', state: 'counted' },
    ]);
  });

  it('says what changed since a cursor, each racer once', async () => {
    const board = await service.board();
    await service.send(board, resultOf('ann', 9_000), resultOf('ben', 8_000));
    const first = (await service.call('GET', `${board}/changes`)).body;
    expect(first.changes).toMatchObject([
      { racer: 'ann', row: { rank: 2 } },
      { racer: 'ben', row: { rank: 1 } },
    ]);
    const gone = resultOf('cat', 7_000);
    await service.send(board, resultOf('ann', 7_500), resultOf('ann', 7_000), resultOf('ann', 9_900), gone);
    await service.send(board, { ...gone, revision: 2, withdrawn: true });
    const second = (await service.call('GET', `${board}/changes?since=${first.next}`)).body;
    expect(second.changes).toMatchObject([
      { racer: 'ann', row: { rank: 1, score: 7_000_000 } },
      { racer: 'cat', row: null },
    ]);
    expect((await service.call('GET', `${board}/changes?since=${second.next}`)).body).toMatchObject({
      changes: [],
      next: second.next,
    });
  });

  it('adds points across boards, each in its own column', async () => {
    const [one, two] = [await service.board(), await service.board()];
    const races = [{ leaderboard: one.split('/').at(-1) }, { leaderboard: two.split('/').at(-1), column: 'virtual' }];
    await service.send(one, resultOf('ann', 8_000), resultOf('ben', 9_000));
    await service.send(two, resultOf('ben', 8_000, { provenance: virtual as never }), resultOf('cat', 7_000));
    const season = { name: 'Cup', races, points: [10, 6], bestOf: 1 };
    const path = `/api/v1/seasons/cup-${engine}`;
    expect((await service.call('PUT', path, season, 'source')).status).toBe(403);
    expect((await service.call('PUT', path, season, 'organizer')).status).toBe(200);
    const unknown = { ...season, races: [...races, { leaderboard: 'nowhere' }] };
    expect((await service.call('PUT', path, unknown, 'organizer')).body.error.message).toContain('nowhere');
    const small = { ...season, races: [{ ...races[0], country: 'nl' }] };
    expect((await service.call('PUT', path, small, 'organizer')).body.error.code).toBe('message-invalid');
    expect((await service.call('GET', '/api/v1/seasons/nothing/standings')).body.error.code).toBe('not-found');
    const { rows, ...heading } = (await service.call('GET', `${path}/standings`)).body;
    expect(heading).toMatchObject({
      name: 'Cup',
      points: [10, 6],
      bestOf: 1,
      races: [
        { name: 'Board', column: 'physical' },
        { name: 'Board', column: 'virtual' },
      ],
    });
    expect(rows).toMatchObject([
      { rank: 1, racer: 'ann', alias: 'ann', points: 10 },
      {
        rank: 1,
        racer: 'ben',
        points: 10,
        races: [
          { race: 0, points: 6, counts: false },
          { race: 1, points: 10, counts: true },
        ],
      },
    ]);
  });

  it('finds a racer by the name on the board, in any script', async () => {
    const board = await service.board();
    for (const [racer, alias] of [
      ['r-1', 'Zoë'],
      ['r-2', 'Zora'],
      ['r-3', '陳大文'],
      ['r-4', 'Łukasz'],
      ['r-5', '100%_ok'],
    ] as const)
      await service.send(board, resultOf(racer, 9_000, { alias }));
    const called = async (name: string) =>
      (await service.call('GET', `${board}/racers?called=${encodeURIComponent(name)}`)).body.racers.map(
        ({ racer }: { racer: string }) => racer,
      );
    expect((await called('zo')).sort()).toEqual(['r-1', 'r-2']);
    expect(await called('ZOË')).toEqual(engine === 'postgres' ? ['r-1'] : []);
    expect(await called('zoë')).toEqual(['r-1']);
    expect(await called('陳')).toEqual(['r-3']);
    expect(await called('łuk')).toEqual(['r-4']);
    expect(await called('100%')).toEqual(['r-5']);
    expect([await called('%'), await called('_')]).toEqual([[], []]);
    expect(await called('r-2')).toEqual(['r-2']);
  });

  it('exports a board', async () => {
    const board = await service.board();
    await service.send(board, resultOf('ann', 9_000, { alias: '=1+1' }), resultOf('ben', 8_000, { alias: 'a,"b"' }));
    const csv = (await service.app.inject(`${board}/export/csv`)).body;
    expect(csv.split('\r\n').map((line) => line.split(',').slice(0, 3).join())).toEqual([
      'kind,rank,racer',
      'physical,1,ben',
      'physical,2,ann',
      '',
    ]);
    expect(csv).toContain(`'=1+1`);
    expect(csv).toContain('"a,""b"""');
    expect(ranks((await service.app.inject(`${board}/export/json`)).json())).toEqual(['1 ben', '2 ann']);
  });

  it('offers a page for a frame that runs nothing but its own script', async () => {
    const page = await service.app.inject(`/embed/leaderboards/${url.split('/').at(-1)}`);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
  });

  it('tells those who follow a board, by WebSocket and by server-sent events, from where they were', async () => {
    const other = await startService(await freshDatabase(engine));
    onTestFinished(() => other.close());
    const port = await listen(other.app, { host: '127.0.0.1', port: 0, nextFree: false });
    const board = await other.board();
    await other.send(board, resultOf('ann', 9_000));
    // Who asks from now on knows where to go on even if the connection is lost before anything happens.
    const quiet = new WebSocket(`ws://127.0.0.1:${port}${board}/live`);
    onTestFinished(() => quiet.close());
    const [first] = await once(quiet, 'message');
    expect(JSON.parse(String(first))).toMatchObject({ changes: [], next: 1 });
    const socket = new WebSocket(`ws://127.0.0.1:${port}${board}/live?since=0`);
    onTestFinished(() => socket.close());
    const heard: string[] = [];
    socket.on('message', (data) => {
      const { changes } = JSON.parse(String(data));
      heard.push(...changes.map((change: { racer: string }) => change.racer));
    });
    await expect.poll(() => heard).toEqual(['ann']);
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    const events = await fetch(`http://127.0.0.1:${port}${board}/events`, {
      headers: { 'last-event-id': '0' },
      signal: stop.signal,
    });
    let text = '';
    (async () => {
      for await (const part of events.body as AsyncIterable<Uint8Array>) text += Buffer.from(part).toString();
    })().catch(() => undefined);
    await expect.poll(() => text).toContain('"racer":"ann"');
    expect(text).toMatch(/^: .*\nid: 0\n\n/);
    await other.send(board, resultOf('ben', 8_000));
    await expect.poll(() => heard).toEqual(['ann', 'ben']);
    await expect.poll(() => text).toMatch(/id: 2\nevent: changes\ndata: .*"racer":"ben"/);
  });
});
