import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, openAsBlob, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { chainRoot, type LogRecord } from '@pitwall/protocol/race';
import Database from 'better-sqlite3';
import sharp from 'sharp';
import { extract } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { command, hour, makeOnlineRace, makeTrackRace } from '../../../testing/event-setups.js';
import { everythingIn, tracesIn } from '../../../testing/traces.js';
import { type Ask, startWhole, type WholeController } from '../../../testing/whole-controller.js';
import { allMigrations } from '../../compose/migrations.js';
import { openSigner } from '../../forwarding/index.js';
import { RaceArchive } from '../../race/index.js';
import { openStore } from '../../store/index.js';
import type { SubmissionTables } from '../../submissions/index.js';

const sample = fileURLToPath(new URL('../../../../agent/models/sample.tar.gz', import.meta.url));
const alias = 'Zebulon Quist';
const email = 'zebulon@quist.example';
const modelName = 'Quistomobil 9000';
const words = [alias, email, modelName];
const password = 'correct horse';
const board = { id: 'cup', name: 'Cup', ranking: { by: 'best-lap' }, signatures: 'required', writers: ['hall'] };
const model = { hash: 'b'.repeat(64), name: modelName };

/** As docs/races.md has it: written here again, from there. */
function hashOf({ race, seq, at, epoch, who, commandId, previous }: LogRecord, bound: unknown): string {
  const text = JSON.stringify([previous, race, seq, at.bootId, at.at, epoch, who, commandId, bound]);
  return createHash('sha256').update(text).digest('hex');
}

/** A log of an older version, which bound names with the rest. */
function olderLog(racer: string): LogRecord[] {
  const file = new URL('../../../../protocol/testing/version-1-logs.json', import.meta.url);
  const [{ records }] = JSON.parse(readFileSync(file, 'utf8').replaceAll('"anna"', JSON.stringify(racer)));
  const log: LogRecord[] = [];
  for (const [index, { at, epoch, event }] of records.entries()) {
    if (event.type === 'entered' && event.entry.racer === racer) Object.assign(event.entry, { alias, country: 'DE' });
    const previous = log.at(-1)?.hash ?? chainRoot;
    const record = { race: 'old', seq: index + 1, at, epoch, who: 'mara', commandId: null, event, previous };
    log.push({ ...record, hash: hashOf(record as never, event) } as never);
  }
  return log;
}

function copyOf(database: string, to: string): void {
  const db = new Database(database, { readonly: true });
  db.prepare('vacuum into ?').run(to);
  db.close();
}

async function unpacked(bytes: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const tar = extract();
  Readable.from([bytes]).pipe(tar);
  for await (const entry of tar) {
    const parts: Buffer[] = [];
    for await (const part of entry) parts.push(part as Buffer);
    files.set(entry.header.name, Buffer.concat(parts));
  }
  return files;
}

describe.each(engines)('on %s', (engine) => {
  let databases: { hall: string; league: string };
  let hall: WholeController;
  let league: WholeController;
  let olga: Ask & { racer: string };
  let ada: Ask;
  let zeb: Ask & { racer: string };

  /** Somebody who signs up with everything that one can say of oneself. */
  async function signUp(name: string, mail?: string): Promise<Ask & { racer: string }> {
    const ask = hall.visitor();
    const who = {
      alias: name,
      password,
      country: 'DE',
      colour: '#e03131',
      ...(mail === undefined ? {} : { email: mail }),
    };
    const { status, body } = await ask('POST', '/api/v1/people', who);
    expect(status, JSON.stringify(body)).toBe(204);
    return Object.assign(ask, { racer: (await ask('GET', '/api/v1/account')).body.name as string });
  }
  /** Drives two laps, timed by a watch. */
  async function drive(race: string, racer: string, name = alias): Promise<string> {
    const runId = randomUUID();
    const give = async (given: object) => expect(await command(olga, race, given)).toMatchObject({ status: 200 });
    await give({ type: 'enter', entry: { racer, alias: name, country: 'DE', car: null, models: [model] } });
    await give({ type: 'call', runId, racer });
    await give({ type: 'stage', runId, model: model.hash });
    const laps = [9_100_000, 9_200_000].map((time) => ({ time, uncertainty: 100_000 }));
    await give({ type: 'type-laps', runId, laps, reason: 'the gate died' });
    await give({ type: 'confirm', runId });
    return runId;
  }
  const scores = async (at: WholeController) =>
    (await at.visitor()('GET', '/api/v1/leaderboards/cup/standings')).body.physical.map(
      (row: { racer: string; alias: string; score: number }) => [row.racer, row.alias, row.score],
    );

  beforeAll(async () => {
    databases = { hall: await freshDatabase(engine), league: await freshDatabase(engine) };
    const token = join(mkdtempSync(join(tmpdir(), 'pitwall-token-')), 'token');
    league = await startWhole({ database: databases.league, name: 'league' });
    hall = await startWhole({
      ...{ database: databases.hall, name: 'hall', boards: [] },
      forwarding: [{ name: 'league', url: league.url, token }],
    });
    ada = await hall.person('Ada', 'administrator');
    olga = await hall.person('Olga', 'organizer');
    const chief = await league.person('Chief', 'administrator');
    for (const ask of [olga, chief]) expect((await ask('POST', '/api/v1/leaderboards', board)).status).toBe(201);
    const { publicJwk } = await openSigner(join(hall.data, 'source.key.json'));
    expect((await chief('POST', '/api/v1/sources/hall/keys', publicJwk)).status).toBe(201);
    const issued = await chief('POST', '/api/v1/tokens', { name: 'hall', role: 'source' });
    writeFileSync(token, issued.body.token);

    zeb = await signUp(alias, email);
    const picture = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#f00' } })
      .png()
      .toBuffer();
    expect((await zeb('PUT', '/api/v1/account/picture', new Blob([new Uint8Array(picture)]))).status).toBe(200);
    await makeTrackRace(olga, 'heat', { leaderboard: 'cup' });
    await command(olga, 'heat', { type: 'open' });
    await drive('heat', zeb.racer);
    await makeTrackRace(olga, 'later');
    await command(olga, 'later', { type: 'enter', entry: { racer: zeb.racer, alias, car: null, models: [] } });
    const online = await makeOnlineRace(olga, 'Online', { access: 'open' });
    expect((await zeb('POST', `/api/v1/online/${online}/entries`)).status).toBeLessThan(300);
    const archive = await openAsBlob(sample);
    const named = `name=${encodeURIComponent(modelName)}`;
    expect((await zeb('POST', `/api/v1/online/${online}/submissions?${named}`, archive)).status).toBe(201);
    expect((await zeb('POST', `/api/v1/account/models?${named}`, archive)).status).toBe(201);
    const store = await openStore(databases.hall, allMigrations);
    await new RaceArchive(store).add(olderLog(zeb.racer));
    await store.close();
  }, 120_000);
  afterAll(async () => {
    await hall?.stop();
    await league?.stop();
  });

  /** What anybody, and staff, may read. */
  async function answers(at: WholeController, ask: Ask): Promise<string> {
    const { racer } = zeb;
    const paths = [
      ...['heat', 'later', 'old'].flatMap((race) => [
        `/api/v1/races/${race}`,
        `/api/v1/races/${race}/log`,
        `/api/v1/races/${race}/laps.csv`,
        `/api/v1/races/${race}/moments`,
        `/api/v1/races/${race}/sheet`,
        `/api/v1/races/${race}/sheet?format=html`,
      ]),
      '/api/v1/races',
      '/api/v1/leaderboards/cup/standings',
      '/api/v1/leaderboards/cup/changes?since=0',
      `/api/v1/leaderboards/cup/racers/${racer}`,
      `/api/v1/leaderboards/cup/racers/${racer}/results`,
      `/api/v1/racers/${racer}`,
      `/api/v1/racers/${racer}/profile`,
      `/api/v1/racers/${racer}/results`,
      `/api/v1/racers?called=${encodeURIComponent(alias)}`,
      '/api/v1/statistics',
      '/api/v1/people',
      '/api/v1/outbox?state=sent',
      '/metrics',
    ];
    const read = await Promise.all(
      paths.map(async (path) => `${path} ${JSON.stringify((await ask('GET', path)).body)}`),
    );
    return `${at.url}\n${read.join('\n')}`;
  }

  it('times a run, whose result goes to the league under the name', async () => {
    await expect.poll(() => scores(league)).toEqual([[zeb.racer, alias, 9_100_000]]);
    await expect.poll(() => scores(hall)).toEqual([[zeb.racer, alias, 9_100_000]]);
  });

  it('gives a person everything that is kept of them, as one file', async () => {
    const answer = await fetch(`${hall.url}/api/v1/account/export`, {
      headers: { cookie: (await zeb('GET', '/api/v1/account')).cookie },
    });
    expect(answer.headers.get('content-type')).toBe('application/x-tar');
    const files = await unpacked(Buffer.from(await answer.arrayBuffer()));
    expect((await sharp(files.get('picture.webp')).metadata()).format).toBe('webp');
    const kept = JSON.parse(files.get('account.json')?.toString() ?? '');
    expect(kept).toMatchObject({
      racer: zeb.racer,
      account: { alias, email, role: 'racer', devices: [{ isThis: false }] },
      raceEntries: expect.arrayContaining([expect.objectContaining({ race: 'heat' })]),
      onlineEntries: [{ alias, country: 'DE' }],
      results: { results: [{ leaderboard: 'cup', result: { laps: [{ time: 9_100_000 }, { time: 9_200_000 }] } }] },
      deliveries: expect.arrayContaining([expect.objectContaining({ destination: 'league' })]),
    });
    expect(JSON.stringify(kept.raceEntries)).toContain('"race":"old"');
    const archive = readFileSync(sample);
    const { hash } = kept.models[0];
    expect(files.get(`models/${hash}.tar.gz`)?.equals(archive)).toBe(true);
    expect(files.get(`submitted-models/${hash}.tar.gz`)?.equals(archive)).toBe(true);
    expect((await zeb('GET', `/api/v1/racers/${zeb.racer}/export`)).status).toBe(403);
  });

  it('deletes nobody whose run is not over, who cannot show who they are, or who is the last administrator', async () => {
    const code = ({ status, body }: { status: number; body: { error: { code: string } } }) => [status, body.error.code];
    const ben = await signUp('Ben');
    await command(olga, 'heat', { type: 'enter', entry: { racer: ben.racer, alias: 'Ben', car: null, models: [] } });
    const runId = randomUUID();
    await command(olga, 'heat', { type: 'call', runId, racer: ben.racer });
    expect(code(await ben('DELETE', '/api/v1/account', { password }))).toEqual([409, 'erasure-refused']);
    await command(olga, 'heat', { type: 'discard', runId, reason: 'a test' });
    expect(code(await ben('DELETE', '/api/v1/account', { password: 'wrong horse' }))).toEqual([401, 'sign-in-refused']);
    expect(code(await ada('DELETE', '/api/v1/account', { password }))).toEqual([409, 'last-administrator']);
    expect(code(await olga('DELETE', `/api/v1/racers/${ben.racer}`))).toEqual([403, 'access-denied']);
    expect(code(await ada('DELETE', '/api/v1/racers/r-0000000000'))).toEqual([404, 'not-found']);
    expect((await ben('GET', '/api/v1/account')).body.alias).toBe('Ben');
  });

  it('leaves nothing of a name anywhere, and every time under the id; the league follows', async () => {
    const before = (await olga('GET', '/api/v1/races/heat/log')).body.records as LogRecord[];
    expect(tracesIn(await everythingIn(databases.hall), words)).toEqual(words);
    expect(tracesIn(await everythingIn(databases.league), words)).toEqual([alias, modelName]);
    if (engine === 'sqlite') copyOf(databases.hall, `${databases.hall}.before`);
    const live = new WebSocket(`${hall.url.replace('http', 'ws')}/api/v1/live`);
    const told: string[] = [];
    live.on('message', (data) => told.push(String(data)));
    await once(live, 'open');
    live.send(JSON.stringify({ type: 'follow', race: 'heat', after: before.length - 1 }));
    await expect.poll(() => told.some((text) => text.includes('"type":"log"'))).toBe(true);
    expect(tracesIn(told.join(), words)).toEqual([]);
    const other = hall.visitor();
    await other('POST', '/api/v1/session', { name: email, password });

    expect((await zeb('DELETE', '/api/v1/account', { password })).status).toBe(204);

    for (const ask of [zeb, other]) expect((await ask('GET', '/api/v1/account')).status).toBe(401);
    const neutral = expect.stringMatching(/^Racer \d{6}$/);
    expect(await scores(hall)).toEqual([[zeb.racer, neutral, 9_100_000]]);
    await expect.poll(() => scores(league)).toEqual([[zeb.racer, neutral, 9_100_000]]);
    expect(await scores(league)).toEqual(await scores(hall));
    expect(tracesIn(await answers(hall, ada), words)).toEqual([]);
    expect(tracesIn(await answers(league, league.visitor()), words)).toEqual([]);
    expect(tracesIn(await everythingIn(databases.hall), words)).toEqual([]);
    await expect.poll(async () => tracesIn(await everythingIn(databases.league), words)).toEqual([]);

    // Pages that are open hear the records without it.
    await expect.poll(() => told.join()).toContain(zeb.racer);
    expect(tracesIn(told.join(), words)).toEqual([]);
    live.terminate();
    // The archives are gone, too, and what waited for an evaluation is not evaluated.
    const kept = readdirSync(join(hall.data, 'models'), { recursive: true, withFileTypes: true });
    expect(kept.filter((one) => one.isFile())).toEqual([]);
    const store = await openStore(databases.hall, allMigrations);
    const db = store.as<SubmissionTables>();
    expect(await db.selectFrom('submission_blobs').selectAll().execute()).toEqual([]);
    expect(await db.selectFrom('submissions').select('state').execute()).toEqual([{ state: 'cancelled' }]);
    await store.close();

    // Every record has the hash that it had, of ids alone.
    const after = (await olga('GET', '/api/v1/races/heat/log')).body.records as LogRecord[];
    expect(after.map(({ hash }) => hash)).toEqual(before.map(({ hash }) => hash));
    for (const record of after) {
      const { event } = record;
      const bound =
        event.type === 'entered'
          ? {
              type: 'entered',
              entry: { racer: event.entry.racer, car: null, models: event.entry.models.map(({ hash }) => ({ hash })) },
            }
          : event;
      expect(hashOf(record, bound)).toBe(record.hash);
    }
    // Of the older log the records that had the name are said to be withheld, and every link holds.
    const old = (await olga('GET', '/api/v1/races/old/log')).body.records as LogRecord[];
    for (const [index, record] of old.entries()) {
      expect(record.previous).toBe(old[index - 1]?.hash ?? chainRoot);
      const isWithheld = record.event.type === 'entered' && record.event.entry.racer === zeb.racer;
      expect(record.names).toBe(isWithheld ? 'withheld' : undefined);
      expect(hashOf(record, record.event) === record.hash).toBe(!isWithheld);
    }
    // Who has not driven is out of the race; who has stays.
    expect((await olga('GET', '/api/v1/races/later')).body.entries).toEqual([]);
    expect((await olga('GET', '/api/v1/races/heat')).body.standings[0]).toMatchObject({
      alias: neutral,
      score: 9_100_000,
    });
  });

  it('gives the alias to whoever asks next, who inherits nothing', async () => {
    const namesake = await signUp(alias, email);
    expect(namesake.racer).not.toBe(zeb.racer);
    expect((await namesake('GET', `/api/v1/racers/${namesake.racer}/profile`)).body).toMatchObject({
      alias,
      results: 0,
    });
    expect((await scores(hall))[0][1]).not.toBe(alias);
    expect((await ada('DELETE', `/api/v1/racers/${namesake.racer}`)).status).toBe(204);
  });

  it('keeps what comes later of a deleted racer under the neutral name, here and at the league', async () => {
    await drive('heat', (await signUp('Late Comer')).racer, 'Late Comer');
    const { racer } = (await olga('GET', '/api/v1/races/heat')).body.entries.at(-1);
    await expect.poll(async () => (await scores(league)).length).toBe(2);
    expect((await ada('DELETE', `/api/v1/racers/${racer}`)).status).toBe(204);
    const { runId } = (await olga('GET', '/api/v1/races/heat')).body.runs.at(-1);
    await command(olga, 'heat', { type: 'reopen', runId, reason: 'a lap more' });
    await command(olga, 'heat', { type: 'confirm', runId });
    const named = async (at: WholeController) => (await scores(at)).map(([, name]: string[]) => name);
    await expect.poll(() => named(league)).toEqual([expect.stringMatching(/^Racer/), expect.stringMatching(/^Racer/)]);
    await expect.poll(async () => tracesIn(await everythingIn(databases.league), ['Late Comer'])).toEqual([]);
  });

  it('deletes a walk-in without an account, and who consented for them', async () => {
    const now = Date.now();
    const setup = { name: 'Day', joining: 'open', startsAt: now - hour, endsAt: now + hour };
    await olga('POST', '/api/v1/events', { event: 'day', commandId: randomUUID(), setup });
    const asked = { alias: 'Mia Quist', guardian: 'Guardia Quist' };
    const { body } = await olga('POST', '/api/v1/events/day/walk-ins', asked);
    expect((await olga('GET', '/api/v1/events/day/minors')).body.minors).toHaveLength(1);
    expect((await ada('DELETE', `/api/v1/racers/${body.racer}`)).status).toBe(204);
    expect((await olga('GET', '/api/v1/events/day/minors')).body.minors).toEqual([]);
    expect(tracesIn(await everythingIn(databases.hall), ['Mia Quist', 'Guardia Quist'])).toEqual([]);
    expect((await hall.visitor()('POST', '/api/v1/people/claim', { key: body.key })).body.error.code).toBe('link-used');
  });

  it('takes names out of an exported log that comes back', async () => {
    const store = await openStore(await freshDatabase(engine), allMigrations);
    const archive = new RaceArchive(store);
    expect(await archive.add(olderLog(zeb.racer), [zeb.racer])).toBe('added');
    const { records } = await archive.read('old' as never);
    expect(records.some(({ names }) => names === 'withheld')).toBe(true);
    expect(tracesIn(JSON.stringify(records), words)).toEqual([]);
    await store.close();
  });

  // PostgreSQL's copy is made by pg_dump: the same list is read.
  const onSqlite = engine === 'sqlite' ? it : () => undefined;
  onSqlite('brings nobody back with a database of an older day', async () => {
    const data = mkdtempSync(join(tmpdir(), 'pitwall-restored-'));
    const database = join(data, 'pitwall.db');
    copyFileSync(`${databases.hall}.before`, database);
    copyFileSync(join(hall.data, 'erased-racers'), join(data, 'erased-racers'));
    copyFileSync(join(hall.data, 'source.key.json'), join(data, 'source.key.json'));
    expect(tracesIn(await everythingIn(database), [email])).toEqual([email]);
    const restored = await startWhole({ data, database, name: 'hall', boards: [] });
    expect(tracesIn(await everythingIn(database), words)).toEqual([]);
    expect(await scores(restored)).toEqual([[zeb.racer, expect.stringMatching(/^Racer/), 9_100_000]]);
    await restored.stop();
  });
});
