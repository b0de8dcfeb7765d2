import { performance } from 'node:perf_hooks';
import type { LiveMessage } from '@pitwall/protocol/api';
import { RaceReplay } from '@pitwall/protocol/race';
import { Moments } from '@pitwall/protocol/show';
import type { Page } from 'playwright-core';
import WebSocket from 'ws';
import { missingForPages, openBrowser, openPage } from '../pages/browser.js';
import { TrackDay } from '../race/track-day.js';
import { KeepingGate } from '../race-faults/keeping-gate.js';
import { PatientMarshal } from '../race-faults/patient-marshal.js';
import { raceDay } from './race-log.js';
import { quantile, type Report } from './report.js';

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
/** Beside the pages: `SHOW_BOARDS=20` for a small computer. */
const boards = Number(process.env.SHOW_BOARDS ?? 300);
const crossings = 60;

/** What a crowd sees, and when: sentences, painted pixels with all kinds of pages open, a frame of the overlay, a screen's memory. */
export async function run(report: Report): Promise<void> {
  sentenceSpeed(report);
  if (missingForPages !== undefined) throw new Error(`the pages need ${missingForPages}`);
  const day = await TrackDay.open();
  try {
    await withPages(day, report);
  } finally {
    await day.close();
  }
}

/** How long after a record is there its moments are: on the longest race that a day has. */
function sentenceSpeed(report: Report): void {
  const records = raceDay('show', 'line', 20_000, 'boot', 1e12);
  const replay = new RaceReplay();
  const moments = new Moments();
  const times: number[] = [];
  for (const record of records) {
    const from = performance.now();
    replay.append([record]);
    moments.follow(replay.state);
    if (record.event.type === 'crossing') times.push(performance.now() - from);
  }
  const value = quantile(times, 0.99);
  const figure = 'crossing to moments, in a race of 20,000 records, p99';
  report({ figure, value, unit: 'ms', bar: '≤ 5', ok: value <= 5 });
}

/** A page that follows the race as boards do. */
class Board {
  readonly #socket: WebSocket;
  heard = 0;

  constructor(url: string) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`);
    this.#socket.on('message', (data) => {
      const text = String(data);
      if (text.startsWith('{"type":"log"'))
        this.heard += (JSON.parse(text) as LiveMessage & { type: 'log' }).records.length;
    });
  }

  async follow(race: string): Promise<void> {
    await new Promise<void>((resolve, reject) => this.#socket.once('open', () => resolve()).once('error', reject));
    this.#socket.send(JSON.stringify({ type: 'follow', race, after: 0 }));
  }

  close(): void {
    this.#socket.terminate();
  }
}

/**
 * Notes on the page when a lap's number was painted: after the frame in which it first stood there. `performance.timeOrigin` and
 * `performance.now()` are of this computer's clock, too.
 */
const watchLaps = `(() => {
  window.painted = [];
  let last = document.querySelector('[data-lap]')?.dataset.lap ?? '0';
  new MutationObserver(() => {
    const lap = document.querySelector('[data-lap]')?.dataset.lap ?? '0';
    if (lap === last) return;
    last = lap;
    requestAnimationFrame(() => {
      // A task after the frame's: the frame has been handed on.
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.painted.push([Number(lap), performance.timeOrigin + performance.now()]);
      channel.port2.postMessage(null);
    });
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-lap'] });
})()`;

async function withPages(day: TrackDay, report: Report): Promise<void> {
  const gate = new KeepingGate('line', await day.token('gate', 'line'));
  gate.connect(day.mqtt);
  const marshal = new PatientMarshal(day, 'show');
  await marshal.begin('line', { holdoff: 0, plausible: { min: 0, max: 600_000_000 }, timeLimit: null });
  await createEvent(day);
  // The event is anna's, as the race is.
  const organizer = await day.token('organizer', 'anna');
  const followers = Array.from({ length: boards }, () => new Board(day.url));
  await Promise.all(followers.map((board) => board.follow('show')));
  const browser = await openBrowser();
  try {
    const screen = await openPage(browser, { width: 1920, height: 1080 });
    const overlay = await openPage(browser, { width: 1920, height: 1080 });
    const commentator = await openPage(browser, { width: 1440, height: 900 });
    await screen.page.goto(`${day.url}/events/day/screen`);
    await overlay.page.goto(`${day.url}/events/day/overlay`);
    await commentator.page.goto(day.url);
    await commentator.page.evaluate(`sessionStorage.setItem('pitwall-token', '${organizer}')`);
    await commentator.page.goto(`${day.url}/events/day/commentator`);
    await screen.page.locator('[data-scene=run]').waitFor();
    await overlay.page.getByTestId('third').waitFor();
    gate.cross();
    await gate.empty();
    await screen.page.evaluate(watchLaps);
    await pause(1500);
    const crossed: number[] = [];
    const frame = await frameOf(overlay.page, async () => {
      for (let crossing = 0; crossing < crossings; crossing += 1) {
        crossed.push(Date.now());
        gate.cross();
        await pause(250);
      }
      await gate.empty();
      await pause(1500);
    });
    const painted = (await screen.page.evaluate('window.painted')) as [number, number][];
    const latencies = painted.flatMap(([lap, at]) => {
      const from = crossed[lap - 1];
      return from === undefined ? [] : [at - from];
    });
    const p99 = quantile(latencies, 0.99);
    report({
      figure: `crossing to painted pixel with ${boards} boards, a screen, an overlay and a commentator, p99 of ${latencies.length}`,
      value: p99,
      unit: 'ms',
      bar: '≤ 50',
      ok: p99 <= 50 && latencies.length >= crossings * 0.9,
    });
    report({
      figure: 'crossing to painted pixel, median',
      value: quantile(latencies, 0.5),
      unit: 'ms',
      bar: '≤ 50',
      ok: quantile(latencies, 0.5) <= 50,
    });
    report({
      figure: 'a frame of the overlay, script, style and layout',
      value: frame,
      unit: 'ms',
      bar: '≤ 16',
      ok: frame <= 16,
    });
    await memory(screen.page, gate, marshal, report);
  } finally {
    await browser.close();
    for (const board of followers) board.close();
    await gate.disconnect();
  }
}

async function createEvent(day: TrackDay): Promise<void> {
  const at = Date.now();
  const endsAt = at + 86_400_000;
  const program = [{ race: 'show', startsAt: at, endsAt }];
  const setup = { name: 'Day', startsAt: at - 1000, endsAt, program };
  await day.post('/api/v1/events', { event: 'day', commandId: crypto.randomUUID(), setup });
}

/** The mean work of a page for each frame that it draws meanwhile, ms, as Chromium counts it (`Performance.getMetrics`). */
async function frameOf(page: Page, work: () => Promise<void>): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const read = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
  };
  await page.evaluate('window.frames_ = 0; (function next() { window.frames_ += 1; requestAnimationFrame(next); })();');
  const before = await read();
  const frames = (await page.evaluate('window.frames_')) as number;
  await work();
  const drawn = ((await page.evaluate('window.frames_')) as number) - frames;
  return ((await read()) - before) * (1000 / Math.max(1, drawn));
}

/** Of an hour: runs, and laps of each. */
const hour = { runs: 8, laps: 15 };

/** What a screen holds after ten hours of runs, and after one, in ratio: what it shows does not grow. */
async function memory(page: Page, gate: KeepingGate, marshal: PatientMarshal, report: Report): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const used = async () => {
    await pause(3000);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return usedSize;
  };
  const drive = async (hours: number) => {
    for (let run = 0; run < hours * hour.runs; run += 1) {
      const { runId } = marshal;
      await marshal.give({ type: 'finish', runId });
      await marshal.give({ type: 'confirm', runId });
      await marshal.start();
      for (let lap = 0; lap <= hour.laps; lap += 1) {
        gate.cross();
        await pause(15);
      }
      await gate.empty();
    }
  };
  await drive(1);
  const first = await used();
  await drive(9);
  const later = await used();
  const ratio = later / first;
  report({
    figure: `heap of a screen after ten hours of ${hour.runs} runs of ${hour.laps} laps, to that after one`,
    value: later / 1e6,
    unit: 'MB',
    bar: 'ratio ≤ 1.1',
    ok: ratio <= 1.1,
    baseline: first / 1e6,
    ratio,
  });
}
