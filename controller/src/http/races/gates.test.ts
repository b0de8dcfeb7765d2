import { GateId } from '@pitwall/protocol';
import { ManualCrossing } from '@pitwall/protocol/api';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DeskWorld, seconds } from '../../../testing/desk-world.js';
import { Accounts, accountMigrations, type Role } from '../../accounts/index.js';
import { openStore, type Store } from '../../store/index.js';
import { handUncertainty, ManualGate } from '../../timing/index.js';
import { type App, createApp } from '../index.js';
import { gateRoutes } from './gates.js';

const manual = GateId.parse('manual');

let world: DeskWorld;
let people: Store;
let accounts: Accounts;
let app: App;

beforeEach(async () => {
  world = await new DeskWorld().start();
  people = await openStore(':memory:', [accountMigrations]);
  accounts = new Accounts(people);
  const link = { sessionId: '00000000-0000-7000-8000-000000000000' as never };
  const key = new ManualGate(world.time.clock as never, link, (stamped) => world.desk.crossings.record(stamped));
  app = await createApp({
    accounts,
    logger: pino({ level: 'silent' }),
    routes: [gateRoutes({ health: () => [] }, key)],
  });
});
afterEach(async () => {
  await app.close();
  await people.close();
  await world.stop();
});

async function press(role: Role | null) {
  const headers = role === null ? {} : { authorization: `Bearer ${await accounts.issue({ name: `a-${role}`, role })}` };
  return await app.inject({ method: 'POST', url: '/api/v1/gates/manual/crossings', headers });
}

it("a marshal's key times laps, with the uncertainty of a hand", async () => {
  await world.openRace({ gates: [manual] });
  const runId = await world.startRun();
  const answers: ManualCrossing[] = [];
  for (let lap = 0; lap < 3; lap += 1) {
    const response = await press('marshal');
    expect(response.statusCode).toBe(201);
    answers.push(ManualCrossing.parse(response.json()));
    world.time.pass(seconds(9));
  }
  expect(answers.map(({ uncertainty }) => uncertainty)).toEqual([handUncertainty, handUncertainty, handUncertainty]);
  expect(new Set(answers.map(({ seq }) => seq)).size).toBe(3);
  const { laps, crossings } = await world.run(runId);
  // It is on disk when it is answered: no need to wait.
  expect(crossings).toHaveLength(3);
  expect(laps.map(({ time, uncertainty }) => [time, uncertainty])).toEqual(
    [0, 1].map(() => [seconds(9), 2 * handUncertainty]),
  );
});

it('two presses at one moment are two crossings, of one passage', async () => {
  await world.openRace({ gates: [manual] });
  const runId = await world.startRun();
  await Promise.all([press('marshal'), press('organizer')]);
  expect((await world.run(runId)).crossings.map(({ use }) => use)).toEqual(['opens', 'same-passage']);
});

it.each([
  [null, 401],
  ['gate', 403],
  ['source', 403],
] as const)('as %s the key is refused with %s, and nothing was seen', async (role, status) => {
  await world.openRace({ gates: [manual] });
  const runId = await world.startRun();
  expect((await press(role)).statusCode).toBe(status);
  expect((await world.run(runId)).crossings).toEqual([]);
});

it('a gate that nobody heard of is not found', async () => {
  const response = await app.inject({ method: 'GET', url: '/api/v1/gates/nonesuch' });
  expect([response.statusCode, response.json().error.code]).toEqual([404, 'not-found']);
});
