import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { formatSimtrace, type SimtraceRow } from '@pitwall/protocol/simtrace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { type Service, startService } from '../../../testing/leaderboard-service.js';
import { OnlineWorld } from '../../../testing/online-world.js';

/** As DREM's page writes it: LF, dots, ISO dates. website/src/admin/race-admin/support-functions/csvExport.ts, CSV_HEADERS */
const header = 'Race ID,Username,User ID,Track,Raced By Proxy,Race Date,Lap #,Lap Time (ms),Lap Time (s),Resets,Valid';
const row = (race: string, name: string, lap: number, ms: number, over: Record<string, string> = {}) =>
  [
    ...[race, over.name ?? name, `user-${race}`, over.track ?? '1', 'false', over.date ?? '2026-05-30T14:47:30.123Z'],
    ...[over.lap ?? lap, over.ms ?? ms, over.s ?? (ms / 1000).toFixed(3), over.resets ?? 0, over.valid ?? 'true'],
  ].join(',');
const season = [
  header,
  row('r-1', 'anna', 1, 9_876),
  row('r-1', 'anna', 2, 9_123),
  row('r-1', 'anna', 3, 8_001, { valid: 'false', resets: '4' }),
  row('r-2', '"Groß, Ben"', 1, 10_250),
  'r-3,carl,user-r-3,1,true,2026-05-30T15:00:00.000Z,,,,,',
  row('r-4', 'anna', 1, 12_000, { track: '2' }),
].join('\n');
const course = 'track=1&course=hall';

describe.each(engines)('laps of other programs on %s', (engine) => {
  let service: Service;
  beforeAll(async () => {
    service = await startService(await freshDatabase(engine));
  });
  afterAll(() => service?.close());

  async function send(
    board: string,
    file: string | Uint8Array,
    query: string,
    as: 'organizer' | 'source' = 'organizer',
  ) {
    const response = await service.app.inject({
      method: 'POST',
      url: `${board}/import?${query}`,
      headers: { authorization: `Bearer ${service.tokens[as]}`, 'content-type': 'application/octet-stream' },
      payload: Buffer.from(file),
    });
    return { status: response.statusCode, body: response.json() };
  }
  const refused = async (file: string | Uint8Array, query = course): Promise<string> => {
    const { body } = await send(await service.board(), file, query);
    return body.error === undefined
      ? `taken: ${body.leftOut.join(' | ')}`
      : `${body.error.code}: ${body.error.message}`;
  };

  it('of a DREM season stand on the board, marked, with their racers, and once however often they are imported', async () => {
    const board = await service.board();
    const looked = await send(board, season, `${course}&check=1`);
    expect(looked).toMatchObject({
      status: 200,
      body: {
        kind: 'drem',
        written: false,
        racers: [
          { alias: 'anna', racer: null, runs: 1, laps: 3 },
          { alias: 'Groß, Ben', racer: null, runs: 1, laps: 1 },
        ],
        tracks: [
          { track: '1', runs: 2, taken: true },
          { track: '2', runs: 1, taken: false },
        ],
        leftOut: ['A race without a lap is left out.'],
      },
    });
    expect((await service.call('GET', `${board}/standings`)).body.physical).toEqual([]);
    expect((await send(board, season, course)).body.outcomes).toEqual({ accepted: 2, known: 0, held: 0 });
    expect((await send(board, season, course)).body.outcomes).toEqual({ accepted: 0, known: 2, held: 0 });
    const { body } = await service.call('GET', `${board}/standings`);
    expect(body.physical).toMatchObject([
      { rank: 1, alias: 'anna', score: 9_123_000, laps: 3, uncertainty: 10_000, imported: true },
      {
        rank: 2,
        alias: 'Groß, Ben',
        score: 10_250_000,
        imported: true,
        finishedAt: Date.UTC(2026, 4, 30, 14, 47, 30, 123),
      },
    ]);
    const { current } = (await service.call('GET', `${board}/results/${body.physical[0].resultId}`)).body;
    expect(current.result).toMatchObject({
      track: { id: 'hall', version: 1, direction: 'counter-clockwise' },
      rules: { name: 'As DREM counted' },
      provenance: { kind: 'imported', column: 'physical', from: 'drem', original: 'r-1', by: 'olga', source: 'hall' },
    });
    const csv = await service.app.inject(`${board}/export/csv?excel=1`);
    expect(csv.body.startsWith('\uFEFFkind,rank,')).toBe(true);
    expect(csv.body).toMatch(/"Groß, Ben".*,true\r\n/);
    expect((await service.app.inject(`${board}/export/csv`)).body.startsWith('kind,rank,')).toBe(true);
  });

  it('that changed since are told, and stay as they were', async () => {
    const board = await service.board();
    const file = [header, row('r-9', 'dora', 1, 9_000)].join('\n');
    await send(board, file, 'course=hall');
    const { body } = await send(board, file.replace('9000,9.000', '7000,7.000'), 'course=hall');
    expect(body).toMatchObject({ outcomes: { accepted: 0, known: 0 } });
    expect(body.leftOut).toEqual(['dora: dora’s laps of r-9 are on the board with other times; it stays as it is.']);
  });

  it('are an organizer’s to import, onto boards that take them', async () => {
    expect((await send(await service.board(), season, course, 'source')).body.error.code).toBe('access-denied');
    expect((await send(await service.board({ writers: ['other'] }), season, course)).body.error.message).toMatch(
      /hall may not write/,
    );
    expect((await send(await service.board({ signatures: 'required' }), season, course)).body.error.code).toBe(
      'signature-invalid',
    );
    const strict = await service.board({ rules: ['c'.repeat(64)] });
    expect((await send(strict, season, course)).body.outcomes).toEqual({ accepted: 0, known: 0, held: 2 });
  });

  it.each<[string, (text: string) => string | Uint8Array]>([
    ['with a byte order mark and CRLF', (text) => `\uFEFF${text.replaceAll('\n', '\r\n')}`],
    [
      'as Excel saves it where decimals have commas',
      (text) =>
        text
          .replaceAll('"Groß, Ben"', 'Groß. Ben')
          .replaceAll(',', ';')
          .replace(/(\d)\.(\d{3});/g, '$1,$2;'),
    ],
    [
      'as Unicode text of Excel',
      (text) => Buffer.from(`\uFEFF${text.replaceAll('"Groß, Ben"', 'Ben').replaceAll(',', '\t')}`, 'utf16le'),
    ],
    ['that names its separator', (text) => `sep=,\r\n${text}`],
    ['with truth in German', (text) => text.replaceAll('true', 'WAHR').replaceAll('false', 'FALSCH')],
    ['with dates of a German sheet', (text) => text.replace(/2026-05-30T[^,]*/g, '30.05.2026 14:47')],
    [
      'with its columns in another order',
      (text) =>
        text
          .split('\n')
          .map((line) => line.replace(/^([^,]*),(.*)$/, '$2,$1').replace(/^("[^"]*"|[^,]*),([^,]*),/, '$2,$1,'))
          .join('\n'),
    ],
  ])('%s are the same laps', async (_what, change) => {
    const { body } = await send(await service.board(), change(season), `${course}&check=1`);
    expect(body.racers?.map(({ laps }: { laps: number }) => laps) ?? body).toEqual([3, 1]);
  });

  const one = (over: Record<string, string>) =>
    [header, row('r-1', 'anna', 1, 9_876, over), row('r-2', 'ben', 1, 9_000)].join('\n');
  it.each([
    [one({ ms: 'NaN' }), /Race r-1 is left out: row 2: Lap Time \(ms\) is "NaN", not a number\./],
    [one({ ms: '-5', s: '' }), /row 2: Lap Time \(ms\) is -5; a lap takes up to 3600000 ms\./],
    [one({ s: '9.8' }), /row 2: Lap Time \(ms\) is 9876, but Lap Time \(s\) 9\.8: one of them was changed\./],
    [one({ date: '5/6/2026 14:47' }), /row 2: Race Date is "5\/6\/2026 14:47"; write it as 2026-05-30/],
    [one({ date: '2026-02-30' }), /row 2: Race Date is "2026-02-30"/],
    [one({ valid: 'maybe' }), /row 2: Valid is "maybe"; it is true or false\./],
    [one({ resets: '1.5' }), /row 2: Resets is 1\.5; it is a whole number from 0 to 1000\./],
    [one({ name: 'a\u202Eb' }), /“a.b” is left out: an alias must have no character that is not seen/],
    [one({ name: 'x'.repeat(65) }), /is left out: an alias/],
    [
      `${one({})}\n${row('r-2', 'eve', 2, 9_000)}`,
      /Race r-2 is left out: row 4: its username is "eve", that of row 3 "ben"\./,
    ],
    [`${one({})}\n${row('r-2', 'ben', 1, 9_000)}`, /row 4: the race has lap 1 twice\./],
  ])('a bad row leaves out its race, and says where: %#', async (file, sentence) => {
    const said = await refused(file, 'course=hall');
    expect(said).toMatch(/^taken: /);
    expect(said).toMatch(sentence);
  });

  it.each<[string | Uint8Array, string, RegExp]>([
    ['', course, /message-invalid: The file is empty\./],
    [season, 'course=hall', /several tracks: 1 \(2 races\), 2 \(1 race\)\. Say which one/],
    [season, 'track=7&course=hall', /The file has no track 7; it has 1 \(2 races\), 2/],
    [season, 'track=1', /takes results of any track; say on which these laps were driven \(course/],
    [season, `${course}&racer=anna`, /The file says who drove; leave the racer out\./],
    [
      'Username,User ID,Track,Races,Total Laps,Valid Laps,Invalid Laps,Fastest Lap (ms),Fastest Lap (s),Avg Lap (ms),Avg Lap (s),Total Resets,Completion Ratio (%)\nanna,u,1,1,1,1,0,9,9,9,9,0,100',
      course,
      /DREM’s summary, one row a racer and no laps; export the laps/,
    ],
    [season.replace('Lap Time (ms)', 'Lap Time'), course, /lacks the column "lap time \(ms\)" of DREM’s export/],
    [`${header}\n`, course, /holds no laps that can be read\. It has only a header\./],
    [Buffer.from(season, 'latin1'), course, /another encoding than UTF-8; save it as CSV UTF-8/],
    [gzipSync(season), course, /is packed with gzip: unpack it\./],
    [Buffer.from('504b030414000600', 'hex'), course, /an Excel workbook \(\.xlsx\): save its sheet as CSV UTF-8/],
    ['<!DOCTYPE html><title>Sign in</title>', course, /a page for a browser, as a login or an error gives one/],
    ['a,b\n1,2\n', course, /message-invalid: The file is none that is read: DREM’s export of laps/],
    [`${header}\n"r-1,anna`, course, /has a quote in row 2 that is never closed\./],
    [`${header}\n${'x'.repeat(400)},a`, course, /has a cell of more than 300 characters in line 2\./],
    [`${header}\n${'r,a,,1,,,1,9,,0,true\n'.repeat(50_001)}`, course, /has more than 50000 rows\./],
    ['{"metrics": [', 'racer=anna&course=hall', /is not JSON: .* A download may be cut short\./],
    ['{"laps": []}', 'racer=anna&course=hall', /JSON without a list "metrics"/],
    [
      '{"metrics":[{"completion_percentage":40,"elapsed_time_in_milliseconds":900}]}',
      'racer=anna&course=hall',
      /holds no finished lap: of 1 trials the best came to 40 %/,
    ],
    [
      '{"metrics":[{"completion_percentage":"all"}]}',
      'racer=anna&course=hall',
      /a trial \(the 1\.\) that cannot be read: completion_percentage/,
    ],
    [
      '{"metrics":[{"completion_percentage":100,"elapsed_time_in_milliseconds":900}]}',
      'course=hall',
      /does not say who drove; give the racer’s alias or id/,
    ],
  ])('a file that cannot be taken is refused with a sentence: %#', async (file, query, sentence) => {
    expect(await refused(file, query)).toMatch(sentence);
  });

  it('of more than 8 MB are refused unread', async () => {
    const { status, body } = await send(await service.board(), Buffer.alloc(9 * 2 ** 20, 0x61), course);
    expect([status, body.error.code]).toEqual([413, 'request-refused']);
  });
});

describe('laps of a simulator', () => {
  const data = new URL('../../../../../shared/data/', import.meta.url);
  if (!existsSync(data) && process.env.CI === 'true') throw new Error('../shared/data must be there in CI.');
  const ask = (world: OnlineWorld, race: string, file: Uint8Array, as = 'olga', query = 'racer=anna') =>
    world.ask('POST', `/leaderboards/${race}/import?${query}`, {
      as,
      body: Buffer.from(file),
      headers: { 'content-type': 'application/octet-stream' },
    });

  it.skipIf(!existsSync(data))(
    'that the real one logged and measured go into an online race’s records, the same by either file',
    async () => {
      const world = await OnlineWorld.open(':memory:');
      try {
        const best: number[] = [];
        for (const file of ['metrics/console-1.json', 'simtrace/console-1.csv']) {
          const { race } = await world.race();
          const { status, body } = await ask(world, race, readFileSync(new URL(file, data)));
          expect([status, body.outcomes, body.leftOut]).toEqual([200, { accepted: 1, known: 0, held: 0 }, []]);
          const { body: standings } = await world.ask('GET', `/leaderboards/${race}/standings`, { as: 'olga' });
          expect(standings.virtual).toMatchObject([{ alias: 'anna', laps: 3, imported: true }]);
          best.push(standings.virtual[0].score);
          const { body: log } = await world.ask('GET', `/online/${race}/log`, { as: 'olga' });
          expect(log.records.at(-1)).toMatchObject({
            who: 'olga',
            event: { type: 'imported', from: body.kind, results: 1 },
          });
          expect((await ask(world, race, readFileSync(new URL(file, data)), 'otto')).body.error.code).toBe(
            'access-denied',
          );
        }
        // As the real simulator measured its fastest of three laps; its log has steps of 67 ms.
        expect(best[0]).toBe(16_267_000);
        expect(Math.abs((best[1] as number) - 16_267_000)).toBeLessThanOrEqual(67_000);
      } finally {
        await world.close();
      }
    },
  );

  it('of a log that was cut come with what was odd', async () => {
    const step = (at: number): SimtraceRow => ({
      ...{ episode: 0, step: at, x: at / 10, y: 0, yawDeg: 0, steeringDeg: 0, speedMps: 1, action: 0, reward: 1 },
      ...{ done: at === 100, allWheelsOnTrack: true, progressPct: at, waypoint: 0, trackLengthM: 16, timeS: at / 15 },
      ...{ status: at === 100 ? 'lap_complete' : at === 1 ? 'prepare' : 'in_progress', pauseS: 0, crashes: 0 },
    });
    const log = formatSimtrace(Array.from({ length: 100 }, (_, at) => step(at + 1)));
    const world = await OnlineWorld.open(':memory:');
    try {
      const { race } = await world.race();
      const { body } = await ask(world, race, Buffer.from(`${log}1,1.0,0.`));
      expect(body).toMatchObject({ kind: 'deepracer-simtrace', racers: [{ alias: 'anna', laps: 1 }] });
      expect(body.leftOut).toEqual([expect.stringMatching(/^A row is left out: The file, row 102/)]);
    } finally {
      await world.close();
    }
  });

  it('of a log without its beginning, or with its rows out of order, have no lap that nobody drove', async () => {
    const lap = (episode: number) =>
      Array.from({ length: 100 }, (_, at): SimtraceRow => {
        const step = at + 1;
        return {
          ...{ episode, step, x: at / 10, y: 0, yawDeg: 0, steeringDeg: 0, speedMps: 1, action: 0, reward: 1 },
          ...{ done: step === 100, allWheelsOnTrack: true, progressPct: step, waypoint: 0, trackLengthM: 16 },
          ...{ timeS: episode * 10 + step / 15, status: step === 1 ? 'prepare' : 'in_progress', pauseS: 0, crashes: 0 },
        };
      });
    const world = await OnlineWorld.open(':memory:');
    const read = async (rows: readonly SimtraceRow[]) => {
      const { race } = await world.race();
      return (await ask(world, race, Buffer.from(formatSimtrace(rows)))).body;
    };
    try {
      const late = await read([...lap(0).slice(60), ...lap(1)]);
      expect(late).toMatchObject({ racers: [{ laps: 1 }] });
      expect(late.leftOut).toEqual([
        'Trial 1 is left out: the log does not have its beginning; its first row is step 61.',
      ]);
      expect((await read(lap(0).slice(60))).error.message).toMatch(
        /no lap that counts\. Trial 1.*first row is step 61/,
      );
      const fast = lap(0).map((row) => ({ ...row, timeS: row.timeS / 10 }));
      expect((await read(fast)).error.message).toMatch(/nobody drives the 16\.0 m of its track in \d+ ms/);
    } finally {
      await world.close();
    }
  });
});
