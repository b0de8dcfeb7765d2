import { once } from 'node:events';
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import type { SessionId } from '@pitwall/protocol';
import { TruePose } from '@pitwall/protocol/messages';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../free-port.js';
import { Agent } from './agent.js';
import { TrackClient } from './track-client.js';

describe('pitwall-agent run, with simulated hardware, at a real broker', () => {
  const track = new TrackClient();
  let agent: Agent;
  let metricsPort: number;

  beforeAll(async () => {
    await track.start();
    metricsPort = await freePort();
    agent = new Agent({ track, over: { metrics: { port: metricsPort } } });
    agent.start();
    await track.until('telemetry', (telemetry) => telemetry.framesPerSecond > 0 && telemetry.action !== null);
  });
  afterAll(async () => {
    await agent.stop();
    await track.stop();
  });

  it('is born online with its model and a fresh session, and says its state', async () => {
    const presence = await track.until('presence');
    expect(presence).toMatchObject({ status: 'online', profile: 'simulated', model: { name: 'tiny' } });
    const state = await track.until('state');
    expect(state.sessionId).toBe(presence.sessionId);
    expect(state).toMatchObject({ safety: 'disarmed', reason: null, throttleScale: 100 });
  });

  it('refuses to start before it is armed, and what came too late, twice, or of another boot', async () => {
    expect(await track.command({ type: 'start' })).toMatchObject({ outcome: 'refused', code: 'command-refused' });
    const { bootId, at } = track.clock();
    const late = { bootId, at: (at - 1) as typeof at };
    expect(await track.command({ type: 'arm' }, { expires: late })).toMatchObject({ code: 'command-expired' });
    const other = { bootId: 'another-boot' as typeof bootId, at: (at + 60_000_000) as typeof at };
    expect(await track.command({ type: 'arm' }, { expires: other })).toMatchObject({ code: 'command-expired' });
    const commandId = crypto.randomUUID();
    expect(await track.command({ type: 'throttle-scale', percent: 50 }, { commandId })).toMatchObject({
      outcome: 'done',
    });
    expect(await track.command({ type: 'throttle-scale', percent: 90 }, { commandId })).toMatchObject({
      outcome: 'refused',
      code: 'command-repeated',
    });
    expect((await track.until('reply')).safety).toBe('disarmed');
  });

  it('refuses what comes after a later command of the same sender, but never an e-stop', async () => {
    const order = (seq: number, sender = crypto.randomUUID()) => ({
      order: { sessionId: sender as ReturnType<typeof crypto.randomUUID> & SessionId, seq },
    });
    const sender = crypto.randomUUID();
    const scale = { type: 'throttle-scale', percent: 80 } as const;
    expect(await track.command(scale, order(7, sender))).toMatchObject({ outcome: 'done' });
    expect(await track.command({ type: 'arm' }, order(6, sender))).toMatchObject({ code: 'command-out-of-order' });
    expect(await track.command({ type: 'arm' }, order(7, sender))).toMatchObject({ code: 'command-out-of-order' });
    expect(await track.command(scale, order(0))).toMatchObject({ outcome: 'done' });
    expect(await track.command({ type: 'e-stop' }, order(5, sender))).toMatchObject({ safety: 'faulted' });
    expect(await track.command({ type: 'clear' }, order(8, sender))).toMatchObject({ safety: 'disarmed' });
  });

  it('is not impressed by payloads that are no commands', async () => {
    for (const payload of ['', '{', 'null', '{"commandId":1}', '{"action":{"type":"start"}}', 'x'.repeat(100_000)]) {
      track.send(payload);
    }
    expect(await track.command({ type: 'throttle-scale', percent: 100 })).toMatchObject({ outcome: 'done' });
  });

  it('arms, drives by its policy, and the true pose moves on a monotonic clock at 200 Hz', async () => {
    expect(await track.arm()).toMatchObject({ outcome: 'done', safety: 'armed' });
    expect(await track.command({ type: 'start' })).toMatchObject({ outcome: 'done', safety: 'driving' });
    const poses: TruePose[] = [];
    const socket = createConnection(agent.poses);
    const lines = createInterface({ input: socket });
    lines.on('line', (line) => {
      poses.push(TruePose.parse(JSON.parse(line)));
      if (poses.length === 200) lines.close();
    });
    await once(lines, 'close');
    socket.destroy();
    const gaps = new Set(poses.slice(1).map((pose, i) => pose.at - poses[i]!.at));
    expect([...gaps]).toEqual([5000]);
    expect(Math.abs(poses[0]!.at - Number(process.hrtime.bigint() / 1000n))).toBeLessThan(10_000_000);
    expect(poses.at(-1)!.x - poses[0]!.x).toBeGreaterThan(0.3);
    const telemetry = await track.until('telemetry', ({ pose }) => pose !== null && pose.x > 1.2);
    expect(telemetry.latency.inference.p50).toBeGreaterThan(0);
  });

  const metrics = async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const framesPerSecond = async () => Number((await metrics()).match(/^pitwall_car_frames_per_second (\S+)/m)?.[1]);

  it('gives the latencies of each stage to Prometheus', async () => {
    const text = await metrics();
    for (const stage of ['age', 'decode', 'inference', 'act']) {
      const line = text.match(new RegExp(`pitwall_car_stage_seconds_count\\{stage="${stage}"\\} (\\d+)`));
      expect(Number(line?.[1])).toBeGreaterThan(0);
    }
    expect(Number(text.match(/^pitwall_car_frames_total (\d+)/m)?.[1])).toBeGreaterThan(10);
    expect(text).toMatch(/^pitwall_car_dropped_frames_total \d+/m);
  });

  it('stops and resumes with one command each; an e-stop wants clear, arm and start', async () => {
    expect(await track.command({ type: 'stop' })).toMatchObject({ outcome: 'done', safety: 'stopping' });
    await track.until('state', ({ safety, reason }) => safety === 'stopped' && reason === 'stop');
    expect(await track.command({ type: 'resume' })).toMatchObject({ outcome: 'done', safety: 'driving' });
    // An e-stop is never too old.
    const { bootId } = track.clock();
    const old = { bootId, at: 0 as ReturnType<typeof track.clock>['at'] };
    expect(await track.command({ type: 'e-stop' }, { expires: old })).toMatchObject({
      outcome: 'done',
      safety: 'faulted',
    });
    expect(await track.command({ type: 'resume' })).toMatchObject({ outcome: 'refused', safety: 'faulted' });
    expect(await track.command({ type: 'clear' })).toMatchObject({ outcome: 'done', safety: 'disarmed' });
  });

  it('drives by hand over MQTT, and stops 300 ms after the hand is gone', async () => {
    expect(await track.command({ type: 'arm', manual: true })).toMatchObject({ outcome: 'done' });
    expect(await track.command({ type: 'start' })).toMatchObject({ safety: 'driving' });
    track.mark();
    const hand = setInterval(() => track.give({ type: 'drive', steering: 0.2, throttle: 0.2 }), 50);
    await track.until('telemetry', ({ at }) => at > track.heard[0]!.message.at);
    const from = track.clock().at;
    await track.until('telemetry', ({ at }) => at - from > 700_000);
    clearInterval(hand);
    const last = track.clock().at;
    const stopped = await track.until('state', ({ reason }) => reason === 'dead-man');
    expect(stopped.safety).toBe('stopping');
    expect(stopped.at - last).toBeGreaterThan(150_000);
    expect(stopped.at - last).toBeLessThan(600_000);
    await track.until('state', ({ safety }) => safety === 'stopped');
    expect(await track.command({ type: 'clear' })).toMatchObject({ safety: 'disarmed' });
  });

  it('stops when the link is lost, and comes back with a fresh session and the truth', async () => {
    await track.arm();
    expect(await track.command({ type: 'start' })).toMatchObject({ safety: 'driving' });
    const before = await track.until('reply');
    await track.stop();
    track.mark();
    await agent.says('stopping: the link to the track is lost');
    // Its metrics go on without the link.
    const [camera] = agent.children('world');
    process.kill(camera!, 'SIGSTOP');
    await vi.waitFor(async () => expect(await framesPerSecond()).toBe(0), 10_000);
    process.kill(camera!, 'SIGCONT');
    await vi.waitFor(async () => expect(await framesPerSecond()).toBeGreaterThan(5), 10_000);
    await track.start();
    const presence = await track.until('presence', ({ status }) => status === 'online');
    expect(presence.sessionId).not.toBe(before.sessionId);
    expect(presence.bootId).toBe(before.bootId);
    const state = await track.until('state', ({ sessionId }) => sessionId === presence.sessionId);
    expect(state).toMatchObject({ reason: 'link-lost' });
    expect(await track.command({ type: 'resume' })).toMatchObject({ safety: 'driving' });
  });

  it('SIGTERM: neutral first, then offline, then gone', async () => {
    track.mark();
    agent.process!.kill('SIGTERM');
    const presence = await track.until('presence');
    expect(presence.status).toBe('offline');
    expect(await agent.ended()).toEqual({ code: 0, signal: null });
  });

  it('a killed agent is lost, and leaves no process behind', async () => {
    const killed = new Agent({ track, model: false });
    killed.start();
    track.mark();
    await track.until('presence', ({ status }) => status === 'online');
    const pids = [...killed.children('actuator'), ...killed.children('world')];
    expect(pids).toHaveLength(2);
    track.mark();
    killed.process!.kill('SIGKILL');
    expect((await track.until('presence')).status).toBe('lost');
    const deadline = Date.now() + 5000;
    const alive = () => pids.filter((pid) => isAlive(pid));
    while (alive().length > 0 && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
    expect(alive()).toEqual([]);
    await killed.stop();
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
