import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { type Asker, type Crew, gatherAskers } from '../../testing/askers.js';
import { type OpenApi, type Operation, openApiOf, operationsOf } from '../../testing/openapi-document.js';
import { makePlaces, type Place } from '../../testing/places.js';
import { startWhole, type WholeController } from '../../testing/whole-controller.js';

/** A row of docs/roles.md as a reader has it. */
interface Row {
  readonly what: string;
  readonly nobody: string;
  readonly tokens: string;
  readonly people: string;
  readonly objects: string;
}

const rowsOf = (heading: string): Row[] => {
  const page = readFileSync(new URL('../../../docs/roles.md', import.meta.url), 'utf8');
  const lines = (page.split(`## ${heading}`)[1]?.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) => {
    const cells = line.slice(1, -1).split('|');
    const [what = '', nobody = '', tokens = '', people = '', objects = ''] = cells.map((cell) => cell.trim());
    return { what: what.replaceAll('`', ''), nobody, tokens, people, objects };
  });
};

const letsIn = (row: Row, { known, roles }: Asker): boolean => {
  const cell = row[known];
  return cell === 'yes' || cell === 'all' || roles.some((role) => cell.split(', ').includes(role));
};

/**
 * What whoever passes by their role is told of one thing: it is theirs to ask about; it is not (403); to them it does not exist, and the
 * answer is the one about something that never was; or what becomes of it is not a question of who asks.
 */
type Verdict = 'in' | 'denied' | 'hidden' | 'either';

const either = (): Verdict => 'either';
const anybody = (): Verdict => 'in';
const isOne = (asker: Asker, ...names: string[]): boolean => names.includes(asker.name);
const only =
  (...names: string[]) =>
  (asker: Asker): Verdict =>
    isOne(asker, ...names, 'the administrator') ? 'in' : 'denied';
const organizes = (asker: Asker, place: Place): Verdict => {
  if (isOne(asker, 'the organizer')) return 'in';
  return place.name === 'hidden' && !isOne(asker, 'a racer') ? 'hidden' : 'denied';
};
const hiddenFromMost = (asker: Asker, place: Place): Verdict =>
  place.name === 'hidden' && !isOne(asker, 'a racer', 'the organizer') ? 'hidden' : 'in';
const ownOrOrganizers = (asker: Asker, place: Place): Verdict =>
  isOne(asker, 'a racer', 'the organizer') ? 'in' : place.name === 'closed' ? 'either' : 'hidden';
const manages = (asker: Asker, place: Place): Verdict =>
  isOne(asker, 'the administrator') || !/organizer/.test(place.name) ? 'in' : 'denied';

/** The last column of docs/roles.md, each sentence of it as whom it lets in. */
const whichOnes: Readonly<Record<string, (asker: Asker, place: Place) => Verdict>> = {
  '': anybody,
  'one’s own': anybody,
  oneself: anybody,
  // Keys and cookies that nobody here has.
  'whoever has the first start’s link, in the local network': either,
  'whoever has the one-time link': either,
  'whoever has the card’s key': either,
  'whoever began in the same browser': either,
  'whoever came back in the same browser': either,
  'an organizer: racers, crew and marshals; an administrator all': manages,
  'an organizer: all but those of racers, organizers and administrators': manages,
  'a source its own results, and boards that take them': either,
  'of races that one organizes; boards of no online race': either,
  'of events: the organizer of the board’s; an administrator all': (asker, place) =>
    place.name === 'of the event' ? only('the organizer')(asker) : 'in',
  'those in the public list': anybody,
  'those in the public list, and others by their address': anybody,
  'of events that one organizes; an administrator all': only('the organizer'),
  'of events that one organizes; an administrator all, but another’s online race is not made again': (asker, place) =>
    isOne(asker, 'the administrator') && place.name === 'listed' ? 'denied' : only('the organizer')(asker),
  'of events: their organizer, marshals, crew and commentators; an administrator all': only(
    ...['the organizer', 'the event’s marshal', 'the event’s crew', 'the event’s commentator'],
  ),
  'of events: their organizer and marshals; an administrator all': only('the organizer', 'the event’s marshal'),
  'events that are open for it; in the hall with the PIN': either,
  'marshals: in person; organizers: online; racers: online by invitation, where anyone may': (asker, place) => {
    // Who asks for what only organizers make is told so.
    if (place.name === 'open') return 'either';
    const maker = place.name === 'invited' ? /racer|organizer|administrator/ : /marshal|organizer|administrator/;
    const isPerson = asker.known === 'people' && place.name === 'invited';
    return isPerson || asker.roles.some((role) => maker.test(role)) ? 'in' : 'denied';
  },
  'of events: their organizer and marshals; a racer: the speed of the own run, and that they are here': only(
    ...['the organizer', 'the event’s marshal'],
  ),
  'of races that one may see: open ones, those that one organizes, is invited to or takes part in': hiddenFromMost,
  'of races that one organizes': organizes,
  'open races, and those whose invitation one shows': hiddenFromMost,
  'in races that one has entered': hiddenFromMost,
  'one’s own; the organizer of the race all': (asker, place) =>
    'submission' in place.values ? 'either' : hiddenFromMost(asker, place),
  'one’s own, and those that are ranked in a race that one may see; the organizer of the race all': ownOrOrganizers,
  'the crew: cars; marshals: gates as well': (asker, place) =>
    place.name === 'gate' && !asker.roles.some((role) => /marshal|organizer|administrator/.test(role))
      ? 'denied'
      : 'in',
};

/** Of those who are let in: what they are told is what is said of something that never was. */
function verdictOf(row: Row, asker: Asker, place: Place): Verdict {
  if (asker.isForged || !letsIn(row, asker)) return 'denied';
  if (place.name === 'missing') return 'either';
  // A race by invitation hides its board, whatever is asked of it.
  if (place.name === 'hidden' && 'id' in place.values && !isOne(asker, 'a racer', 'the organizer')) return 'hidden';
  const which = whichOnes[row.objects];
  if (which === undefined) throw new Error(`docs/roles.md says of ${row.what} "${row.objects}": to whom is that?`);
  return which(asker, place);
}

let hall: WholeController;
let crew: Crew;
let document: OpenApi;
let placesOf: (operation: Operation) => Place[];

beforeAll(async () => {
  hall = await startWhole();
  crew = await gatherAskers(hall);
  const racer = crew.asks['a racer'];
  if (racer === undefined) throw new Error('nobody races');
  placesOf = await makePlaces(hall, crew, racer);
  document = await openApiOf(hall.url);
});
afterAll(async () => await hall?.stop());

const rows = rowsOf('Routes');
/** No part of the document: pages, and the feeds over WebSockets. */
const undocumented = ['/embed/leaderboards/:id', '/api/v1/leaderboards/:id/live', '/api/v1/live', '/outbox'];
// It ends whoever asks, which is what it is for.
const aside = ['DELETE /api/v1/session'];

function* questions(): Generator<{ row: Row; operation: Operation; place: Place; asker: Asker; verdict: Verdict }> {
  for (const operation of operationsOf(document)) {
    const row = rows.find(({ what }) => what.replace('::', ':') === operation.what);
    if (row === undefined) throw new Error(`docs/roles.md has no ${operation.what}`);
    if (aside.includes(row.what)) continue;
    for (const place of placesOf(operation))
      for (const asker of crew.askers) yield { row, operation, place, asker, verdict: verdictOf(row, asker, place) };
  }
}

async function ask(
  { method, path, query }: Operation,
  { body }: Place,
  values: Readonly<Record<string, string>>,
  { shown }: Asker,
) {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? 'nowhere'));
  const ended = new AbortController();
  const late = setTimeout(() => ended.abort(new Error('no answer for 30 s')), 30_000);
  const response = await fetch(`${hall.url}${filled}${query}`, {
    method,
    signal: ended.signal,
    headers: { ...shown, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const text = isStream ? '' : await response.text();
  clearTimeout(late);
  if (isStream) ended.abort();
  let said = text;
  for (const [name, value] of Object.entries(values)) said = said.replaceAll(value, `{${name}}`);
  return { status: response.status, said };
}

const isRefusal = ({ status, said }: { status: number; said: string }): boolean =>
  (status === 401 && said.includes('access-unknown')) || (status === 403 && said.includes('access-denied'));

/** An event's people are nobody special once it is gone. */
const takesAway = ({ method, path }: Operation): number =>
  method !== 'DELETE' ? 0 : path === '/api/v1/events/{event}' ? 2 : 1;

/** Every row of every table. */
function everythingKept(): Record<string, string[]> {
  const database = new Database(join(hall.data, 'pitwall.db'), { readonly: true });
  try {
    const tables = database.prepare("select name from sqlite_schema where type = 'table'").pluck().all() as string[];
    return Object.fromEntries(
      tables.map((table) => [
        table,
        database
          .prepare(`select * from "${table}"`)
          .all()
          .map((row) => JSON.stringify(row)),
      ]),
    );
  } finally {
    database.close();
  }
}

describe('whoever asks a route', () => {
  it('finds every operation of the served document in docs/roles.md, and nothing there beside them', () => {
    const operations = operationsOf(document).map(({ what }) => what);
    expect(operations.length).toBeGreaterThan(160);
    const documented = rows
      .map(({ what }) => what.replace('::', ':'))
      .filter((what) => !undocumented.includes(what.split(' ')[1] ?? ''));
    expect(new Set(documented)).toEqual(new Set(operations));
  });

  it('and may not, is refused in every state of what is asked about, and has changed nothing', async () => {
    // A session that has expired goes when it is shown.
    for (const { shown } of crew.askers) await fetch(`${hall.url}/api/v1/account`, { headers: shown });
    const before = everythingKept();
    let asked = 0;
    for (const { row, operation, place, asker, verdict } of questions()) {
      if (verdict !== 'denied' && verdict !== 'hidden') continue;
      const answer = await ask(operation, place, place.values, asker);
      const seen = `${row.what} (${place.name}) as ${asker.name}: ${answer.status} ${answer.said.slice(0, 300)}`;
      asked += 1;
      if (verdict === 'denied') expect(isRefusal(answer), seen).toBe(true);
      else expect(answer, seen).toEqual(await ask(operation, place, place.never ?? {}, asker));
    }
    expect(asked).toBeGreaterThan(3000);
    const after = everythingKept();
    for (const [table, kept] of Object.entries(after)) expect(kept, table).toEqual(before[table]);
  });

  it('and may, is let in, and gets an answer that is no failure of the controller', async () => {
    const failures: string[] = [];
    const slow: Promise<void>[] = [];
    // What takes things away comes last, so that most are asked about while they are there.
    const inOrder = [...questions()].sort((a, b) => takesAway(a.operation) - takesAway(b.operation));
    for (const { row, operation, place, asker, verdict } of inOrder) {
      if (verdict !== 'in' && verdict !== 'either') continue;
      const answered = ask(operation, place, place.values, asker).then((answer) => {
        // What is said of a car that is not there.
        const isFailure = answer.status >= 500 && !answer.said.includes('car-silent');
        if (isFailure || (verdict === 'in' && isRefusal(answer)))
          failures.push(`${row.what} (${place.name}) as ${asker.name}: ${answer.status} ${answer.said.slice(0, 300)}`);
      });
      // It waits for the car.
      if (operation.path.includes('{car}')) slow.push(answered);
      else await answered;
    }
    await Promise.all(slow);
    expect(failures).toEqual([]);
  });
});

describe('whoever writes to the WebSocket', () => {
  it.each(rowsOf('Messages of the WebSocket `/api/v1/live`'))('$what', async (row) => {
    const { what } = row;
    const message = { type: what, race: 'nowhere', after: 0, cars: [], token: undefined as string | undefined };
    for (const asker of crew.askers) {
      const { name, shown } = asker;
      const socket = new WebSocket(`${hall.url.replace('http', 'ws')}/api/v1/live`, { headers: shown });
      const first = await new Promise<string>((resolve, reject) => {
        // A token that nobody holds is refused before anything is said.
        socket.once('unexpected-response', (_, { statusCode }) =>
          resolve(statusCode === 401 ? 'access-unknown' : `${statusCode}`),
        );
        socket.once('error', reject);
        socket.once('open', () => {
          socket.send(JSON.stringify({ ...message, ...(what === 'identify' ? { token: 'x' } : {}) }));
          socket.send('no request at all');
        });
        // The answer to the second message comes after what the first one brought.
        const heard: string[] = [];
        socket.on('message', (data) => {
          const text = String(data);
          if (text.includes('"type":"error"')) heard.push(text);
          if (/JSON|request/i.test(text) && heard.length > 0 && !/access-/.test(text)) resolve(heard[0] ?? '');
        });
      });
      socket.terminate();
      if (what !== 'identify')
        expect(/access-(unknown|denied)/.test(first), `${what} as ${name}: ${first}`).toBe(
          asker.isForged === true || !letsIn(row, asker),
        );
    }
  });
});
