import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { ResultInput, Standings } from '@pitwall/protocol/api';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { Accounts, People } from '../../accounts/index.js';
import { allMigrations } from '../../compose/migrations.js';
import { Imports } from '../../imports/index.js';
import { Leaderboards } from '../../leaderboard/index.js';
import { openStore } from '../../store/index.js';
import { createApp, leaderboardServiceRoutes } from '../index.js';

const folder = new URL('../../../../../shared/data/leaderboards/', import.meta.url);
const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.csv')) : [];
if (files.length === 0) {
  if (process.env.CI === 'true') throw new Error(`The real leaderboards are missing: ${folder.pathname}`);
  console.log(`Skipped: no real leaderboards in ${folder.pathname}`);
}

type Row = Record<string, string>;

function rowsOf(file: string): Row[] {
  const [head = '', ...lines] = readFileSync(new URL(file, folder), 'utf8').trim().split(/\r?\n/);
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, index) => [names[index], value])));
}

/** What the file's name says of how it ranks: `…-best_lap_time`, `…-avg_lap_time`, `…-total_time`. */
function rankingOf(file: string, laps: number): object {
  if (file.includes('best')) return { by: 'best-lap' };
  return { by: file.includes('total') ? 'total' : 'average', laps };
}

const hash = 'c'.repeat(64);

/** Laps with the row's best, count and total, ms; `slower` by so much each. */
function resultOf(row: Row, slower: number): ResultInput {
  const count = Number(row.LapCount);
  const best = Number(row.BestLapTime) * 1000;
  const rest = Number(row.TotalLapTime) * 1000 - best;
  const times = [best];
  for (let left = count - 1, sum = rest; left > 0; left -= 1) {
    const time = Math.floor(sum / left);
    times.push(time);
    sum -= time;
  }
  return {
    resultId: randomUUID(),
    racer: row.Racer as never,
    alias: row.Racer as string,
    finishedAt: Number(row.SubmissionTime) + slower,
    track: { id: 'track', version: 1, direction: 'counter-clockwise' },
    rules: { hash, name: 'League' },
    model: null,
    laps: times.map((time, index) => ({
      lap: index + 1,
      time: time + slower,
      uncertainty: 0,
      valid: true,
      resets: 0,
      offTracks: 0,
      model: null,
    })),
    provenance: { kind: 'virtual', source: 'league', simulatorVersion: '1', seed: 1, checkpoint: 'best' },
  } as ResultInput;
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const [order] = fc.sample(fc.shuffledSubarray([...items], { minLength: items.length }), { seed, numRuns: 1 });
  return order as T[];
}

describe.each(engines)('on %s', (engine) => {
  it.each(files)('%s comes out with its official ranks, however it arrives', { timeout: 120_000 }, async (file) => {
    const rows = rowsOf(file);
    const store = await openStore(await freshDatabase(engine), allMigrations);
    const accounts = new Accounts(store);
    const leaderboards = new Leaderboards(store);
    const logger = pino({ level: 'silent' });
    const people = await People.open({ store, racers: leaderboards.racers, secure: false });
    const routes = leaderboardServiceRoutes(
      { accounts, people, providers: people.providers([]) },
      leaderboards,
      new Imports({ leaderboards, source: 'league' }),
    );
    const app = await createApp({ accounts, logger, routes });
    const call = async (role: 'organizer' | 'source', url: string, payload: string | object, type: string) => {
      const token = await accounts.issue({ name: 'league', role });
      const headers = { authorization: `Bearer ${token}`, 'content-type': type };
      return await app.inject({ method: 'POST', url, headers, payload });
    };
    const ranking = rankingOf(file, Math.max(...rows.map((row) => Number(row.LapCount))));
    const board = { id: 'real', name: file, ranking, signatures: 'optional', writers: ['league'] };
    expect((await call('organizer', '/api/v1/leaderboards', board, 'application/json')).statusCode).toBe(201);

    // Each racer's best, a worse one for those who submitted more than once, and everything up to three times.
    const results = rows.flatMap((row, index) => [
      resultOf(row, 0),
      ...(Number(row.SubmissionCount) > 1 ? [resultOf(row, 5_000 + (index % 7) * 1_000_000)] : []),
    ]);
    const sent = shuffled([...results, ...results, ...results.filter((_result, index) => index % 3 === 0)], 1);
    const halves = [sent.slice(0, sent.length / 2), sent.slice(sent.length / 2)];
    const answers = await Promise.all(
      halves.map((half) =>
        call(
          'source',
          '/api/v1/leaderboards/real/results:batch',
          half.map((result) => JSON.stringify(result)).join('\n'),
          'application/x-ndjson',
        ),
      ),
    );
    const outcomes = answers.flatMap(({ body }) =>
      body
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).outcome),
    );
    expect(outcomes).toHaveLength(sent.length);
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(results.length);
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(sent.length - results.length);

    const virtual: Standings['virtual'] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Standings = (
        await app.inject(`/api/v1/leaderboards/real/standings?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`)
      ).json();
      virtual.push(...page.virtual);
      cursor = page.next.virtual;
    }
    const official = new Map(rows.map((row) => [row.Racer, row]));
    const scores = [...rows].sort((a, b) => Number(a.Rank) - Number(b.Rank)).map((row) => Number(row.RankingScore));
    expect(virtual).toHaveLength(rows.length);
    for (const { rank, racer, score } of virtual) {
      const row = official.get(racer) as Row;
      expect(Math.floor(score / 1000)).toBe(Number(row.RankingScore));
      // Rows of equal score may stand in any order among themselves.
      if (rank !== Number(row.Rank)) expect(scores[rank - 1]).toBe(Number(row.RankingScore));
    }
    await app.close();
    await store.close();
  });
});
