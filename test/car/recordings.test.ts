import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRecording } from '@pitwall/agent/recorder';
import { LiveMessage } from '@pitwall/protocol/api';
import type { RecordingInfo } from '@pitwall/protocol/messages';
import { afterEach, beforeEach, expect, it } from 'vitest';
import WebSocket from 'ws';
import { Hall } from './hall.js';

let hall: Hall;
beforeEach(async () => {
  hall = await Hall.open();
}, 60_000);
afterEach(async () => {
  await hall?.close();
});

/** What a page shows that looks at the car. */
function picture(): Promise<Extract<LiveMessage, { type: 'preview' }>> {
  const socket = new WebSocket(`${hall.day.url.replace('http', 'ws')}/api/v1/live`);
  return new Promise((resolve, reject) => {
    socket.on('open', () => socket.send(JSON.stringify({ type: 'preview', cars: [hall.car], token: hall.crew })));
    socket.on('error', reject);
    socket.on('message', (data) => {
      const message = LiveMessage.parse(JSON.parse(String(data)));
      if (message.type !== 'preview') return;
      socket.close();
      resolve(message);
    });
  });
}

it('gives what its car sees, and what it recorded, to the pit crew and to nobody else', async () => {
  const { recordings: folder } = hall.start();
  await hall.online();
  expect(await picture()).toMatchObject({ car: hall.car, preview: { format: 'jpeg', action: null, output: null } });

  expect(await hall.command({ type: 'record', on: true })).toMatchObject({ status: 200 });
  await hall.until(({ telemetry }) => telemetry?.recorder?.state === 'recording');
  const { telemetry } = (await hall.about())!;
  await hall.until((about) => about.telemetry!.at > telemetry!.at + 700_000);
  expect(await hall.command({ type: 'record', on: false })).toMatchObject({ status: 200 });
  const path = `${hall.day.url}/api/v1/cars/${hall.car}/recordings`;
  const fetched = (at: string, token = hall.crew) => fetch(at, { headers: { authorization: `Bearer ${token}` } });
  let recording: RecordingInfo;
  do [recording] = ((await (await fetched(path)).json()) as { recordings: [RecordingInfo] }).recordings;
  while (recording.open);

  const answer = await fetched(`${path}/${recording.name}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.equals(readFileSync(join(folder, recording.name)))).toBe(true);
  let pictures = 0;
  for await (const { topic } of readRecording(join(folder, recording.name))) if (topic === '/camera') pictures += 1;
  expect(pictures).toBeGreaterThan(3);

  expect((await fetched(`${path}/none.mcap`)).status).toBe(404);
  expect((await fetched(`${path}/..%2Fagent.yaml`)).status).toBe(400);
  expect((await fetch(path)).status).toBe(401);
  expect((await fetched(path, await hall.day.token('source', 'other'))).status).toBe(403);
});
