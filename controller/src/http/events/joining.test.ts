import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { command, hour, makeOnlineRace, makeTrackRace } from '../../../testing/event-setups.js';
import { type Ask, startWhole, type WholeController } from '../../../testing/whole-controller.js';
import { limits } from '../../limits/index.js';

const code = ({ status, body }: { status: number; body: { error?: { code: string } } }) => [status, body.error?.code];

describe.each(engines)('on %s', (engine) => {
  let hall: WholeController;
  let olga: Ask & { racer: string };
  const now = Date.now();
  const make = async (event: string, races: string[], over: object = {}) => {
    const program = races.map((race) => ({ race, startsAt: now, endsAt: now + hour }));
    const setup = { name: 'Cup', startsAt: now - hour, endsAt: now + hour, program, joining: 'open', ...over };
    const { status, body } = await olga('POST', '/api/v1/events', { event, commandId: randomUUID(), setup });
    expect(status, JSON.stringify(body)).toBe(201);
  };
  const join = async (ask: Ask, event: string, body: object) => await ask('POST', `/api/v1/events/${event}/join`, body);
  const entries = async (race: string): Promise<{ racer: string; alias: string; country?: string }[]> =>
    (await olga('GET', `/api/v1/races/${race}`)).body.entries;

  beforeAll(async () => {
    hall = await startWhole({ database: await freshDatabase(engine), hall: { host: '127.0.0.1', port: 0 } });
    olga = await hall.person('Olga', 'organizer');
    await makeTrackRace(olga, 'heat');
    await make('cup', ['heat', await makeOnlineRace(olga, 'Online')]);
  });
  afterAll(() => hall?.stop());

  it('makes a racer with an account and an entry of whoever joins, who needs no password', async () => {
    const phone = hall.visitor();
    const { status, body } = await join(phone, 'cup', { alias: 'Zoë', country: 'DE', colour: '#1c7ed6' });
    expect(status, JSON.stringify(body)).toBe(201);
    expect(body).toEqual({
      racer: expect.stringMatching(/^r-/),
      alias: 'Zoë',
      race: { race: 'heat', name: 'heat', kind: 'track' },
    });
    expect((await phone('GET', '/api/v1/account')).body).toMatchObject({ name: body.racer, role: 'racer' });
    expect(await entries('heat')).toMatchObject([{ racer: body.racer, alias: 'Zoë', country: 'DE' }]);
    expect((await olga('GET', `/api/v1/racers/${body.racer}`)).body.racer.colour).toBe('#1c7ed6');
    // Who has joined joins another race as they are, and the same one twice without another word.
    const { races } = (await phone('GET', '/api/v1/events/cup')).body;
    const online = races[1].race;
    expect((await join(phone, 'cup', { race: online })).body).toMatchObject({
      racer: body.racer,
      race: { race: online },
    });
    expect((await join(phone, 'cup', { race: 'heat' })).status).toBe(201);
    expect(await entries('heat')).toHaveLength(1);
    expect((await phone('GET', '/api/v1/events/cup')).body.races[1].you).toBe('entered');
    expect(code(await join(hall.visitor(), 'cup', { alias: 'zoë' }))).toEqual([409, 'alias-taken']);
    expect(code(await join(hall.visitor(), 'cup', {}))).toEqual([400, 'message-invalid']);
    expect(code(await join(hall.visitor(), 'cup', { alias: 'Lost', race: 'nowhere' }))).toEqual([409, 'race-refused']);
    // The way back is the organizer's link.
    const { people } = (await olga('GET', '/api/v1/people?limit=500')).body;
    const { id } = people.find((one: { racer: string }) => one.racer === body.racer);
    const { key } = (await olga('POST', `/api/v1/people/${id}/recovery`)).body;
    const other = hall.visitor();
    expect((await other('POST', '/api/v1/people/recovery', { key, password: 'a new phone' })).status).toBe(204);
    expect((await other('GET', '/api/v1/account')).body.name).toBe(body.racer);
  });

  it('lets nobody in where the event is closed for it, or over', async () => {
    await make('closed', [], { joining: 'closed' });
    await make('over', [], { startsAt: now - 2 * hour, endsAt: now - hour });
    for (const event of ['closed', 'over'])
      expect(code(await join(hall.visitor(), event, { alias: 'Late' }))).toEqual([409, 'join-refused']);
    expect(code(await join(hall.visitor(), 'none', { alias: 'Late' }))).toEqual([404, 'not-found']);
  });

  it('records who consents for somebody under age, and shows a neutral name', async () => {
    const { body } = await join(hall.visitor(), 'cup', { alias: 'Mia', guardian: 'M. Meier' });
    expect(body.alias).toMatch(/^Racer \d{6}$/);
    const shown = await join(hall.visitor(), 'cup', { alias: 'Kim', guardian: 'K. Kaya', showAlias: true });
    expect(shown.body.alias).toBe('Kim');
    const log = JSON.stringify((await olga('GET', '/api/v1/races/heat/log')).body);
    expect(log).not.toContain('Mia');
    expect((await olga('GET', '/api/v1/events/cup/minors')).body.minors).toMatchObject([
      { racer: body.racer, called: 'Mia', guardian: 'M. Meier', shown: false, recordedBy: body.racer },
      { called: 'Kim', guardian: 'K. Kaya', shown: true },
    ]);
    const marshal = await hall.person('Not of this event', 'marshal');
    expect(code(await marshal('GET', '/api/v1/events/cup/minors'))).toEqual([403, 'access-denied']);
  });

  it('has a walk-in entered with two fields, who makes the entry their own by the card, once', async () => {
    const mara = await hall.person('Mara');
    await makeTrackRace(olga, 'walk');
    await make('walk', ['walk'], { staff: [{ name: mara.racer, role: 'marshal' }] });
    const { status, body } = await mara('POST', '/api/v1/events/walk/walk-ins', { alias: 'Walter', country: 'AT' });
    expect(status, JSON.stringify(body)).toBe(201);
    expect(await entries('walk')).toMatchObject([{ racer: body.racer, alias: 'Walter', country: 'AT' }]);
    const phone = hall.visitor();
    expect((await phone('POST', '/api/v1/people/claim', { key: body.key })).status).toBe(204);
    expect((await phone('GET', '/api/v1/account')).body).toMatchObject({
      name: body.racer,
      alias: 'Walter',
      role: 'racer',
    });
    expect(code(await hall.visitor()('POST', '/api/v1/people/claim', { key: body.key }))).toEqual([409, 'link-used']);
    const other = await hall.person('Other marshal', 'marshal');
    expect(code(await other('POST', '/api/v1/events/walk/walk-ins', { alias: 'X' }))).toEqual([403, 'access-denied']);
  });

  it('over the hall’s plain HTTP takes the PIN, few wrong ones, no staff, no token, and no other door’s session', async () => {
    await makeTrackRace(olga, 'pin-heat');
    await make('pin', ['pin-heat'], { joining: 'pin' });
    const { pin, url } = (await olga('GET', '/api/v1/events/pin/door')).body;
    expect(pin).toMatch(/^\d{6}$/);
    expect((await hall.visitor()('GET', '/api/v1/events/pin')).body).toMatchObject({ hallUrl: url });
    const phone = hall.visitor(url);
    expect((await phone('GET', '/api/v1/service')).body).toEqual({ role: 'all', hall: true });
    const wrong = `${(Number(pin) + 1) % 1_000_000}`.padStart(6, '0');
    expect(code(await join(phone, 'pin', { alias: 'Pia', pin: wrong }))).toEqual([409, 'join-refused']);
    expect(code(await join(phone, 'pin', { alias: 'Pia' }))).toEqual([409, 'join-refused']);
    expect(code(await join(phone, 'cup', { alias: 'Pia', pin }))).toEqual([409, 'join-refused']);
    const joined = await join(phone, 'pin', { alias: 'Pia', pin });
    expect(joined.status, JSON.stringify(joined.body)).toBe(201);
    expect((await phone('GET', '/api/v1/account')).body).toMatchObject({ alias: 'Pia', may: ['racer'] });
    // What is overheard there is nothing elsewhere, and the other way round.
    const elsewhere = (base: string, path: string, headers: Record<string, string>) =>
      fetch(`${base}${path}`, { headers });
    expect((await elsewhere(hall.url, '/api/v1/account', { cookie: joined.cookie })).status).toBe(401);
    const { cookie } = await hall.visitor()('POST', '/api/v1/session', { name: 'Olga', password: 'correct horse' });
    expect((await elsewhere(url, '/api/v1/account', { cookie })).status).toBe(401);
    expect((await elsewhere(url, '/api/v1/races', { authorization: 'Bearer whatever' })).status).toBe(403);
    // Nobody signs in there, and nothing of staff is done.
    expect(code(await phone('POST', '/api/v1/session', { name: 'Olga', password: 'x' }))).toEqual([
      403,
      'access-denied',
    ]);
    expect(code(await phone('POST', '/api/v1/races', {}))).toEqual([403, 'access-denied']);
    expect((await command(phone, 'pin-heat', { type: 'open' })).code).toBe('access-denied');
    // Somebody who was made staff since is a racer there.
    const { people } = (await olga('GET', '/api/v1/people?limit=500')).body;
    const { id } = people.find(({ alias }: { alias: string }) => alias === 'Pia');
    await olga('PUT', `/api/v1/people/${id}/role`, { role: 'marshal' });
    expect((await phone('GET', '/api/v1/account')).body.may).toEqual(['racer']);
    const guesser = hall.visitor(url);
    const answers: (string | undefined)[] = [];
    for (let tries = 0; tries < limits.pins.ofAddress + 3; tries += 1)
      answers.push((await join(guesser, 'pin', { alias: `Guess ${tries}`, pin: wrong })).body.error?.code);
    expect(answers.slice(-3)).toEqual(['too-many-tries', 'too-many-tries', 'too-many-tries']);
    // A new PIN: who has joined stays in.
    expect((await olga('POST', '/api/v1/events/pin/door/pin')).body.pin).toMatch(/^\d{6}$/);
    expect((await phone('GET', '/api/v1/account')).status).toBe(200);
  });
});
