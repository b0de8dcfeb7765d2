import { randomUUID } from 'node:crypto';
import { RaceId } from '@pitwall/protocol';
import { EventSetup } from '@pitwall/protocol/api';
import { describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../testing/databases.js';
import { allMigrations } from '../compose/migrations.js';
import { openStore } from '../store/index.js';
import { Events } from './events.js';
import { ListedEvents } from './listed-events.js';

describe.each(engines)('on %s', (engine) => {
  it('names the event of a race before that of its board, and none that only a link shows', async () => {
    const store = await openStore(await freshDatabase(engine), allMigrations);
    const everybody = { demandRace: async () => undefined, demandBoard: async () => undefined };
    const events = new Events(store, everybody, () => 0);
    const olga = { name: 'olga', role: 'organizer' };
    const make = async (name: string, races: string[], boards: string[], access: 'public' | 'link' = 'public') =>
      await events.create(
        {
          commandId: randomUUID(),
          setup: EventSetup.parse({
            name,
            access,
            startsAt: 1,
            endsAt: 2,
            timeZone: 'UTC',
            boards,
            program: races.map((race) => ({ name: race, startsAt: 1, endsAt: 2, race: RaceId.parse(race) })),
          }),
        },
        olga,
      );
    const day = await make('A Day', ['heat'], ['cup']);
    const other = await make('Another', [], ['main']);
    await make('Hidden', ['dark'], ['cellar'], 'link');
    const listed = new ListedEvents(store);
    expect(await listed.hiddenBoards()).toEqual(['cellar']);
    expect(
      await listed.of([
        { race: 'heat', board: 'main' },
        { race: null, board: 'main' },
        { race: 'dark', board: 'cellar' },
        { race: 'dark', board: 'cup' },
        { race: 'nothing', board: 'nothing' },
      ]),
    ).toEqual([
      { event: day, name: 'A Day' },
      { event: other, name: 'Another' },
      null,
      { event: day, name: 'A Day' },
      null,
    ]);
    expect(await listed.of([])).toEqual([]);
    await store.close();
  });
});
