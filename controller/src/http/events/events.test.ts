import { randomUUID } from 'node:crypto';
import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { command, hour, makeOnlineRace, makeTrackRace } from '../../../testing/event-setups.js';
import { type Ask, startWhole, type WholeController } from '../../../testing/whole-controller.js';

const code = ({ status, body }: { status: number; body: { error?: { code: string } } }) => [status, body.error?.code];

describe.each(engines)('on %s', (engine) => {
  let hall: WholeController;
  let olga: Ask & { racer: string };
  let oscar: Ask & { racer: string };
  let nobody: Ask;
  const now = Date.now();
  const setupOf = (over: object = {}) => ({
    name: 'Autumn Cup',
    startsAt: now - hour,
    endsAt: now + 8 * hour,
    timeZone: 'Europe/Berlin',
    ...over,
  });
  const make = async (ask: Ask, event: string | undefined, over: object = {}) =>
    await ask('POST', '/api/v1/events', { event, commandId: randomUUID(), setup: setupOf(over) });
  const names = async (ask: Ask, when: string): Promise<string[]> =>
    (await ask('GET', `/api/v1/events?when=${when}`)).body.events.map(({ event }: { event: string }) => event);

  beforeAll(async () => {
    hall = await startWhole({ database: await freshDatabase(engine) });
    olga = await hall.person('Olga', 'organizer');
    oscar = await hall.person('Oscar', 'organizer');
    nobody = hall.visitor();
  });
  afterAll(() => hall?.stop());

  it('shows races, boards, program and people of an event to everybody, and lets its organizer alone change it', async () => {
    await makeTrackRace(olga, 'heat');
    const online = await makeOnlineRace(olga, 'Online heat');
    await olga('POST', '/api/v1/leaderboards', { id: 'cup', name: 'The cup', ranking: { by: 'best-lap' } });
    const program = [
      { name: 'Doors', startsAt: now - hour, endsAt: now - hour },
      { race: 'heat', startsAt: now, endsAt: now + hour },
      { race: online, startsAt: now, endsAt: now + hour },
    ];
    const made = await make(olga, 'autumn', { program, boards: ['cup'], points: [3, 2, 1], cars: ['car-1'] });
    expect(made.status).toBe(201);
    const { body: seen } = await nobody('GET', '/api/v1/events/autumn');
    expect(seen).toMatchObject({ phase: 'on', organizer: 'Olga', yours: false, version: 1 });
    expect(seen.races).toMatchObject([
      { race: 'heat', kind: 'track', phase: 'draft', entries: 0, winner: null },
      { race: online, kind: 'online', phase: 'open', opensAt: expect.any(Number) },
    ]);
    expect(seen.boards).toEqual([{ id: 'cup', name: 'The cup' }]);
    expect((await olga('GET', '/api/v1/events/autumn')).body.yours).toBe(true);
    expect((await nobody('GET', '/api/v1/events/autumn/standings')).body).toMatchObject({
      name: 'Autumn Cup',
      points: [3, 2, 1],
      races: [{ leaderboard: 'cup' }],
    });
    const change = { seen: 1, setup: { ...seen.setup, name: 'Autumn Cup 2026' } };
    expect(code(await oscar('PUT', '/api/v1/events/autumn', change))).toEqual([403, 'access-denied']);
    expect((await olga('PUT', '/api/v1/events/autumn', change)).body.version).toBe(2);
    expect(code(await olga('PUT', '/api/v1/events/autumn', change))).toEqual([409, 'event-conflict']);
    expect(code(await make(olga, 'autumn'))).toEqual([409, 'event-exists']);
  });

  it('lists what is on, coming and past, page by page; what only a link shows is in no list', async () => {
    await make(olga, 'spring', { startsAt: now + 24 * hour, endsAt: now + 25 * hour });
    for (const [event, ago] of [
      ['old-1', 3],
      ['old-2', 2],
      ['old-3', 2],
    ] as const)
      await make(olga, event, { startsAt: now - ago * 24 * hour, endsAt: now - ago * 23 * hour });
    const hidden = (await make(olga, undefined, { access: 'link' })).body.event;
    expect(hidden).toMatch(/^private-[0-9a-f]{32}$/);
    expect(await names(nobody, 'on')).toEqual(['autumn']);
    expect(await names(nobody, 'coming')).toEqual(['spring']);
    expect((await nobody('GET', `/api/v1/events/${hidden}`)).body.setup.name).toBe('Autumn Cup');
    const pages: string[][] = [];
    for (let after: string | null = ''; after !== null; ) {
      const { body } = await nobody('GET', `/api/v1/events?when=past&limit=2${after === '' ? '' : `&after=${after}`}`);
      pages.push(body.events.map(({ event }: { event: string }) => event));
      after = body.next;
    }
    expect(pages.flat()).toEqual(['old-3', 'old-2', 'old-1']);
    expect(code(await make(olga, 'private-cup'))).toEqual([409, 'event-refused']);
    expect(code(await nobody('GET', '/api/v1/events/none'))).toEqual([404, 'not-found']);
  });

  it('keeps no trace of a race by invitation from those who may not see it', async () => {
    const secret = await makeOnlineRace(olga, 'Only friends', { access: 'invited' });
    const program = [{ race: secret, name: 'Friends', startsAt: now, endsAt: now + hour }];
    await make(olga, 'with-friends', { program });
    for (const ask of [nobody, oscar]) {
      for (const path of ['', '/standings', '/calendar.ics']) {
        const answer = JSON.stringify((await ask('GET', `/api/v1/events/with-friends${path}`)).body);
        expect(answer).not.toMatch(/invited-|Friends/);
      }
      expect((await ask('GET', '/api/v1/events/with-friends')).body.setup.program).toEqual([]);
    }
    expect((await olga('GET', '/api/v1/events/with-friends')).body.races).toMatchObject([
      { race: secret, you: 'organizer' },
    ]);
    // Nobody puts another's hidden race into an event to learn of it.
    expect(code(await make(oscar, 'spy', { program }))).toEqual([404, 'not-found']);
    await olga('DELETE', '/api/v1/events/with-friends');
    expect(code(await olga('GET', '/api/v1/events/with-friends'))).toEqual([404, 'not-found']);
  });

  it('leaves an event’s races and boards to its own people, and stopping a car to every marshal', async () => {
    const mara = await hall.person('Mara');
    const chief = await hall.person('Chief', 'marshal');
    const outside = await hall.person('Outside', 'marshal');
    await makeTrackRace(olga, 'final');
    await olga('POST', '/api/v1/leaderboards', { id: 'finals', name: 'Finals', ranking: { by: 'best-lap' } });
    const open = { type: 'open' };
    expect((await command(mara, 'final', open)).code).toBe('access-denied');
    const staff = [
      { name: mara.racer, role: 'marshal' },
      { name: chief.racer, role: 'crew' },
      { name: outside.racer, role: 'commentator' },
    ];
    const program = [{ race: 'final', startsAt: now, endsAt: now + hour }];
    const { body } = await make(olga, 'finals-day', { program, staff, boards: ['finals'] });
    expect(body.staff).toEqual([
      { alias: 'Mara', role: 'marshal' },
      { alias: 'Chief', role: 'crew' },
      { alias: 'Outside', role: 'commentator' },
    ]);
    expect((await nobody('GET', '/api/v1/events/finals-day')).body.setup.staff).toEqual([]);
    // She is a racer elsewhere, and a marshal here.
    expect((await mara('GET', '/api/v1/account')).body.may).toEqual(['racer', 'marshal', 'crew']);
    for (const other of [oscar, chief, outside])
      expect((await command(other, 'final', open)).code).toBe('access-denied');
    expect((await command(mara, 'final', open)).status).toBe(200);
    expect((await command(outside, 'final', { type: 'e-stop', car: 'car-1' })).code).not.toBe('access-denied');
    expect((await command(await hall.person('Ada', 'administrator'), 'final', { type: 'close' })).status).toBe(200);
    const board = { name: 'Mine', ranking: { by: 'best-lap' } };
    expect(code(await oscar('PUT', '/api/v1/leaderboards/finals', board))).toEqual([403, 'access-denied']);
    expect(code(await oscar('GET', '/api/v1/leaderboards/finals/webhooks'))).toEqual([403, 'access-denied']);
    expect((await olga('PUT', '/api/v1/leaderboards/finals', board)).status).toBe(200);
    // Nobody takes over what belongs to another's event.
    expect(code(await make(oscar, 'mine', { program }))).toEqual([409, 'event-refused']);
    expect(code(await make(oscar, 'mine', { boards: ['finals'] }))).toEqual([409, 'event-refused']);
    expect(code(await make(oscar, 'mine', { boards: ['none'] }))).toEqual([404, 'not-found']);
    // When the event is long over, she is a racer again.
    const { version, setup } = (await olga('GET', '/api/v1/events/finals-day')).body;
    const over = { ...setup, startsAt: now - 90 * hour, endsAt: now - 80 * hour };
    await olga('PUT', '/api/v1/events/finals-day', { seen: version, setup: over });
    expect((await mara('GET', '/api/v1/account')).body.may).toEqual(['racer']);
  });

  it('moves what is still to come, and makes the same again with new races and boards', async () => {
    await makeTrackRace(olga, 'sprint', { leaderboard: 'sprints' });
    await olga('POST', '/api/v1/leaderboards', { id: 'sprints', name: 'Sprints', ranking: { by: 'best-lap' } });
    const online = await makeOnlineRace(olga, 'Online sprint');
    const program = [
      { name: 'Doors', startsAt: now - hour, endsAt: now - hour },
      { race: 'sprint', startsAt: now + hour, endsAt: now + 2 * hour },
      { race: online, startsAt: now, endsAt: now + hour },
    ];
    const made = await make(olga, 'sprint-day', { program, boards: ['sprints'] });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const moved = await olga('POST', '/api/v1/events/sprint-day/shift', { seen: 1, from: now, byMinutes: 30 });
    expect(moved.body.setup.program.map(({ startsAt }: { startsAt: number }) => startsAt - now)).toEqual([
      -hour,
      1.5 * hour,
      0.5 * hour,
    ]);
    expect(moved.body.setup).toMatchObject({ startsAt: now - hour, endsAt: now + 8.5 * hour });
    const week = 7 * 24 * hour;
    const again = { commandId: randomUUID(), name: 'Sprint day 2', startsAt: now - hour + week };
    expect(code(await oscar('POST', '/api/v1/events/sprint-day/clone', again))).toEqual([403, 'access-denied']);
    const { status, body: clone } = await olga('POST', '/api/v1/events/sprint-day/clone', again);
    expect(status, JSON.stringify(clone)).toBe(201);
    expect(clone.races).toMatchObject([
      { kind: 'track', name: 'sprint', phase: 'draft', entries: 0 },
      { kind: 'online', name: 'Online sprint', phase: 'upcoming', entries: 0 },
    ]);
    const [race, board] = [clone.races[0], clone.boards[0]];
    expect(race.race).toMatch(/^sprint-[0-9a-f]{6}$/);
    expect(board.id).toMatch(/^sprints-[0-9a-f]{6}$/);
    expect(race.leaderboard).toBe(board.id);
    expect(clone.setup.program[1].startsAt).toBe(now + 1.5 * hour + week);
    const twice = await olga('POST', '/api/v1/events/sprint-day/clone', again);
    expect(twice.body.event).toBe(clone.event);
  });

  it('gives a calendar that another program reads, in the zone of whoever looks at it', async () => {
    await makeTrackRace(olga, 'calendar-race', { name: 'Großer Preis; Lauf 1, „schnell“ 🏁'.repeat(2) });
    const at = Date.UTC(2026, 9, 25, 0, 30);
    const program = [
      { race: 'calendar-race', startsAt: at, endsAt: at + hour },
      { name: 'Prizes', startsAt: at + 2 * hour, endsAt: at + 3 * hour },
    ];
    await make(olga, 'dated', { program, startsAt: at, endsAt: at + 9 * hour, place: 'Hall 3\nback door' });
    const { body, headers } = await nobody('GET', '/api/v1/events/dated/calendar.ics');
    expect(headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    for (const line of body.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    const read = new ICAL.Component(ICAL.parse(body)).getAllSubcomponents('vevent').map((one) => new ICAL.Event(one));
    expect(read.map(({ summary }) => summary)).toEqual([
      `${'Großer Preis; Lauf 1, „schnell“ 🏁'.repeat(2)} – Autumn Cup`,
      'Prizes – Autumn Cup',
    ]);
    expect(read[0]?.location).toBe('Hall 3\nback door');
    // The night in which clocks go back in Berlin: the hour that exists twice is told apart.
    expect(read.map(({ startDate }) => startDate.toJSDate().toISOString())).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T02:30:00.000Z',
    ]);
    expect(new Set(read.map(({ uid }) => uid)).size).toBe(2);
  });
});
