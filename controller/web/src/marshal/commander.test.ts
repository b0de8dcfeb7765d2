import { PitwallError, type RaceId } from '@pitwall/protocol';
import type { CommandOutcome, GiveCommandInput } from '@pitwall/protocol/api';
import type { RaceCommand } from '@pitwall/protocol/race';
import { expect, test } from 'vitest';
import { runOf, TestLog } from '../../testing/race.js';
import { Commander } from './commander.js';

const race = 'friday' as RaceId;
const reset: RaceCommand = { type: 'incident', runId: runOf(1), kind: 'reset' };

/** A desk at the end of a wire that the test holds. */
function desk(answer: (give: GiveCommandInput, attempt: number) => CommandOutcome | Promise<CommandOutcome>) {
  const log = new TestLog().enter('ada').start('ada').laps();
  const sent: GiveCommandInput[] = [];
  let ids = 0;
  const commander = new Commander({
    race,
    newId: () => `id-${++ids}`,
    records: () => log.records,
    wait: async () => {},
    send: async (_race, give) => {
      sent.push(give);
      return answer(give, sent.length);
    },
  });
  const append = (give: GiveCommandInput): CommandOutcome => {
    const seq = log.add(
      give.command.type === 'incident' ? give.command : { type: 'paused', runId: runOf(1), by: 'red-flag' },
    );
    return { commandId: give.commandId, repeated: false, records: log.records.slice(seq - 1), seq };
  };
  return { log, sent, commander, append };
}

test('two quick presses are two commands, in order, and no conflict', async () => {
  const world = desk((give) => world.append(give));
  const shown = world.log.records.length;
  const both = await Promise.all([world.commander.give(reset, shown), world.commander.give(reset, shown)]);
  expect(both.map(({ state }) => state)).toEqual(['done', 'done']);
  expect(world.sent.map(({ commandId, seen }) => [commandId, seen])).toEqual([
    ['id-1', shown],
    ['id-2', shown + 1],
  ]);
});

test('a lost answer is asked for again under the same id', async () => {
  const world = desk((give, attempt) => {
    if (attempt < 3) throw new TypeError('Failed to fetch');
    return world.append(give);
  });
  await expect(world.commander.give(reset, 1)).resolves.toMatchObject({ state: 'done' });
  expect(world.sent.map(({ commandId }) => commandId)).toEqual(['id-1', 'id-1', 'id-1']);
});

test('a new try takes the refusal of the one before it away; what is counted keeps its own', async () => {
  const world = desk(() => {
    throw new PitwallError('race-refused', 'Not ready.');
  });
  const ready: RaceCommand = { type: 'ready', runId: runOf(1) };
  for (const command of [ready, ready, reset, reset]) await world.commander.give(command, 1);
  expect(world.commander.given().map(({ command }) => command.type)).toEqual(['incident', 'incident', 'ready']);
});

test('gives up in the end, and says that nobody knows', async () => {
  const world = desk(() => {
    throw new TypeError('Failed to fetch');
  });
  await expect(world.commander.give(reset, 1)).resolves.toMatchObject({ state: 'refused', error: null });
});

test('a refusal is final, shown until it is dismissed, and stops nothing after it', async () => {
  const world = desk((give, attempt) => {
    if (attempt === 1) throw new PitwallError('race-refused', 'The run is over.');
    return world.append(give);
  });
  const refused = await world.commander.give(reset, 1);
  expect(refused).toMatchObject({ state: 'refused', error: { code: 'race-refused' } });
  await world.commander.give(reset, 1);
  expect(world.commander.given().map(({ state }) => state)).toEqual(['done', 'refused']);
  world.commander.dismiss(refused.commandId);
  expect(world.commander.given().map(({ state }) => state)).toEqual(['done']);
});

test('what is urgent does not wait for what is under way', async () => {
  let release = (_: CommandOutcome): void => {};
  const world = desk((give) =>
    give.command.type === 'incident'
      ? new Promise<CommandOutcome>((resolve) => {
          release = resolve;
        })
      : world.append(give),
  );
  const slow = world.commander.give(reset, 1);
  await expect(world.commander.give({ type: 'red-flag', runId: runOf(1) }, 1)).resolves.toMatchObject({
    state: 'done',
  });
  release({ commandId: 'id-1', repeated: false, records: [], seq: 1 });
  await slow;
});
