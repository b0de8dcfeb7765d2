import type { Comparison, EvaluationReport, OnlineRace, Standings } from '@pitwall/protocol/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { archiveOf } from './archives.js';
import { Circuit, carArchive, trainingArchive } from './circuit.js';

const rules = { name: 'One clean lap', laps: 1, resets: { perLap: 1, where: 'in-place' as const } };

let circuit: Circuit;
beforeAll(async () => {
  circuit = await Circuit.open(['anna', 'ben']);
});
afterAll(async () => await circuit.close());

it('takes two racers the whole way: one wins, one cannot finish and reads why', async () => {
  const race = await circuit.race({ rules }, ['anna', 'ben']);
  await circuit.submit(race, 'anna', trainingArchive, 'fast one');
  await circuit.submit(race, 'ben', await archiveOf([{ steeringDeg: 30, speedMps: 4 }]), 'circles');
  const [anna, ben] = await circuit.finished(race);
  expect(anna).toMatchObject({ racer: 'anna', status: { state: 'ranked', rank: 1, of: 1, counts: true } });
  expect(ben?.status).toEqual({
    state: 'not-qualified',
    reason: expect.stringMatching(/finished no lap: it left the track .* and came to \d+% at best/),
  });

  const standings = await circuit.call<Standings>('', 'GET', `/leaderboards/${race}/standings`);
  expect(standings.virtual).toMatchObject([
    { rank: 1, racer: 'anna', alias: 'anna', resultId: anna?.submission, model: { name: 'fast one' } },
  ]);
  const path = `/online/${race}/submissions/${anna?.submission}`;
  const report = await circuit.call<EvaluationReport>('anna', 'GET', `${path}/evaluation`);
  expect(report.checkpoints).toHaveLength(4);
  expect(report.checkpoints[0]).toMatchObject({ checkpoint: report.chosen, chosen: true, meanProgressPct: 100 });
  expect(report.files.map(({ kind }) => kind).sort()).toEqual(
    ['metrics', 'replay', 'simtrace']
      .flatMap((kind) => [kind, kind, kind, kind])
      .concat('report')
      .sort(),
  );
  for (const file of report.files) {
    const response = await fetch(circuit.url + file.path, {
      headers: { authorization: `Bearer ${circuit.token('anna')}` },
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.byteLength).toBe(file.bytes);
    // CSV as spreadsheets know it, on request; nothing else has the mark.
    const url = new URL(circuit.url + file.path);
    url.searchParams.set('excel', '1');
    const marked = await fetch(url, { headers: { authorization: `Bearer ${circuit.token('anna')}` } });
    const mark = file.kind === 'simtrace' ? '\uFEFF' : '';
    expect(Buffer.from(await marked.arrayBuffer()).equals(Buffer.concat([Buffer.from(mark), bytes]))).toBe(true);
  }

  // A better one replaces the rank, a worse one never: of two one counts, and the comparison says by how much.
  await circuit.submit(race, 'anna', carArchive, 'second');
  const both = (await circuit.finished(race)).filter(({ racer }) => racer === 'anna');
  const scores = both.map(({ status }) => (status.state === 'ranked' ? status : undefined));
  expect(scores.map((status) => status?.rank)).toEqual([1, 1]);
  const best = Math.min(...scores.map((status) => status?.score ?? 0));
  expect(scores.filter((status) => status?.counts).map((status) => status?.score)).toEqual([best]);
  const comparison = await circuit.call<Comparison>('ben', 'GET', `${path}/comparison?with=${both[1]?.submission}`);
  expect([comparison.mine.lapTime, comparison.other.lapTime]).toEqual(scores.map((status) => status?.bestLap));
  expect([comparison.mineTime.at(-1), comparison.otherTime.at(-1)]).toEqual(scores.map((status) => status?.bestLap));
  expect(comparison.gap.at(-1)).toBe((scores[0]?.bestLap ?? 0) - (scores[1]?.bestLap ?? 0));

  // What was sent once is submitted again by its hash, and is as good as it was.
  const { models } = await circuit.call<{ models: { hash: string }[] }>('ben', 'GET', '/submissions/models');
  await circuit.call('ben', 'POST', `/online/${race}/submissions`, { model: models[0]?.hash });
  expect((await circuit.finished(race)).at(-1)?.status).toEqual(ben?.status);
  expect(await circuit.call<OnlineRace>('anna', 'GET', `/online/${race}`)).toMatchObject({ submissionsLeft: 48 });
});
