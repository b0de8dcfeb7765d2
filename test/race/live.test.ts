import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RaceId } from '@pitwall/protocol';
import { LiveMessage } from '@pitwall/protocol/api';
import type { Pose } from '@pitwall/protocol/messages';
import { type RaceCommand, RaceReplay, type RunState } from '@pitwall/protocol/race';
import { parseTrack } from '@pitwall/protocol/track';
import { afterEach, beforeEach, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { z } from 'zod';
import { writeArchive } from '../hardware/archive.js';
import { model, TrackDay, track } from './track-day.js';

type Command = z.input<typeof RaceCommand>;
const race = 'friday' as RaceId;
const second = 1_000_000;
const road = parseTrack(readFileSync(track, 'utf8'), track);

let day: TrackDay;
let live: Live;

beforeEach(async () => {
  day = await TrackDay.open();
  live = new Live();
});

afterEach(async () => {
  live.close();
  await day.close();
});

/** Where the car was, when in its own clock. */
interface Seen {
  readonly at: number;
  readonly pose: Pose;
}

/** The race and its car as a page hears of them, and the organizer's commands. */
class Live {
  readonly replay = new RaceReplay();
  poses: Seen[] = [];
  #socket: WebSocket | undefined;
  #faulted = false;
  readonly #waiting = new Set<() => void>();

  follow(): void {
    const socket = new WebSocket(`${day.url.replace('http', 'ws')}/api/v1/live`);
    this.#socket = socket;
    socket.on('open', () => {
      socket.send(JSON.stringify({ type: 'follow', race, after: 0 }));
      socket.send(JSON.stringify({ type: 'watch', cars: [`live-${race}`] }));
    });
    socket.on('message', (data) => {
      const message = LiveMessage.parse(JSON.parse(String(data)));
      if (message.type === 'log') this.replay.append(message.records);
      if (message.type === 'telemetry' && message.telemetry.pose !== null)
        this.poses.push({ at: message.telemetry.at, pose: message.telemetry.pose });
      if (message.type === 'car-state') this.#lookAfter(message.state.safety);
      for (const look of this.#waiting) look();
    });
    socket.on('error', () => undefined);
  }

  /** A busy machine makes the car stop itself now and then. */
  #lookAfter(safety: string): void {
    const stopped = safety === 'faulted' && this.run?.phase === 'running';
    if (stopped && !this.#faulted)
      this.give({ type: 'clear-car', car: `live-${race}` } as Command).catch(console.error);
    this.#faulted = stopped;
  }

  get run(): RunState | undefined {
    return this.replay.seq === 0 ? undefined : this.replay.current;
  }

  until(reached: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!reached()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  async give(command: Command, token?: string): Promise<void> {
    const { seq } = (await day.get(`/api/v1/races/${race}`)) as { seq: number };
    await day.post(`/api/v1/races/${race}/commands`, { commandId: crypto.randomUUID(), seen: seq, command }, token);
    await this.until(() => this.replay.seq > seq);
  }

  /** Called, staged, and ready as soon as the model is on the car. */
  async ready(runId: string): Promise<void> {
    await this.until(() => this.replay.run(runId)?.carAnswer?.command === 'load');
    expect(this.replay.run(runId)?.carAnswer).toMatchObject({ command: 'load', outcome: 'done' });
    await this.give({ type: 'ready', runId });
  }

  /** m/s over the next stretch of road, by the car's own clock, after it had time to change. */
  async speed(): Promise<number> {
    const from = this.poses.at(-1)?.at ?? 0;
    await this.until(() => (this.poses.at(-1)?.at ?? 0) > from + 1.6 * second);
    const seen = this.poses.filter(({ at }) => at > from + 0.6 * second);
    const way = seen.slice(1).reduce((sum, { pose }, index) => sum + apart(pose, seen[index]?.pose as Pose), 0);
    return way / (((seen.at(-1)?.at ?? 0) - (seen[0]?.at ?? 0)) / second);
  }

  close(): void {
    this.#socket?.close();
  }
}

const apart = (a: Pose, b: Pose): number => Math.hypot(a.x - b.x, a.y - b.y);

async function enter(token: string, archive: Uint8Array): Promise<Response> {
  return await fetch(`${day.url}/api/v1/races/${race}/entries?name=mine`, {
    method: 'POST',
    headers: { 'content-type': 'application/gzip', authorization: `Bearer ${token}` },
    body: archive,
  });
}

it('is run from its queue to its winner, with the simulated car at the speed that its racer wants', async () => {
  const [ada, ben] = [await day.token('racer', 'ada'), await day.token('racer', 'ben')];
  await day.post('/api/v1/races', {
    race,
    commandId: crypto.randomUUID(),
    setup: {
      name: 'LIVE',
      track: { id: 'harbour', version: 1 },
      gates: [`live-${race}`],
      car: 'simulated',
      leaderboard: 'hall',
      rules: {
        name: 'LIVE',
        start: 'countdown',
        countdown: second,
        lapLimit: 1,
        resets: { perLap: null, where: 'start-line' },
        direction: road.direction,
      },
    },
  });
  live.follow();
  await live.until(() => live.replay.seq > 0);
  await live.give({ type: 'open' });

  // They enter by themselves, until nobody may any more; one of them with a model that wants two cameras and a lidar.
  const archive = readFileSync(model);
  const all = join(mkdtempSync(join(tmpdir(), 'pitwall-live-')), 'all-sensors.tar.gz');
  writeArchive(all, 'tiny', 1, { lidar: true, stereo: true });
  expect((await enter(ben, readFileSync(all))).status).toBe(201);
  rmSync(dirname(all), { recursive: true });
  expect((await enter(ada, archive)).status).toBe(201);
  await live.give({ type: 'close-entries' });
  expect((await enter(ada, archive)).status).toBe(409);
  await live.give({ type: 'move', racer: 'ada', place: 1 } as Command);
  expect(live.replay.state.queue.map(({ racer }) => racer)).toEqual(['ada', 'ben']);

  const first = crypto.randomUUID();
  await live.give({ type: 'call', runId: first });
  await live.give({ type: 'stage', runId: first });
  await live.ready(first);
  await live.until(() => live.poses.length > 0);
  const start = live.poses.at(-1)?.pose as Pose;
  await live.give({ type: 'start', runId: first });
  expect(live.run?.countdown).not.toBeNull();
  await live.until(() => live.run?.phase === 'running');

  // Its racer alone sets the speed, and nothing else; the car slows down and still finds its way.
  await live.until(() => apart(live.poses.at(-1)?.pose as Pose, start) > 1);
  const slow = { type: 'speed', runId: first, percent: 50 } as const;
  await expect(live.give(slow, ben)).rejects.toThrow(/access-denied/);
  await expect(live.give({ type: 'finish', runId: first }, ada)).rejects.toThrow(/access-denied/);
  const full = await live.speed();
  await live.give(slow, ada);
  const half = await live.speed();
  expect(half).toBeGreaterThan(0.1);
  expect(half / full).toBeLessThan(0.75);
  expect(live.poses.filter(({ pose }) => !road.isOnRoad(pose.x, pose.y))).toEqual([]);

  expect(apart(live.poses.at(-1)?.pose as Pose, start)).toBeGreaterThan(1);
  await live.give({ type: 'incident', runId: first, kind: 'reset' });
  await live.until(() => apart(live.poses.at(-1)?.pose as Pose, start) < 0.7);

  const again = crypto.randomUUID();
  await live.give({ type: 'relaunch', runId: first, next: again, reason: 'the car stood' });
  expect(live.run).toMatchObject({ runId: again, racer: 'ada', phase: 'staged', speed: 100 });
  await live.ready(again);
  expect(apart(live.poses.at(-1)?.pose as Pose, start)).toBeLessThan(0.7);
  await live.give({ type: 'start', runId: again });
  await live.until(() => live.run?.phase === 'over');
  await live.give({ type: 'confirm', runId: again });

  const third = crypto.randomUUID();
  await live.give({ type: 'call', runId: third });
  await live.give({ type: 'stage', runId: third });
  await live.ready(third);
  expect(live.run).toMatchObject({ racer: 'ben', phase: 'ready' });
  const line = live.poses.at(-1)?.pose as Pose;
  await live.give({ type: 'start', runId: third });
  await live.until(() => live.run?.phase === 'running');
  await live.until(() => apart(live.poses.at(-1)?.pose as Pose, line) > 0.5);
  await live.give({ type: 'discard', runId: third, reason: 'ben went home' });

  await live.give({ type: 'close' });
  await live.give({ type: 'declare-official', overrule: 'all agree' });
  const [winner] = live.replay.state.standings;
  expect(winner).toMatchObject({ rank: 1, racer: 'ada', attempts: 1 });
  await expect
    .poll(async () => await day.get('/api/v1/leaderboards/hall/standings'), { timeout: 20_000 })
    .toMatchObject({ physical: [], virtual: [{ rank: 1, racer: 'ada', bestLap: winner?.bestLap }] });
});
