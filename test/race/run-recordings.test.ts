import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRecording } from '@pitwall/agent/recorder';
import type { RunRecording, RunRecordingList } from '@pitwall/protocol/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { missingForPages, openBrowser, openPage } from '../pages/browser.js';
import { TrackDay } from './track-day.js';
import { Trial } from './trial.js';

const ffmpeg = existsSync('/usr/bin/ffmpeg') && existsSync('/usr/bin/ffprobe');
if (!ffmpeg) {
  if (process.env.CI === 'true') throw new Error('videos of runs are tested with ffmpeg, which is missing');
  console.log('skipped: videos of runs, because ffmpeg is missing');
}

describe.skipIf(!ffmpeg)('what a racer takes home of a run', () => {
  let day: TrackDay;
  let trial: Trial;
  beforeEach(async () => {
    day = await TrackDay.open();
    trial = new Trial(day, 'trial');
  });
  afterEach(async () => {
    trial.close();
    await day.close();
  });

  const asked = (path: string, token?: string, init: RequestInit = {}) =>
    fetch(`${day.url}/api/v1/races/trial${path}`, {
      ...init,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
    });
  const listed = async (token?: string): Promise<RunRecording[]> =>
    ((await (await asked('/recordings', token)).json()) as RunRecordingList).recordings;
  const fetched = async (kind: string, token: string): Promise<string> => {
    const answer = await asked(`/runs/${trial.runId}/${kind}`, token);
    expect(answer.status).toBe(200);
    const folder = process.env.RUN_FILES ?? day.folder;
    mkdirSync(folder, { recursive: true });
    const path = join(folder, kind);
    writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
    return path;
  };
  const probe = (file: string) =>
    JSON.parse(execFileSync('ffprobe', ['-v', 'error', '-show_streams', '-of', 'json', file], { encoding: 'utf8' }))
      .streams[0];

  /** The certificate's page links what there is, with its size, and keeps it off the paper. */
  const seenOnThePage = async (token: string): Promise<void> => {
    if (missingForPages !== undefined) {
      if (process.env.CI === 'true') throw new Error(`the page is tested with ${missingForPages}`);
      return console.log(`skipped: the page of a video, because ${missingForPages} is missing`);
    }
    const browser = await openBrowser();
    try {
      const { page, faults } = await openPage(browser);
      const address = `${day.url}/races/trial/certificate/ada`;
      await page.goto(address);
      await page.getByText('shown to its racer alone').waitFor();
      await page.evaluate(`sessionStorage.setItem('pitwall-token', '${token}')`);
      await page.goto(address);
      const run = page.locator('[data-run-recording=there]');
      await run.waitFor();
      for (const name of [/^Video \(\d+\.\d MB\)$/, /^Best lap \(/, /^Recording \(\.mcap, /])
        expect(await run.getByRole('button', { name }).count()).toBe(1);
      const [saved] = await Promise.all([
        page.waitForEvent('download'),
        run.getByRole('button', { name: /^Video/ }).click(),
      ]);
      expect(saved.suggestedFilename()).toBe('video.mp4');
      if (process.env.RUN_FILES !== undefined)
        await page.screenshot({ path: join(process.env.RUN_FILES, 'page.png'), fullPage: true });
      await page.emulateMedia({ media: 'print' });
      expect(await run.isVisible()).toBe(false);
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
    }
  };

  it('is the recording of that run alone, a video and its best lap: the racer’s and staff’s until the racer shares them', async () => {
    await day.startGate('start');
    await day.startCar('red');
    await expect
      .poll(async () => await day.get('/api/v1/gates'), { timeout: 30_000 })
      .toMatchObject({ gates: [{ gate: 'start', status: 'online', sensor: 'ok' }] });
    await trial.start(2);
    await trial.until(() => trial.run?.phase === 'over');
    const overAt = Date.now();
    await trial.give({ type: 'confirm', runId: trial.runId });
    const [ada, staff, other] = await Promise.all([
      day.token('racer', 'ada'),
      day.token('marshal', 'mia'),
      day.token('racer', 'ben'),
    ]);
    await expect.poll(async () => (await listed(ada))[0]?.state, { timeout: 90_000 }).toBe('there');
    const [own] = await listed(ada);
    expect(own).toMatchObject({ runId: trial.runId, racer: 'ada', why: null, shared: false, mayShare: true });
    expect(own?.files.map(({ kind }) => kind)).toEqual(['video', 'highlight', 'recording']);
    const kept = 30 * 86_400_000;
    expect(Math.abs((own?.until ?? 0) - overAt - kept)).toBeLessThan(120_000);

    const laps = trial.run?.laps ?? [];
    const [whole, best] = [probe(await fetched('video', ada)), probe(await fetched('highlight', staff))];
    for (const one of [whole, best])
      expect(one).toMatchObject({ codec_name: 'h264', width: 640, height: 480, r_frame_rate: '15/1' });
    const driven = laps.reduce((sum, { time }) => sum + (time ?? 0), 0) / 1e6;
    // Two seconds before the start and two after the end, and the way to the line.
    expect(Number(whole.duration)).toBeGreaterThan(driven);
    expect(Number(whole.duration)).toBeLessThan(driven + 12);
    const quickest = Math.min(...laps.map(({ time }) => time ?? Number.POSITIVE_INFINITY)) / 1e6;
    expect(Math.abs(Number(best.duration) - quickest - 1)).toBeLessThan(0.5);
    let pictures = 0;
    for await (const { topic, at } of readRecording(await fetched('recording', ada))) {
      if (topic === '/camera') pictures += 1;
      expect(Number(at / 1_000_000n)).toBeLessThan(overAt + 3000);
    }
    expect(pictures).toBeGreaterThan(driven * 5);

    await seenOnThePage(ada);
    for (const token of [undefined, other]) {
      expect(await listed(token)).toEqual([]);
      expect((await asked(`/runs/${trial.runId}/video`, token)).status).toBe(404);
    }
    const share = (shared: boolean, token: string) =>
      asked(`/runs/${trial.runId}/sharing`, token, { method: 'PUT', body: JSON.stringify({ shared }) });
    expect((await share(true, staff)).status).toBe(403);
    expect((await share(true, ada)).status).toBe(204);
    expect((await asked(`/runs/${trial.runId}/video`)).status).toBe(200);
    const remove = (token?: string) => asked(`/runs/${trial.runId}/recordings`, token, { method: 'DELETE' });
    expect([(await remove()).status, (await remove(other)).status]).toEqual([401, 403]);
    expect((await remove(ada)).status).toBe(204);
    expect((await asked(`/runs/${trial.runId}/video`, ada)).status).toBe(404);
    expect(await listed(ada)).toMatchObject([{ state: 'deleted', files: [] }]);
    expect(await listed(other)).toEqual([]);
    expect(existsSync(join(day.folder, 'run-recordings', trial.runId))).toBe(false);
  }, 240_000);
});
