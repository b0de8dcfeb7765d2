import { randomUUID } from 'node:crypto';
import type { EventId } from '@pitwall/protocol';
import type { PastResult, RacerResults, Statistics } from '@pitwall/protocol/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { type Service, startService } from '../../../testing/leaderboard-service.js';
import { physical, resultOf, someHash, virtual } from '../../../testing/results.js';
import { allMigrations } from '../../compose/migrations.js';
import { Leaderboards, type Visibility } from '../../leaderboard/index.js';
import { openStore } from '../../store/index.js';

const oval = { id: 'oval', version: 1, direction: 'clockwise' } as const;
const idOf = (url: string): string => url.split('/').at(-1) as string;

describe.each(engines)('on %s', (engine) => {
  const hidden = new Set<string>();
  const events = new Map<string, { event: EventId; name: string }>();
  const visibility: Visibility = {
    hiddenBoards: async () => [...hidden],
    eventsOf: async (asked) => asked.map(({ board }) => events.get(board) ?? null),
    isHidden: async () => false,
    track: async (id) => (id === 'oval' ? { name: 'The Oval', lengthM: 20 } : undefined),
  };
  let now = 0;
  let service: Service;
  let spring: string;
  let autumn: string;
  let secret: string;
  const drive = async (board: string, racer: string, ms: number, over: object = {}) =>
    expect(await service.send(board, resultOf(racer, ms, over))).toEqual(['accepted']);
  const get = async <T>(path: string): Promise<T> => (await service.call('GET', `/api/v1${path}`)).body;

  beforeAll(async () => {
    service = await startService(await freshDatabase(engine), { visibility, now: () => now });
    [spring, autumn, secret] = [
      await service.board({ name: 'Spring' }),
      await service.board({ name: 'Autumn' }),
      await service.board({ name: 'Secret' }),
    ];
    hidden.add(idOf(secret));
    events.set(idOf(spring), { event: 'spring-day' as EventId, name: 'Spring Day' });
    const model = (name: string, hash = someHash) => ({ model: { hash, name } });
    await drive(spring, 'ann', 9_000, { track: oval, finishedAt: 100, country: 'NL', ...model('fast-v1') });
    await drive(spring, 'ben', 8_500, {
      track: oval,
      finishedAt: 110,
      country: 'DE',
      ...model('fast-v2', 'b'.repeat(64)),
    });
    await drive(autumn, 'ann', 8_000, { track: oval, finishedAt: 300, country: 'NL', ...model('other 3') });
    await drive(autumn, 'ann', 8_200, { track: oval, finishedAt: 200, country: 'NL', model: null });
    await drive(autumn, 'ann', 7_000, { finishedAt: 250, provenance: virtual as never, ...model('fast-v1') });
    await drive(autumn, 'cat', 7_000, { finishedAt: 260, provenance: virtual as never, ...model('fast-v1-clone') });
    await drive(secret, 'ann', 1_000, { track: oval, finishedAt: 400, country: 'NL' });
    await drive(secret, 'eve', 2_000, { track: { ...oval, id: 'cellar' }, finishedAt: 400, country: 'FR' });
  });
  afterAll(() => service.close());

  it('a racer has results over time, of all boards that everybody may see', async () => {
    const { results, next } = await get<RacerResults>('/racers/ann/results');
    const shown = ({ name, event, bestLap, trackName, finishedAt, model, kind }: PastResult) =>
      [name, event?.name ?? '', kind, trackName, bestLap, model ?? '', finishedAt].join(' | ');
    expect(results.map(shown)).toEqual([
      'Autumn |  | physical | The Oval | 8000000 | other 3 | 300',
      'Autumn |  | virtual | reinvent | 7000000 | fast-v1 | 250',
      'Autumn |  | physical | The Oval | 8200000 |  | 200',
      'Spring | Spring Day | physical | The Oval | 9000000 | fast-v1 | 100',
    ]);
    expect(next).toBeNull();
  });

  it('gives them page by page, nothing twice and nothing missing', async () => {
    const seen: string[] = [];
    for (let from: string | null = ''; from !== null; ) {
      const page: RacerResults = await get(`/racers/ann/results?limit=2${from}`);
      seen.push(...page.results.map(({ finishedAt }) => `${finishedAt}`));
      from = page.next === null ? null : `&cursor=${page.next}`;
    }
    expect(seen).toEqual(['300', '250', '200', '100']);
    expect((await service.call('GET', '/api/v1/racers/ann/results?cursor=x')).body.error.code).toBe('message-invalid');
  });

  it('a racer’s page has the fastest lap on each track', async () => {
    expect(await get('/racers/ann/profile')).toEqual({
      racer: 'ann',
      alias: 'ann',
      country: 'NL',
      results: 4,
      bests: [
        { track: oval, trackName: 'The Oval', kind: 'physical', bestLap: 8_000_000, results: 3 },
        {
          track: { id: 'reinvent', version: 1, direction: 'counter-clockwise' },
          trackName: 'reinvent',
          kind: 'virtual',
          bestLap: 7_000_000,
          results: 1,
        },
      ],
    });
  });

  it('whoever raced only where not everybody looks is nobody', async () => {
    for (const racer of ['eve', 'nobody']) {
      const { status, body } = await service.call('GET', `/api/v1/racers/${racer}/profile`);
      expect([status, body.error.message]).toEqual([404, `There is no racer ${racer}.`]);
      expect(await get(`/racers/${racer}/results`)).toEqual({ results: [], next: null });
    }
  });

  it('finds racers by name, of those with results that everybody may see', async () => {
    const issue = async (alias: string): Promise<string> =>
      (await service.call('POST', '/api/v1/racers', { alias }, 'organizer')).body.racer.racer;
    const [zoe, zora] = [await issue('Zoë'), await issue('Zora')];
    await issue('Zoot');
    await drive(spring, zoe, 20_000, { alias: 'Zoë', finishedAt: 1 });
    await drive(secret, zora, 20_000, { alias: 'Zora', finishedAt: 1 });
    const called = async (name: string) => await get(`/racers?called=${encodeURIComponent(name)}`);
    for (const name of ['zo', 'ZO', 'Zoë'])
      expect(await called(name)).toEqual({ racers: [{ racer: zoe, alias: 'Zoë' }] });
    expect(await called('zor')).toEqual({ racers: [] });
    expect(await called('%')).toEqual({ racers: [] });
  });

  it('what a provisional racer drove is on the page of whom they turned out to be', async () => {
    const provisional = `p-${randomUUID()}`;
    expect(await service.send(spring, resultOf(provisional, 9_900, { track: oval, finishedAt: 5 }))).toEqual(['held']);
    const into = (await service.call('POST', '/api/v1/racers', { alias: 'Paula' }, 'organizer')).body.racer.racer;
    await service.call('POST', `/api/v1/racers/${provisional}/merge`, { into }, 'organizer');
    expect(await get(`/racers/${provisional}/profile`)).toMatchObject({ racer: into, alias: 'Paula', results: 1 });
    expect((await get<RacerResults>(`/racers/${provisional}/results`)).results).toHaveLength(1);
  });

  it('has the records of tracks, racers by country and models by family', async () => {
    now += 60_000;
    const { records, countries, families } = await get<Statistics>('/statistics');
    expect(
      records.map(({ trackName, kind, alias, lap, speed, model }) => [trackName, kind, alias, lap, speed, model]),
    ).toEqual([
      ['The Oval', 'physical', 'ann', 8_000_000, 2.5, 'other 3'],
      ['reinvent', 'physical', 'Zoë', 20_000_000, null, 'model'],
      ['reinvent', 'virtual', 'ann', 7_000_000, null, 'fast-v1'],
    ]);
    expect(countries).toEqual([
      { country: null, racers: 3 },
      { country: 'DE', racers: 1 },
      { country: 'NL', racers: 1 },
    ]);
    expect(families).toEqual([
      { family: 'fast', racers: 3, models: 2, records: 1 },
      { family: 'model', racers: 2, models: 1, records: 1 },
      { family: 'other', racers: 1, models: 1, records: 1 },
    ]);
  });

  it('holds an answer for a minute, but not one moment longer than everybody may see it', async () => {
    const fastest = async () => (await get<Statistics>('/statistics')).records[0]?.lap;
    expect(await fastest()).toBe(8_000_000);
    await drive(spring, 'ben', 7_900, { track: oval, finishedAt: 500, country: 'DE' });
    expect(await fastest()).toBe(8_000_000);
    now += 60_000;
    expect(await fastest()).toBe(7_900_000);
    hidden.add(idOf(spring));
    expect(await fastest()).toBe(8_000_000);
    hidden.delete(idOf(spring));
    expect(await fastest()).toBe(7_900_000);
  });

  it('a result that is taken back is on no page', async () => {
    const taken = resultOf('gus', 9_000, { track: oval, finishedAt: 7 });
    expect(await service.send(autumn, taken)).toEqual(['accepted']);
    expect((await get<RacerResults>('/racers/gus/results')).results).toHaveLength(1);
    await service.send(autumn, { ...taken, revision: 2, withdrawn: true });
    expect((await get<RacerResults>('/racers/gus/results')).results).toEqual([]);
  });
});

it.each(engines)('results of before are told apart by track and model, too, on %s', async (engine) => {
  const database = await freshDatabase(engine);
  const name = 'leaderboard-0010-across-boards';
  const before = allMigrations.map((all) => Object.fromEntries(Object.entries(all).filter(([key]) => key !== name)));
  const old = await openStore(database, before);
  const rows = ['ann', 'ben'].map((racer, index) => {
    const result = resultOf(racer, 9_000 + index, { track: oval, finishedAt: index });
    // The second was signed.
    const text = JSON.stringify({ ...result, revision: 1, withdrawn: false });
    const body = index === 0 ? text : `e30.${Buffer.from(text).toString('base64url')}.c2ln`;
    return {
      ...{
        board: 'b',
        result_id: result.resultId,
        revision: 1,
        racer,
        kind: 'physical',
        state: 'counted',
        reasons: '[]',
      },
      ...{ content_sha256: someHash, source: physical.source, score: 9, placing_ms: 9, best_lap: 9, uncertainty: 0 },
      ...{ finished_at: index, received_at: 1, body },
    };
  });
  const db = old.as<{ leaderboard_results: (typeof rows)[0] }>();
  for (const row of rows) await db.insertInto('leaderboard_results').values(row).execute();
  await old.close();
  const store = await openStore(database, allMigrations);
  const { history } = new Leaderboards(store);
  for (const racer of ['ann', 'ben'])
    expect((await history.results(racer, undefined, 5)).results).toMatchObject([{ track: oval, model: 'model' }]);
  await store.close();
});
