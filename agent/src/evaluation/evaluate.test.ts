import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Evaluation, Replay } from '@pitwall/protocol/api';
import { lapTime } from '@pitwall/protocol/ranking';
import { parseSimtrace } from '@pitwall/protocol/simtrace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeConstantArchive } from '../../testing/constant-archive.js';
import { runHere } from '../../testing/run-here.js';
import { loadModel } from '../model/index.js';

const folder = mkdtempSync(join(tmpdir(), 'pitwall-evaluate-'));
const archive = join(folder, 'circler.tar.gz');
const track = join(folder, 'circle.json');
const bin = fileURLToPath(new URL('../../bin/pitwall-agent.js', import.meta.url));

/** Round and round with one action: the third makes the lap, the others leave the track. */
const actions = [
  { steeringDeg: 0, speedMps: 1.2 },
  { steeringDeg: 30, speedMps: 0.8 },
  { steeringDeg: 12.6, speedMps: 1 },
  { steeringDeg: -10, speedMps: 0.5 },
];

beforeAll(async () => {
  const arc = { kind: 'arc', radiusM: 1.2, turnDeg: 90 };
  const dash = { lengthM: 0.1016, gapM: 0.0508, widthM: 0.0254 };
  const circle = {
    version: 1,
    id: 'circle',
    name: 'Circle',
    widthM: 0.68,
    borderM: 0.05,
    dash,
    startLineM: 0,
    lookSeed: 0,
  };
  writeFileSync(track, JSON.stringify({ ...circle, segments: [arc, arc, arc, arc] }));
  await writeConstantArchive(archive, actions, { 10: 0, 20: 1, 30: 2, 40: 3 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
const agent = (...args: string[]) =>
  new Promise<Ended>((resolve) => {
    execFile(process.execPath, [bin, ...args], { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, stdout, stderr });
    });
  });
const here = (...args: string[]) =>
  runHere(...args).then(
    (said): Ended => ({ code: 0, ...said }),
    (error: Ended) => error,
  );
const evaluate = (...args: string[]) => here('evaluate', archive, '--track', track, ...args);

describe('pitwall-agent evaluate', () => {
  it.each([
    ['best', '30'],
    ['last', '30'],
    ['20', '20'],
  ])(
    'of a training archive whose list of checkpoints is torn, drives %s: %s, and says so',
    async (choice, number) => {
      const torn = join(folder, 'torn.tar.gz');
      await writeConstantArchive(torn, actions, { 20: 2, 30: 2 }, undefined, '{"best_checkpoint": {"na');
      const { stdout, stderr } = await here(
        'evaluate',
        torn,
        '--track',
        track,
        '--trials',
        '1',
        '--checkpoint',
        choice,
        '--json',
      );
      expect(JSON.parse(stdout)).toMatchObject({ chosen: number });
      expect(stderr).toMatch(
        /^note: deepracer_checkpoints\.json is damaged; the newest checkpoint, 30, counts as the best\.$/m,
      );
    },
    60_000,
  );

  it('evaluates all checkpoints, chooses the good one, and says the same in every run and with any number of workers', async () => {
    const training = fileURLToPath(new URL('../../models/sample-training.tar.gz', import.meta.url));
    const all = [
      'evaluate',
      training,
      '--track',
      'harbour',
      '--checkpoint',
      'all',
      '--trials',
      '1',
      '--seed',
      '3',
      '--json',
    ];
    const runs = await Promise.all([agent(...all, '--workers', '1'), agent(...all, '--workers', '3')]);
    expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(runs[1]?.stdout).toBe(runs[0]?.stdout);
    const evaluation = Evaluation.parse(JSON.parse(runs[0]?.stdout ?? ''));
    const { checkpoints, policy } = await loadModel(training);
    await policy.close();
    expect(evaluation.checkpoints.map(({ checkpoint }) => checkpoint)).toEqual(
      checkpoints.map(({ number }) => String(number)),
    );
    const good = String(checkpoints.find(({ best }) => best)?.number);
    expect(evaluation.chosen).toBe(good);
    const best = evaluation.checkpoints.find(({ checkpoint }) => checkpoint === good);
    expect(best).toMatchObject({ meanProgressPct: 100, laps: [{ resets: 0 }] });
    expect(best?.meanLapTime).toBeLessThan(12_000_000);
  }, 90_000);

  it('takes the car archive with its one network', async () => {
    const car = fileURLToPath(new URL('../../models/sample.tar.gz', import.meta.url));
    const { stdout } = await here('evaluate', car, '--track', 'oval', '--trials', '1', '--laps', '2', '--json');
    const { checkpoints } = Evaluation.parse(JSON.parse(stdout));
    expect(checkpoints).toMatchObject([{ checkpoint: 'agent/model.pb', laps: [{ resets: 0 }, { resets: 0 }] }]);
  }, 60_000);

  it('evaluates what the archive calls the best, the last, or one by number', async () => {
    const chosen = await Promise.all(
      ['best', 'last', '20'].map(async (which) => {
        const { stdout } = await evaluate('--checkpoint', which, '--trials', '1', '--json');
        return (JSON.parse(stdout) as Evaluation).chosen;
      }),
    );
    expect(chosen).toEqual(['10', '40', '20']);
  }, 60_000);

  it('writes log, metrics, replay and a page that needs nothing else, where log tools look for them', async () => {
    const out = join(folder, 'out');
    const { code, stdout } = await evaluate('--checkpoint', '30', '--laps', '2', '--trials', '1', '--out', out);
    expect(code).toBe(0);
    const [stream] = readdirSync(join(out, 'sim-trace', 'evaluation'));
    expect(stream).toMatch(/^\d{14}-30$/);
    const log = join(out, 'sim-trace', 'evaluation', stream ?? '', 'evaluation-simtrace', '0-iteration.csv');
    const { rows } = parseSimtrace(readFileSync(log, 'utf8'), 'the log');
    expect(rows.at(-1)).toMatchObject({ status: 'lap_complete', progressPct: 100, action: 2 });
    const file = join(out, 'metrics', 'evaluation', `evaluation-${stream}.json`);
    const { metrics } = JSON.parse(readFileSync(file, 'utf8')) as { metrics: { trial: number }[] };
    expect(metrics.map(({ trial }) => trial)).toEqual([1, 2]);
    const replay = Replay.parse(JSON.parse(readFileSync(join(out, 'replay', '30.json'), 'utf8')));
    expect(replay.steps).toHaveLength(rows.length);
    expect(replay.actions).toEqual(actions);
    expect(replay.outputs).toHaveLength(rows.length);
    for (const output of replay.outputs) expect(output.indexOf(Math.max(...output))).toBe(2);
    const { width, height, everySteps, base64 } = replay.pictures ?? expect.fail('no pictures');
    const runs = [...Buffer.from(base64, 'base64')];
    const points = runs.reduce((sum, run) => sum + (run & 15) + 1, 0);
    expect(points).toBe(Math.ceil(rows.length / everySteps) * width * height);
    expect(new Set(runs.map((run) => run >> 4)).size).toBeGreaterThan(8);
    // One text of each lap: on the terminal, in the report, and of what the replay and the result say.
    const page = readFileSync(join(out, 'report.html'), 'utf8');
    const result = Evaluation.parse(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')));
    expect(replay.laps).toEqual(result.checkpoints[0]?.laps.map(({ time }) => time));
    for (const [index, time] of (replay.laps ?? []).entries()) {
      const text = lapTime(time ?? Number.NaN);
      expect(stdout).toMatch(new RegExp(`^lap ${index + 1}: ${text}$`, 'm'));
      expect(page).toContain(`<td>${text}</td>`);
    }
    expect(page).toContain('uPlot');
    expect(page).not.toMatch(/(?:src|href)=/);
    const replayed = await here('simulate', 'replay', log, '--track', track, '--json');
    expect(JSON.parse(replayed.stdout)).toMatchObject({
      track: 'circle',
      rows: rows.length,
      onTrackAgreement: 1,
      offTracks: { logged: 0, found: 0 },
    });
  }, 60_000);

  it('follows the rules of a race', async () => {
    const rules = join(folder, 'rules.yaml');
    writeFileSync(
      rules,
      'name: Friday\nraceType: {type: object-avoidance, boxes: 1, placed: [{lane: outer, percent: 50}]}\nresets: {perLap: 0, where: in-place}\nranking: {by: total, laps: 1}\n',
    );
    const { stdout } = await evaluate('--rules', rules, '--checkpoint', '10', '--trials', '1', '--json');
    const evaluation = JSON.parse(stdout) as Evaluation & { score: unknown };
    expect(evaluation.rules.name).toBe('Friday');
    expect(evaluation.score).toBeNull();
    expect(evaluation.checkpoints[0]?.laps).toMatchObject([{ time: null, resets: 0, offTracks: 1 }]);
  }, 60_000);

  it('ends cleanly on SIGINT with what it has', async () => {
    const out = join(folder, 'stopped');
    const child = spawn(process.execPath, [
      ...[bin, 'evaluate', archive, '--track', track, '--checkpoint', '30', '--trials', '1000', '--out', out],
    ]);
    const ended = output(child);
    await new Promise((resolve) => child.stderr.once('data', resolve));
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Stopped early/);
    expect(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'))).toMatchObject({
      interrupted: true,
      chosen: '30',
    });
    expect(readdirSync(out)).toContain('report.html');
  }, 60_000);

  it.each<[string, typeof here, string[], number, RegExp]>([
    [
      'an archive that is not there',
      agent,
      ['evaluate', 'none.tar.gz', '--track', 'oval'],
      1,
      /^[a-z-]+: .*none\.tar\.gz/,
    ],
    ['a track that is not there', here, ['evaluate', 'none.tar.gz', '--track', 'nowhere'], 1, /^not-found: /],
    ['no track', agent, ['evaluate', 'none.tar.gz'], 2, /--track/],
    [
      'a wrong number',
      here,
      ['evaluate', 'none.tar.gz', '--track', 'oval', '--trials', 'many'],
      2,
      /must be 1 to 1000/,
    ],
    [
      'an unknown race type',
      here,
      ['evaluate', 'none.tar.gz', '--track', 'oval', '--race-type', 'derby'],
      2,
      /time-trial/,
    ],
  ])('refuses %s', async (_what, run, args, code, message) => {
    const refused = await run(...args);
    expect(refused.code).toBe(code);
    expect(refused.stderr).toMatch(message);
  });

  it('names a checkpoint that is not there', async () => {
    const refused = await evaluate('--checkpoint', '77');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^checkpoint-unknown: .*10, 20, 30, 40/);
  });
});

function output(child: ChildProcess): Promise<{ code: number | null; stdout: string }> {
  let stdout = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout })));
}
