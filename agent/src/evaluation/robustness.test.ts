import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Evaluated } from './index.js';
import { inWords, verdictOf } from './robustness.js';
import { Robustness } from './robustness-result.js';

const run = promisify(execFile);
const bin = fileURLToPath(new URL('../../bin/pitwall-agent.js', import.meta.url));
const sample = fileURLToPath(new URL('../../models/sample.tar.gz', import.meta.url));
const evaluate = async (...args: string[]) =>
  (await run(process.execPath, [bin, 'evaluate', sample, '--track', 'oval', '--trials', '1', '--seed', '4', ...args]))
    .stdout;

describe('evaluate --robustness', () => {
  let folder: string;
  let evaluation: Evaluated['evaluation'];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pitwall-robustness-'));
    evaluation = JSON.parse(await evaluate('--robustness', '--json', '--out', folder));
    expect(Robustness.parse(evaluation.robustness)).toEqual(evaluation.robustness);
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('leaves the evaluation itself as it is without', async () => {
    const { robustness, ...rest } = evaluation;
    expect(robustness).toBeDefined();
    expect(JSON.parse(await evaluate('--json'))).toEqual(rest);
  }, 60_000);

  it('drives each change from small to large, and the same as its switch alone does', async () => {
    const { plain, series } = evaluation.robustness!;
    expect(plain).toMatchObject({ laps: 1, completeLaps: 1, verdict: 'holds', change: {} });
    expect(series.map(({ name, levels }) => [name, levels.length])).toEqual([
      ['light', 3],
      ['blur', 3],
      ['darker', 3],
      ['brighter', 3],
      ['tilted-up', 3],
      ['tilted-down', 3],
      ['mask', 1],
    ]);
    for (const { breaksAt, levels } of series)
      expect(breaksAt).toEqual(levels.find(({ verdict }) => verdict === 'breaks')?.change ?? null);
    const alone = JSON.parse(await evaluate('--tilt', '3', '--json')) as Evaluated['evaluation'];
    expect(alone.domain).toEqual({ tiltDeg: 3 });
    const tilted = series.find(({ name }) => name === 'tilted-down')?.levels[2];
    expect(tilted?.meanProgressPct).toBe(alone.checkpoints[0]?.meanProgressPct);
    expect(tilted?.meanLapTime).toBe(alone.checkpoints[0]?.meanLapTime);
  }, 60_000);

  it('stands on the report’s page, with what the camera saw', () => {
    const page = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(page).toContain('With a changed camera');
    expect(page.match(/src="data:image\/bmp;base64,/g)).toHaveLength(20);
    expect(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')).robustness).toEqual(evaluation.robustness);
  });

  it('refuses a change beyond its limits, and one beside --robustness', async () => {
    await expect(evaluate('--tilt', '12')).rejects.toMatchObject({
      stderr: expect.stringMatching(/must be -10 to 10/),
    });
    await expect(evaluate('--mask', '1.5')).rejects.toMatchObject({ stderr: expect.stringMatching(/whole number/) });
    await expect(evaluate('--robustness', '--blur', '10')).rejects.toMatchObject({
      stderr: expect.stringMatching(/cannot be used with option/),
    });
  });
});

it.each([
  [{ laps: 3, completeLaps: 3, offTracks: 0, collisions: 0 }, 'holds'],
  [{ laps: 3, completeLaps: 3, offTracks: 2, collisions: 0 }, 'holds'],
  [{ laps: 3, completeLaps: 3, offTracks: 1, collisions: 2 }, 'worse'],
  [{ laps: 3, completeLaps: 2, offTracks: 0, collisions: 0 }, 'breaks'],
] as const)('%j against three laps with one time off the track: %s', (level, verdict) => {
  expect(verdictOf(level, { laps: 3, completeLaps: 3, offTracks: 1, collisions: 0 })).toBe(verdict);
});

it.each([
  [{}, 'nothing'],
  [{ exposureEv: -0.5 }, '−0.5 EV'],
  [{ light: 0.4, tiltDeg: 2 }, '±40% light, +2°'],
  [{ blurMs: 33, mask: 128 }, '33 ms, grey 128'],
] as const)('says %j in words', (change, text) => {
  expect(inWords(change)).toBe(text);
});
