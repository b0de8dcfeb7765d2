import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { rulePresets } from '@pitwall/protocol/race';
import type { Crew } from './askers.js';
import { command, hour, makeOnlineRace, makeTrackRace } from './event-setups.js';
import type { Operation } from './openapi-document.js';
import type { Ask, WholeController } from './whole-controller.js';

/** What a route is asked about, in one of the states that matter. */
export interface Place {
  readonly name: string;
  /** For the names in the path. */
  readonly values: Readonly<Record<string, string>>;
  /** The same of something that never was: to whom this is hidden, both are the same. */
  readonly never?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Of an event: the body that changes nothing of it. */
  readonly setup?: unknown;
}

const done = ({ status, body }: Awaited<ReturnType<Ask>>): void => {
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
};
const now = Date.now();
const onlineSetup = (over: object = {}) => ({
  ...{ kind: 'online', name: 'A race', opensAt: now - hour, closesAt: now + 24 * hour },
  ...{ track: { id: 'harbour', version: 1 }, rules: { name: 'Rules' }, ...over },
});
const trackSetup = (over: object = {}) => ({
  ...{ name: 'A race', track: { id: 'harbour', version: 1 }, gates: ['main'], car: 'any' },
  ...{ rules: rulePresets['drem-default'], ...over },
});
const eventSetup = (over: object = {}) => ({
  ...{ name: 'A day', startsAt: now - hour, endsAt: now + 8 * hour, timeZone: 'Europe/Berlin', ...over },
});

/** Bodies that are taken, where the smallest ones by the schema would be refused for what is in them. */
const bodies: Readonly<Record<string, unknown>> = {
  'POST /api/v1/races/:race/commands': { commandId: randomUUID(), seen: 0, command: { type: 'roll-call' } },
  'POST /api/v1/events': { event: 'another-day', commandId: randomUUID(), setup: eventSetup() },
  'POST /api/v1/events/:event/clone': { commandId: randomUUID(), name: 'Again', startsAt: now + hour },
  'POST /api/v1/events/:event/shift': { seen: 1, from: now, byMinutes: 5 },
  'PUT /api/v1/online/:race': { seen: 1, setup: onlineSetup() },
  'POST /api/v1/online/:race/entries/:racer/remove': { reason: 'out' },
  'POST /api/v1/online/:race/submissions': { model: 'a'.repeat(64) },
  'POST /api/v1/online/:race/entries': {},
  'PUT /api/v1/people/:person/role': { role: 'racer' },
  'POST /api/v1/leaderboards': { id: 'another-board', name: 'A board', ranking: { by: 'best-lap' } },
  'PUT /api/v1/leaderboards/:id': { name: 'A board', ranking: { by: 'best-lap' } },
  // Nobody signs up here: each password is hashed for a third of a second.
  'POST /api/v1/people': { alias: '', password: '' },
};

/** An event with a race in each state that matters, one that its organizer hides, and what belongs to them. */
export async function makePlaces(
  hall: WholeController,
  { olga, racers }: Crew,
  racer: Ask,
): Promise<(operation: Operation) => Place[]> {
  for (const race of ['draft', 'open', 'running', 'closed']) await makeTrackRace(olga, race);
  for (const race of ['open', 'running', 'closed']) done(await given(olga, race, { type: 'open' }));
  const entry = { racer: racers['a racer'], alias: 'A racer', car: null, models: [] };
  done(await given(olga, 'running', { type: 'enter', entry }));
  done(await given(olga, 'running', { type: 'call', runId: randomUUID(), racer: entry.racer }));
  done(await given(olga, 'closed', { type: 'close' }));
  const online = {
    open: await makeOnlineRace(olga, 'Everybody'),
    closed: await makeOnlineRace(olga, 'Over'),
    hidden: await makeOnlineRace(olga, 'Only friends', { access: 'invited' }),
  };
  const { key } = (await olga('GET', `/api/v1/online/${online.hidden}/invitation`)).body;
  for (const race of Object.values(online))
    done(await racer('POST', `/api/v1/online/${race}/entries`, { invitation: key }));
  done(await olga('POST', `/api/v1/online/${online.closed}/close`));
  const model = new Blob([await readFile(new URL('../../agent/models/sample.tar.gz', import.meta.url))]);
  const submissions: Record<string, string> = {};
  for (const state of ['open', 'hidden'] as const) {
    const sent = await racer('POST', `/api/v1/online/${online[state]}/submissions?name=model`, model);
    done(sent);
    submissions[state] = sent.body.submission;
  }
  for (const id of ['nobodys', 'the-events'])
    done(await olga('POST', '/api/v1/leaderboards', { id, name: 'A board', ranking: { by: 'best-lap' } }));
  const staff = ['marshal', 'crew', 'commentator'].map((role) => ({ name: racers[`the event’s ${role}`], role }));
  const program = ['draft', 'open', 'running', 'closed', ...Object.values(online)].map((race) => ({
    ...{ race, startsAt: now, endsAt: now + hour },
  }));
  const listed = { event: 'listed', commandId: randomUUID() };
  const setup = eventSetup({ staff, program, boards: ['the-events'], joining: 'open' });
  done(await olga('POST', '/api/v1/events', { ...listed, setup }));
  const linked = { commandId: randomUUID(), setup: eventSetup({ access: 'link', staff }) };
  const byLink = (await olga('POST', '/api/v1/events', linked)).body.event;
  await hall.person('a racer to manage');
  await hall.person('an organizer to manage', 'organizer');
  const people = (await olga('GET', '/api/v1/people?limit=500')).body.people as { id: string; alias: string }[];
  const idOf = (alias: string) => people.find((one) => one.alias === alias)?.id ?? '';

  const neverRace = `invited-${randomUUID().replaceAll('-', '')}`;
  const other = '0196a000-0000-7000-8000-00000000ffff';
  const rest = (values: Record<string, string>): Record<string, string> => ({
    ...{
      racer: racers['a racer'] ?? '',
      submission: other,
      result: other,
      note: other,
      hash: 'a'.repeat(64),
      kind: 'replay',
      format: 'csv',
    },
    ...values,
  });
  const onlinePlaces: Place[] = Object.entries(online).map(([name, race]) => ({
    name,
    values: rest({ race, submission: submissions[name] ?? other }),
    never: rest({ race: name === 'hidden' ? neverRace : race, submission: other }),
  }));
  const board = (name: string, id: string): Place => ({ name, values: rest({ id }), never: rest({ id: neverRace }) });
  const named: Readonly<Record<string, readonly Place[]>> = {
    online: [...onlinePlaces, { name: 'missing', values: rest({ race: neverRace }) }],
    races: ['open', 'running', 'closed', 'nowhere'].map((race) => ({
      name: race === 'nowhere' ? 'missing' : race,
      values: { race },
    })),
    events: [
      { name: 'listed', values: rest({ event: 'listed' }), setup: { seen: 1, setup } },
      { name: 'by its address', values: rest({ event: byLink }), setup: { seen: 1, setup: linked.setup } },
      { name: 'missing', values: rest({ event: 'nowhere' }) },
    ],
    leaderboards: [
      board('of nobody', 'nobodys'),
      board('of the event', 'the-events'),
      board('hidden', online.hidden),
      board('missing', 'nowhere'),
    ],
    people: ['a racer to manage', 'an organizer to manage', 'nowhere'].map((alias) => ({
      name: alias === 'nowhere' ? 'missing' : alias,
      values: { person: alias === 'nowhere' ? alias : idOf(alias) },
    })),
    tokens: ['car', 'organizer'].map((role) => ({ name: role, values: { role, name: 'victim' } })),
  };
  const withBodies: Readonly<Record<string, readonly Place[]>> = {
    'POST /api/v1/races': [
      { name: 'in person', body: { race: 'another', commandId: randomUUID(), setup: trackSetup() }, values: {} },
      ...['open', 'invited'].map((access) => ({
        ...{ name: access, values: {}, body: { commandId: randomUUID(), setup: onlineSetup({ access }) } },
      })),
    ],
    'POST /api/v1/tokens': ['car', 'organizer'].map((role) => ({
      ...{ name: role, values: {}, body: { role, name: 'victim' } },
    })),
    'POST /api/v1/machines/codes': ['car', 'gate'].map((role) => ({
      ...{ name: role, values: {}, body: { role, name: 'victim' } },
    })),
    'DELETE /api/v1/machines/:role/:name': ['car', 'gate'].map((role) => ({
      ...{ name: role, values: { role, name: 'victim' } },
    })),
  };
  return ({ what, path, body }) => {
    const kind = /^\/api\/v1\/(\w+)\/\{/.exec(path)?.[1] ?? '';
    const places = withBodies[what] ?? named[kind] ?? [{ name: path.includes('{') ? 'missing' : '', values: {} }];
    const fitting = Object.hasOwn(bodies, what) ? bodies[what] : body;
    return places.map((place) => {
      if ('body' in place) return place;
      return { ...place, body: what === 'PUT /api/v1/events/:event' ? place.setup : fitting };
    });
  };
}

/** Gives a command with the version that the race has now. */
const given = async (ask: Ask, race: string, what: object) => {
  const { status, code } = await command(ask, race, what);
  return { status, body: code } as Awaited<ReturnType<Ask>>;
};
