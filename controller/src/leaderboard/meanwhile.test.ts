import { Board, Result } from '@pitwall/protocol/api';
import { expect, it } from 'vitest';
import { freshDatabase } from '../../testing/databases.js';
import { resultOf } from '../../testing/results.js';
import { allMigrations } from '../compose/migrations.js';
import { openStore, type Store } from '../store/index.js';
import { Leaderboards } from './index.js';

/** A board, its reader, and another process that commits just after the reader has read what changed. */
async function raced() {
  const store = await openStore(await freshDatabase('sqlite'), allMigrations);
  let meanwhile: (() => Promise<unknown>) | undefined;
  const reading = store.reading<object>().withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      const act = meanwhile;
      meanwhile = undefined;
      await act?.();
      return result;
    },
  });
  const paused = { engine: store.engine, as: () => store.as(), reading: () => reading } as unknown as Store;
  const [reader, writer] = [new Leaderboards(paused), new Leaderboards(store)];
  await writer.boards.create(
    Board.parse({ id: 'b', name: 'B', ranking: { by: 'best-lap' }, signatures: 'optional', writers: ['hall'] }),
  );
  const send = async (racer: string, seconds: number) => {
    const result = Result.parse(resultOf(racer, seconds * 1000));
    const sender = { name: 'hall', staff: false };
    await writer.ingest('b', { result, body: JSON.stringify(result), signedBy: undefined, sender });
  };
  return {
    reader,
    send,
    /** Done once, when the reader has next read something. */
    next: (act: () => Promise<unknown>) => {
      meanwhile = act;
    },
    close: () => store.close(),
  };
}

it('gives no row twice where a row of the page moves up while it is read', async () => {
  const { reader, send, next, close } = await raced();
  for (const [index, racer] of ['ann', 'ben', 'cat', 'dan', 'eve', 'fay'].entries()) await send(racer, 10 + index);
  const first = await reader.standings('b', { limit: 2 });
  next(() => send('cat', 5));
  const second = await reader.standings('b', { limit: 2, cursor: first.next.physical as string });
  expect(first.physical.map(({ racer }) => racer)).toEqual(['ann', 'ben']);
  expect(second.physical.map(({ racer, rank }) => `${rank} ${racer}`)).toEqual(['4 dan', '5 eve']);
  next(() => send('fay', 4));
  const [place] = await reader.places('b', 'fay', 1);
  expect([place?.row.rank, place?.above, place?.below.map(({ racer }) => racer)]).toEqual([1, [], ['cat']]);
  await close();
});

it('never calls a racer unranked who is newer than the ranking that was read', async () => {
  const { reader, send, next, close } = await raced();
  await send('ann', 10);
  const { next: since } = await reader.changes('b', 0, 10);
  next(() => send('ben', 9));
  const heard = [await reader.changes('b', since, 10)];
  heard.push(await reader.changes('b', heard[0]?.next ?? 0, 10));
  expect(heard.flatMap(({ changes }) => changes)).toMatchObject([{ racer: 'ben', row: { rank: 1 } }]);
  await close();
});
