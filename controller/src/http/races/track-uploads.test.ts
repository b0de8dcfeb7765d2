import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { TrackList, TrackOutline, UploadedTrack } from '@pitwall/protocol/api';
import { formatNpy, parseTrack } from '@pitwall/protocol/track';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { OnlineWorld } from '../../../testing/online-world.js';
import { uploadLimits } from '../../tracks/index.js';

const harbour = parseTrack(
  readFileSync(new URL(import.meta.resolve('@pitwall/protocol/tracks/harbour.json')), 'utf8'),
  'harbour',
);
const npy = Buffer.from(formatNpy(harbour));
const rows = Array.from({ length: harbour.centre.count }, (_, i) =>
  [harbour.centre, harbour.inner, harbour.outer].flatMap(({ points }) => [...points.slice(2 * i, 2 * i + 2)]),
);
const scaled = (factor: number) => Buffer.from(rows.map((row) => row.map((value) => value * factor).join()).join('\n'));

let world: OnlineWorld;
afterEach(async () => await world.close());

const upload = async (body: Buffer, query: Record<string, string> = {}, as?: string) =>
  await world.ask('POST', `/tracks?${new URLSearchParams({ file: 'My Hall.npy', ...query })}`, {
    as: as ?? 'olga',
    body,
    headers: { 'content-type': 'application/octet-stream' },
  });
const list = async () => TrackList.parse((await world.ask('GET', '/tracks')).body).tracks;

describe.each(engines)('an uploaded track, on %s', (engine) => {
  beforeEach(async () => {
    world = await OnlineWorld.open(await freshDatabase(engine));
  });

  it('is kept, measured, listed and served as those that come with Pitwall', async () => {
    const before = await list();
    const { status, body } = await upload(npy, { name: 'Hall 3', look: '7' });
    expect(status).toBe(201);
    const answer = UploadedTrack.parse(body);
    expect(answer).toMatchObject({ track: 'my-hall', version: 1, name: 'Hall 3', uploaded: true, kept: true });
    expect(answer.lengthM).toBeCloseTo(harbour.lengthM, 3);
    expect(answer.widthM).toBeCloseTo(harbour.widthM, 3);
    expect(answer.tightestM).toBeGreaterThan(0.4);
    expect([answer.notes, answer.faults, answer.violations]).toEqual([[], [], []]);
    const { lengthM, widthM } = answer;
    const row = { track: 'my-hall', version: 1, name: 'Hall 3', uploaded: true, lengthM, widthM };
    expect(await list()).toEqual([...before, row]);
    const served = TrackOutline.parse((await world.ask('GET', '/tracks/my-hall')).body);
    expect(served.outline).toEqual(answer.outline);
    expect(served.description).toBeNull();
    expect(await world.tracks.uploaded({ id: 'my-hall', version: 1 })).toContain('"lookSeed":7');
  });

  it('is the same when it comes again; another shape is the next version, and both are there', async () => {
    const answers = [await upload(npy), await upload(npy), await upload(scaled(1.1)), await upload(npy)];
    expect(answers.map(({ body }) => body.version)).toEqual([1, 1, 2, 1]);
    const versionOf = async (query: string) => (await world.ask('GET', `/tracks/my-hall${query}`)).body;
    expect((await versionOf('')).version).toBe(2);
    expect((await versionOf('?version=1')).lengthM).toBeCloseTo(harbour.lengthM, 3);
    expect(await versionOf('?version=3')).toMatchObject({
      error: { code: 'not-found', message: expect.stringMatching(/no track my-hall in version 3/) },
    });
    expect((await list()).filter(({ track }) => track === 'my-hall')).toHaveLength(1);
  });

  it('of several at one moment is one', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => upload(npy)));
    for (const { status, body } of answers)
      if (status === 201) expect(body.version).toBe(1);
      else expect(body.error.code).toBe('track-exists');
    expect((await list()).filter(({ track }) => track === 'my-hall')).toHaveLength(1);
  });

  it('is raced on online, in the version that the race names', async () => {
    await upload(npy);
    const race = async (version: number) =>
      await world.ask('POST', '/races', {
        as: 'olga',
        body: {
          commandId: randomUUID(),
          setup: world.setup({
            track: { id: 'my-hall' as never, version },
            rules: { name: 'Rules', direction: 'clockwise' },
            seed: 9,
          }),
        },
      });
    const made = await race(1);
    expect(made).toMatchObject({ status: 201, body: { setup: { track: { id: 'my-hall', version: 1 }, seed: 9 } } });
    expect(await world.ask('GET', `/leaderboards/${made.body.leaderboard}`)).toMatchObject({
      body: { track: { id: 'my-hall', direction: 'clockwise' } },
    });
    expect((await race(2)).body.error).toMatchObject({
      code: 'race-refused',
      message: 'Track my-hall is here in version 1, not 2.',
    });
  });

  it('is offered no more once it is deleted; a race that names it keeps it, and the same file brings it back', async () => {
    await upload(npy);
    const setup = world.setup({
      track: { id: 'my-hall' as never, version: 1 },
      rules: { name: 'Rules', direction: 'clockwise' },
    });
    const race = async () =>
      await world.ask('POST', '/races', { as: 'olga', body: { commandId: randomUUID(), setup } });
    const made = await race();
    expect(made.status).toBe(201);
    const remove = async (id: string) => await world.ask('DELETE', `/tracks/${id}`, { as: 'olga' });
    expect(await world.ask('DELETE', '/tracks/my-hall')).toMatchObject({ status: 401 });
    expect((await remove('my-hall')).status).toBe(204);
    expect((await list()).some(({ track }) => track === 'my-hall')).toBe(false);
    expect((await world.ask('GET', '/tracks/my-hall')).status).toBe(404);
    expect(await remove('my-hall')).toMatchObject({ status: 404, body: { error: { code: 'not-found' } } });
    expect(await remove('oval')).toMatchObject({
      status: 409,
      body: { error: { code: 'track-exists', message: expect.stringMatching(/comes with Pitwall/) } },
    });
    // The race has its map, its evaluations their file, and its organizer may change all else of it.
    expect((await world.ask('GET', '/tracks/my-hall?version=1')).body.lengthM).toBeCloseTo(harbour.lengthM, 3);
    expect(await world.tracks.uploaded({ id: 'my-hall', version: 1 })).toContain('"version":1');
    const changed = await world.ask('PUT', `/online/${made.body.race}`, {
      as: 'olga',
      body: { seen: made.body.version, setup: { ...made.body.setup, name: 'Another name' } },
    });
    expect(changed).toMatchObject({ status: 200, body: { setup: { name: 'Another name' } } });
    expect((await race()).body.error).toMatchObject({
      code: 'race-refused',
      message: 'Track my-hall in version 1 was deleted; choose another.',
    });
    // Another shape under the id does not take the number of what races name.
    expect((await upload(scaled(1.1))).body.version).toBe(2);
    expect((await race()).body.error.code).toBe('race-refused');
    expect((await upload(npy)).body.version).toBe(1);
    expect((await race()).status).toBe(201);
  });
});

describe('what is odd', () => {
  beforeEach(async () => {
    world = await OnlineWorld.open(':memory:');
  });

  it('is said in the answer', async () => {
    const { body } = await upload(scaled(100), { file: 'hall.csv' });
    expect(body).toMatchObject({ kept: true, notes: [expect.stringMatching(/taken for centimetres/)] });
    expect(body.lengthM).toBeCloseTo(harbour.lengthM, 3);
    expect((await upload(scaled(1.5), { file: 'wide.csv' })).body.violations[0]).toMatch(/not 24 ± 3 inches wide/);
  });

  it('is drawn in a look where it cannot be raced on, and refused where it is to be kept', async () => {
    const shifted = rows.map((row, i) => [...row.slice(0, 4), ...(rows[(i + 80) % rows.length] ?? []).slice(4)]);
    const body = Buffer.from(JSON.stringify({ waypoints: shifted }));
    const look = await upload(body, { check: 'true', file: 'shifted.json' });
    expect(look).toMatchObject({ status: 200, body: { kept: false, faults: [expect.stringMatching(/out of step/)] } });
    expect(UploadedTrack.parse(look.body).outline.centre).toHaveLength(rows.length);
    expect(await upload(body)).toMatchObject({
      status: 409,
      body: {
        error: { code: 'track-invalid', message: expect.stringMatching(/cannot be raced on\. The borders are/) },
      },
    });
    expect((await list()).some(({ uploaded }) => uploaded)).toBe(false);
  });

  it.each<[string, Buffer, Record<string, string>, number, RegExp]>([
    ['is no track', Buffer.from('hello'), {}, 409, /holds no/],
    ['is empty', Buffer.alloc(0), {}, 409, /holds no numbers/],
    ['is open', scaled(1).subarray(0, 9000), {}, 409, /is open|numbers in row/],
    ['has the id of one of ours', npy, { id: 'oval' }, 409, /comes with Pitwall is called oval/],
    ['has a bad id', npy, { id: 'No Id' }, 400, /query is not valid: id/],
    ['has a unit that nobody knows', npy, { unit: 'furlong' }, 400, /query is not valid: unit/],
    ['is too large', Buffer.alloc(uploadLimits.bytes + 1, 0x31), {}, 413, /too large/i],
    [
      'has too many points',
      Buffer.from(
        Array.from({ length: 8000 }, (_, i) => `${3 * Math.cos(i / 1273.2)},${2 * Math.sin(i / 1273.2)}`).join('\n'),
      ),
      {},
      409,
      /has \d+ points; at most 5000 are kept/,
    ],
  ])('a file that %s is refused with a sentence', async (_what, body, query, status, message) => {
    const answer = await upload(body, query);
    expect(answer.body.error.message).toMatch(message);
    expect(answer.status).toBe(status);
  });

  it('is nobody’s but an organizer’s to upload, as bytes', async () => {
    expect((await upload(npy, {}, 'anna')).status).toBe(403);
    expect(
      (
        await world.ask('POST', '/tracks?file=a.npy', {
          body: npy,
          headers: { 'content-type': 'application/octet-stream' },
        })
      ).status,
    ).toBe(401);
    const json = await world.ask('POST', '/tracks?file=a.json', { as: 'olga', body: { waypoints: rows } });
    expect(json).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(/as the body, as/) } } });
  });
});
