import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { McapIndexedReader } from '@mcap/core';
import { FileHandleReadable } from '@mcap/nodejs';
import { type RecordingContents, readRecording } from '@pitwall/agent/recorder';
import type { GateId, RaceId } from '@pitwall/protocol';
import { type CarReply, topics } from '@pitwall/protocol/messages';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Agent, type AgentSettings, agentCommand } from './agent.js';
import { TrackClient } from './track-client.js';

const exec = promisify(execFile);
const training = fileURLToPath(new URL('../../agent/models/sample-training.tar.gz', import.meta.url));
const track = new TrackClient();
beforeAll(() => track.start());
afterAll(() => track.stop());
const agents: Agent[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.stop();
});

/** Starts an agent and drives. */
async function driving(settings: Omit<AgentSettings, 'track'>): Promise<Agent> {
  const agent = new Agent({ track, ...settings });
  agents.push(agent);
  track.forget();
  agent.start();
  await track.until('telemetry', ({ action }) => action !== null);
  await track.drive();
  return agent;
}
const recordings = (agent: Agent) => readdirSync(agent.recordings).map((name) => join(agent.recordings, name));
/** It has recorded for so long since it was first heard to. */
async function records(seconds: number): Promise<void> {
  const { at } = await track.until('telemetry', ({ recorder }) => recorder?.state === 'recording');
  await track.until('telemetry', (telemetry) => telemetry.at > at + seconds * 1e6);
}
const command = async (...args: string[]): Promise<string> =>
  (await exec(process.execPath, [agentCommand, ...args])).stdout;

it('a killed agent loses a second at most, and what it leaves can be read, repaired and searched', async () => {
  const agent = await driving({});
  const { bootId } = track.clock();
  const { at } = await track.until('telemetry', ({ recorder }) => recorder?.state === 'recording');
  const heard = { gate: 'start', bootId, seq: 7, at, uncertainty: 40, sessionId: crypto.randomUUID() };
  track.tell(topics.gate('start' as GateId, 'crossing'), heard);
  const lap = { runId: crypto.randomUUID(), racer: 'ada', car: 'car-1', lap: 1, time: 9_000_000, uncertainty: 80 };
  track.tell(topics.race('friday' as RaceId, 'lap'), { race: 'friday', seq: 9, ...lap, valid: true, model: null });
  await records(2);
  agent.process!.kill('SIGKILL');
  await agent.ended();
  // Until when it was at work, by what it told: a busy machine may let it write as late as it speaks.
  const { at: killed } = track.clock();

  const [file, ...others] = recordings(agent);
  expect(others).toEqual([]);
  const reading: RecordingContents = { about: {}, schemas: new Map(), whole: false };
  const seen = new Map<string, number>();
  let last = 0;
  for await (const { topic, at } of readRecording(file!, reading)) {
    seen.set(topic, (seen.get(topic) ?? 0) + 1);
    last = Math.max(last, Number(at / 1000n) - Number(reading.about.offset));
  }
  expect(reading.whole).toBe(false);
  expect(killed - last).toBeLessThan(1_000_000);
  for (const topic of ['/camera', '/decision', '/latency', '/setpoint']) expect(seen.get(topic)).toBeGreaterThan(5);
  expect(seen.get('/state')).toBeGreaterThanOrEqual(2);
  expect([seen.get('/crossing'), seen.get('/lap')]).toEqual([1, 1]);

  const repaired = join(agent.folder, 'repaired.mcap');
  await command('recording', 'repair', file!, '--out', repaired);
  const handle = await open(repaired, 'r');
  const indexed = await McapIndexedReader.Initialize({ readable: new FileHandleReadable(handle) });
  let messages = 0;
  for await (const _ of indexed.readMessages({ validateCrcs: true })) messages += 1;
  await handle.close();
  expect(messages).toBe([...seen.values()].reduce((sum, count) => sum + count, 0));
  const schemaOf = (topic: string) => {
    const channel = [...indexed.channelsById.values()].find((one) => one.topic === topic)!;
    const { name, encoding } = indexed.schemasById.get(channel.schemaId)!;
    return [channel.messageEncoding, name, encoding];
  };
  expect(schemaOf('/camera')).toEqual(['json', 'foxglove.CompressedImage', 'jsonschema']);
  expect(schemaOf('/log')).toEqual(['json', 'foxglove.Log', 'jsonschema']);
  const inspected = JSON.parse(await command('recording', 'inspect', repaired, '--json'));
  expect(inspected).toMatchObject({ whole: true, messages, about: { car: 'car-1', profile: 'simulated' } });
  const replayed = JSON.parse(await command('replay', file!, '--model', training, '--checkpoint', 'all', '--json'));
  expect(replayed.length).toBeGreaterThan(1);
  for (const one of replayed) {
    expect(one).toMatchObject({ frames: seen.get('/camera'), compared: seen.get('/decision'), same: null });
    expect(one.otherwise).toBeGreaterThan(0);
  }
  // A busy machine may have stopped it, and it was armed again.
  const states = inspected.states.map(({ safety }: { safety: string }) => safety);
  expect(states[0]).toBe('armed');
  expect(states).toContain('driving');
});

it('shows what it sees while somebody watches, and gives its recordings over the link; a replay decides the same', async () => {
  const agent = await driving({ pictures: 'png' });
  track.mark();
  await track.command({ type: 'preview', rate: 15, seconds: 30 });
  const { picture, format, output, action } = await track.until('preview');
  const { width, height } = await sharp(Buffer.from(picture, 'base64')).metadata();
  expect([format, width, height]).toEqual(['jpeg', 160, 120]);
  expect(output!.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 4);
  expect(action!.index).toBe(output!.indexOf(Math.max(...output!)));
  await records(2);

  expect(await track.command({ type: 'preview', rate: 0, seconds: 1 })).toMatchObject({ outcome: 'done' });
  expect(await track.command({ type: 'record', on: false })).toMatchObject({ outcome: 'done' });
  await track.until('telemetry', ({ recorder }) => recorder?.state === 'off');
  // What the reply to the first of these two came before was the last preview.
  expect(track.heard.slice(-3).some(({ channel }) => channel === 'preview')).toBe(false);
  let listed: CarReply;
  do listed = await track.command({ type: 'list-recordings' });
  while (listed.recordings?.some((one) => one.open));
  const { name, bytes } = listed.recordings![0]!;
  const first = { type: 'fetch-recording', name, from: 0, bytes: 1 } as const;
  await track.drive();
  expect(await track.command(first)).toMatchObject({ outcome: 'refused', code: 'command-refused' });
  expect(await track.command({ type: 'stop' })).toMatchObject({ outcome: 'done' });
  const parts: Buffer[] = [];
  for (let from = 0; from < bytes; from += parts.at(-1)!.length) {
    const { part } = await track.command({ type: 'fetch-recording', name, from, bytes: 65_536 });
    parts.push(Buffer.from(part!.data, 'base64'));
  }
  const file = join(agent.recordings, name);
  expect(Buffer.concat(parts).equals(readFileSync(file))).toBe(true);
  const wrong = { type: 'fetch-recording', name: 'none.mcap', from: 0, bytes: 1 } as const;
  expect(await track.command(wrong)).toMatchObject({ outcome: 'refused', code: 'not-found' });

  const [replayed] = JSON.parse(await command('replay', file, '--model', join(agent.folder, 'tiny.tar.gz'), '--json'));
  expect(replayed.same.frames).toBeGreaterThan(5);
  expect(replayed).toMatchObject({ otherwise: 0, same: { identical: replayed.same.frames, moved: 0 } });
});

/** A disk of its own that is full after a second; else a limit to the size of files, which says the same to who writes. */
function fullDisk(recordings: string): readonly string[] {
  const mount = 'mkdir -p "$1" && mount -t tmpfs -o size=128k none "$1" && shift && exec "$@"';
  const own = ['unshare', '-m', 'sh', '-c', mount, 'sh', recordings];
  const [program, ...args] = [...own, 'true'];
  const mayMount = spawnSync(program as string, args).status === 0;
  if (!mayMount) console.log('no disk can be mounted here: files are limited instead');
  return mayMount ? own : ['prlimit', '--fsize=65536'];
}

it('drives on when nothing more can be written, and says so', async () => {
  const agent = await driving({ under: fullDisk });
  const { at } = await track.until('telemetry', ({ recorder }) => recorder?.state === 'failed');
  await agent.says('the recorder cannot write');
  await track.until('telemetry', (later) => later.at > at + 500_000 && later.framesPerSecond > 5);
  // A busy machine may hold up its frames; nothing else has stopped it.
  const { safety, reason } = await track.reaches(() => true);
  expect(safety === 'driving' ? 'driving' : reason).toMatch(/^(driving|stale-frame)$/);
  // As the agent sees it: the disk is mounted for it alone.
  const folder = join('/proc', String(agent.pid), 'root', agent.recordings);
  const [name] = readdirSync(folder);
  let messages = 0;
  for await (const _ of readRecording(join(folder, name!))) messages += 1;
  expect(messages).toBeGreaterThan(5);
});
