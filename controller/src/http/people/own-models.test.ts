import { randomUUID } from 'node:crypto';
import { mkdtempSync, openAsBlob, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { command, hour, makeTrackRace } from '../../../testing/event-setups.js';
import { type Ask, startWhole, type WholeController } from '../../../testing/whole-controller.js';

const sample = fileURLToPath(new URL('../../../../agent/models/sample.tar.gz', import.meta.url));
const code = ({ status, body }: { status: number; body: { error?: { code: string } } }) => [status, body.error?.code];

describe.each(engines)('on %s', (engine) => {
  const data = mkdtempSync(join(tmpdir(), 'pitwall-own-models-'));
  let hall: WholeController;
  let olga: Ask & { racer: string };
  let ann: Ask & { racer: string };
  let ben: Ask & { racer: string };
  let archive: Blob;
  const upload = async (ask: Ask, name: string, body: Blob = archive) =>
    await ask('POST', `/api/v1/account/models?name=${encodeURIComponent(name)}`, body);
  const models = async (ask: Ask) => (await ask('GET', '/api/v1/account/models')).body.models;
  const enter = async (ask: Ask, race: string, body: object) =>
    await ask('POST', `/api/v1/races/${race}/entries`, body);
  const entryOf = async (race: string, racer: string) =>
    (await olga('GET', `/api/v1/races/${race}`)).body.entries.find((one: { racer: string }) => one.racer === racer);

  beforeAll(async () => {
    hall = await startWhole({ data, database: await freshDatabase(engine) });
    olga = await hall.person('Olga', 'organizer');
    ann = await hall.person('Ann');
    ben = await hall.person('Ben');
    archive = await openAsBlob(sample);
  }, 60_000);
  afterAll(() => hall?.stop());

  it('keeps the same archive of two racers once, under each one’s own name, and leaves the crew’s name alone', async () => {
    const crew = await olga('POST', '/api/v1/models?name=the%20crew%E2%80%99s', archive);
    expect(crew.status, JSON.stringify(crew.body)).toBe(201);
    const { status, body } = await upload(ann, 'Lightning');
    expect(status, JSON.stringify(body)).toBe(201);
    expect(body).toEqual({
      hash: crew.body.hash,
      name: 'Lightning',
      bytes: archive.size,
      uploadedAt: expect.any(Number),
    });
    await upload(ben, 'Thunder');
    await upload(ben, 'Thunder 2');
    expect((await models(ann)).map(({ name }: { name: string }) => name)).toEqual(['Lightning']);
    expect((await models(ben)).map(({ name }: { name: string }) => name)).toEqual(['Thunder 2']);
    expect((await olga('GET', '/api/v1/models')).body.models).toMatchObject([{ name: 'the crew’s' }]);
    const stored = readdirSync(join(data, 'models'), { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    );
    expect(stored.map((one) => statSync(join(one.parentPath, one.name)).size)).toEqual([archive.size]);
  }, 60_000);

  it('refuses at the door what is no model, and what is somebody else’s', async () => {
    expect(code(await upload(ann, 'junk', new Blob(['no model at all'])))).toEqual([409, 'archive-invalid']);
    const [{ hash }] = await models(ben);
    await ben('DELETE', `/api/v1/account/models/${hash}`);
    expect(await models(ben)).toEqual([]);
    expect((await models(ann)).length).toBe(1);
    await makeTrackRace(olga, 'race-1');
    expect(code(await enter(ben, 'race-1', { model: hash }))).toEqual([404, 'not-found']);
    expect(code(await hall.visitor()('GET', '/api/v1/account/models'))).toEqual([401, 'access-unknown']);
  });

  it('enters a model in a race at the track: once a marshal entered the racer, or where the event is open', async () => {
    const [{ hash }] = await models(ann);
    await makeTrackRace(olga, 'race-2', { car: 'agent' });
    expect(code(await enter(ann, 'race-2', { model: hash }))).toEqual([409, 'race-refused']);
    expect((await ann('GET', '/api/v1/account/entries')).body.entries).toEqual([]);
    const entry = { racer: ann.racer, alias: 'Ann', country: 'DE', car: 'blue', models: [] };
    expect((await command(olga, 'race-2', { type: 'enter', entry })).status).toBe(200);
    const entered = await enter(ann, 'race-2', { model: hash });
    expect(entered.status, JSON.stringify(entered.body)).toBe(201);
    // What the marshal said of car and country stands.
    expect(await entryOf('race-2', ann.racer)).toEqual({ ...entry, models: [{ hash, name: 'Lightning' }] });
    expect((await ann('GET', '/api/v1/account/entries')).body.entries).toEqual([
      { race: 'race-2', name: 'race-2', kind: 'track', entered: true, model: { hash, name: 'Lightning' } },
    ]);
    expect(code(await ann('POST', '/api/v1/races/race-2/entries', archive))).toEqual([400, 'request-refused']);
    await makeTrackRace(olga, 'race-3', { car: 'agent' });
    const now = Date.now();
    const program = [{ race: 'race-3', startsAt: now, endsAt: now + hour }];
    const setup = { name: 'Cup', joining: 'open', startsAt: now - hour, endsAt: now + hour, program };
    expect((await olga('POST', '/api/v1/events', { commandId: randomUUID(), setup })).status).toBe(201);
    expect((await enter(ann, 'race-3', { model: hash })).status).toBe(201);
    expect(await entryOf('race-3', ann.racer)).toMatchObject({ alias: 'Ann', models: [{ name: 'Lightning' }] });
    await command(olga, 'race-3', { type: 'open' });
    await command(olga, 'race-3', { type: 'close-entries' });
    expect(code(await enter(ann, 'race-3', { model: hash }))).toEqual([409, 'race-refused']);
  });
});
