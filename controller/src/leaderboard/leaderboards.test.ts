import type { Result } from '@pitwall/protocol/api';
import { Board } from '@pitwall/protocol/api';
import { comparePlacings } from '@pitwall/protocol/ranking';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../testing/databases.js';
import { allMigrations } from '../compose/migrations.js';
import { openStore, type Store } from '../store/index.js';
import { Leaderboards } from './index.js';

const hash = 'e'.repeat(64);
const kinds = ['physical', 'virtual'] as const;
type Kind = (typeof kinds)[number];

interface Send {
  readonly type: 'send';
  readonly id: number;
  readonly revision: number;
  readonly racer: number;
  readonly kind: Kind;
  /** ms; null: no valid lap. */
  readonly time: number | null;
  readonly finishedAt: number;
  readonly withdrawn: boolean;
  /** Which of two processes takes it. */
  readonly process: number;
}
type Step =
  | Send
  | { readonly type: 'restart'; readonly process: number }
  | { readonly type: 'together'; readonly sends: Send[] };

const idOf = (id: number): string => `00000000-0000-4000-8000-00000000000${id}`;

function resultOf({ id, revision, racer, kind, time, finishedAt, withdrawn }: Send): Result {
  const provenance =
    kind === 'virtual'
      ? { kind, source: 'hall', simulatorVersion: '1', seed: 1, checkpoint: 'm' }
      : { kind, source: 'hall', race: 'r', gates: [{ gate: 'g', uncertainty: 1 }], car: null };
  const valid = time !== null;
  return {
    resultId: idOf(id),
    revision,
    withdrawn,
    racer: `r${racer}`,
    alias: `R${racer}`,
    finishedAt,
    track: { id: 't', version: 1, direction: 'clockwise' },
    rules: { hash, name: 'Rules' },
    model: null,
    laps: [
      { lap: 1, time: (time ?? 1) * 1000, penalty: 0, uncertainty: 1, valid, resets: 0, offTracks: 0, model: null },
    ],
    provenance,
  } as unknown as Result;
}

const say = (result: Result): string => JSON.stringify(result);

/** What must come out, the simplest way: every revision kept, everything ranked anew. */
class Model {
  readonly #revisions = new Map<number, Map<number, Send>>();

  send(sent: Send): string {
    const known = this.#revisions.get(sent.id) ?? new Map<number, Send>();
    const highest = Math.max(0, ...known.keys());
    this.#revisions.set(sent.id, known);
    const same = known.get(sent.revision);
    if (same !== undefined) return say(resultOf(same)) === say(resultOf(sent)) ? 'duplicate' : 'result-conflict';
    known.set(sent.revision, sent);
    if (sent.revision < highest) return 'superseded';
    if (sent.withdrawn) return 'withdrawn';
    return highest === 0 ? 'accepted' : 'amended';
  }

  standings(kind: Kind): { ranked: string[]; unranked: string[] } {
    const current = [...this.#revisions.values()]
      .map((revisions) => revisions.get(Math.max(...revisions.keys())) as Send)
      .filter((sent) => !sent.withdrawn && sent.kind === kind);
    const placing = (sent: Send) => ({
      score: (sent.time as number) * 1000,
      finishedAt: sent.finishedAt,
      resultId: idOf(sent.id),
    });
    const best = new Map<number, Send>();
    for (const sent of current.filter(({ time }) => time !== null)) {
      const before = best.get(sent.racer);
      if (before === undefined || comparePlacings(placing(sent), placing(before)) < 0) best.set(sent.racer, sent);
    }
    const ranked = [...best.values()].sort((a, b) => comparePlacings(placing(a), placing(b)));
    const unranked = new Set(current.map(({ racer }) => racer).filter((racer) => !best.has(racer)));
    return {
      ranked: ranked.map(({ racer, id, time }) => `r${racer} ${idOf(id)} ${time}`),
      unranked: [...unranked].sort().map((racer) => `r${racer}`),
    };
  }
}

const send: fc.Arbitrary<Send> = fc.record({
  type: fc.constant('send' as const),
  id: fc.integer({ min: 0, max: 6 }),
  revision: fc.integer({ min: 1, max: 4 }),
  racer: fc.integer({ min: 0, max: 3 }),
  kind: fc.constantFrom(...kinds),
  time: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 5 }),
  finishedAt: fc.integer({ min: 0, max: 2 }),
  withdrawn: fc.boolean(),
  process: fc.integer({ min: 0, max: 1 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: send },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('together' as const), sends: fc.array(send, { maxLength: 8 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('restart' as const), process: fc.integer({ min: 0, max: 1 }) }),
  },
);

describe.each(engines)('on %s', (engine) => {
  it('equals a simple model after any sequence, with two processes over one database and restarts', {
    timeout: 240_000,
  }, async () => {
    const database = await freshDatabase(engine);
    const open = async (): Promise<[Store, Leaderboards]> => {
      const store = await openStore(database, allMigrations);
      return [store, new Leaderboards(store)];
    };
    const processes = [await open(), await open()];
    const at = (index: number) => (processes[index] as [Store, Leaderboards])[1];
    let boards = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        boards += 1;
        const board = `b${boards}`;
        await at(0).boards.create(
          Board.parse({
            id: board,
            name: board,
            ranking: { by: 'best-lap' },
            signatures: 'optional',
            writers: ['hall'],
          }),
        );
        const model = new Model();
        const take = async (sent: Send, process = sent.process): Promise<string> => {
          const result = resultOf(sent);
          const sender = { name: 'hall', staff: false };
          return await at(process)
            .ingest(board, { result, body: say(result), signedBy: undefined, sender })
            .then(
              ({ outcome }) => outcome,
              (error) => error.code,
            );
        };
        for (const one of steps) {
          if (one.type === 'send') expect(await take(one)).toBe(model.send(one));
          else if (one.type === 'together') {
            // Sent at once to one process: applied in the order of sending.
            const outcomes = await Promise.all(one.sends.map((sent) => take(sent, 0)));
            expect(outcomes).toEqual(one.sends.map((sent) => model.send(sent)));
          } else {
            await processes[one.process]?.[1].stop();
            await processes[one.process]?.[0].close();
            processes[one.process] = await open();
          }
        }
        for (const index of [0, 1]) {
          const shown = await at(index).standings(board, { limit: 100 });
          for (const kind of kinds) {
            const { ranked, unranked } = model.standings(kind);
            expect(shown[kind].map(({ racer, resultId, score }) => `${racer} ${resultId} ${score / 1000}`)).toEqual(
              ranked,
            );
            expect(shown[kind].map(({ rank }) => rank)).toEqual(ranked.map((_row, place) => place + 1));
            expect(shown.unranked.filter((row) => row.kind === kind).map(({ racer }) => racer)).toEqual(unranked);
          }
        }
      }),
      { numRuns: 60 },
    );
    for (const [store] of processes) await store.close();
  });
});
