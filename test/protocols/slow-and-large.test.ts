import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { constants, deflateSync, gzipSync } from 'node:zlib';
import { limits } from '@pitwall/controller/limits';
import tar from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttackedController } from './attacked-controller.js';

let controller: AttackedController;
let organizer: string;
let racer: string;
let port: number;

beforeAll(async () => {
  const started = await AttackedController.start([
    ['organizer', 'olga'],
    ['racer', 'r-anna'],
  ]);
  ({ controller } = started);
  [organizer = '', racer = ''] = started.tokens;
  port = Number(new URL(controller.url).port);
});
afterAll(async () => await controller?.stop());

const ask = async (method: string, path: string, token: string, body?: object | Blob): Promise<Response> =>
  await fetch(`${controller.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': body instanceof Blob ? 'application/gzip' : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
  });

describe('who holds connections by sending slowly', () => {
  /** How many do so at once. */
  const many = 400;

  it('loses them when their header is late, and meanwhile keeps nobody from stopping the cars', async () => {
    const began = performance.now();
    const sockets: Socket[] = [];
    const heads = [
      'GET / HTTP/1.1\r\nhost: x\r\nx-slow: ',
      'POST /api/v1/session HTTP/1.1\r\n',
      'G',
      // Nothing at all.
      '',
    ];
    for (let at = 0; at < many; at += 1) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.resume();
      socket.write(heads[at % heads.length] as string);
      sockets.push(socket);
    }
    // A byte now and then: silence is not what ends it.
    const dripping = setInterval(() => {
      for (const [at, socket] of sockets.entries()) if (at % heads.length < 3 && !socket.destroyed) socket.write('a');
    }, 500);
    try {
      const asked = performance.now();
      expect((await ask('POST', '/api/v1/cars/stop', organizer)).status).toBe(200);
      expect(performance.now() - asked).toBeLessThan(1000);
      const dripped = sockets.filter((_, at) => at % heads.length < 3);
      await Promise.all(dripped.map(async (socket) => socket.closed || (await once(socket, 'close'))));
      const seconds = (performance.now() - began) / 1000;
      expect(seconds).toBeGreaterThan(limits.request.headerMs / 1000 - 1);
      expect(seconds).toBeLessThan(limits.request.headerMs / 1000 + 10);
    } finally {
      clearInterval(dripping);
      for (const socket of sockets) socket.destroy();
    }
  });

  it('nor by a body that never ends: others are answered at once', async () => {
    const head = `POST /api/v1/leaderboards HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${organizer}\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{`;
    const sockets = Array.from({ length: many }, () => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(head);
      return socket;
    });
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const asked = performance.now();
    expect((await ask('POST', '/api/v1/cars/stop', organizer)).status).toBe(200);
    expect(performance.now() - asked).toBeLessThan(1000);
    for (const socket of sockets) socket.destroy();
  });
});

describe('who sends little that unpacks to much', () => {
  const megabytes = 2 ** 20;
  const zeros = Buffer.alloc(64 * megabytes);
  /** 64 MB in 64 kB. */
  const packed = gzipSync(zeros, { level: constants.Z_BEST_COMPRESSION });

  /** A tar whose one file has so many times 64 MB: gzip lets several pieces follow each other (RFC 1952, 2.2). */
  async function bomb(name: string, times: number, said = times * zeros.length): Promise<Blob> {
    const pack = tar.pack();
    pack.entry({ name, size: said }).on('error', () => undefined);
    const head = (await once(pack, 'data'))[0] as Buffer;
    pack.destroy();
    return new Blob([gzipSync(head), ...Array.from({ length: times }, () => packed)]);
  }

  const doors: readonly (readonly [string, (online: string) => [string, string]])[] = [
    ['the garage', () => ['/api/v1/models?name=bomb', organizer]],
    ['one’s own models', () => ['/api/v1/account/models?name=bomb', racer]],
    ['an online race', (online) => [`/api/v1/online/${online}/submissions?name=bomb`, racer]],
  ];

  it.each(doors)('is refused at the door of %s, in little time and memory, and nothing is kept', async (_, door) => {
    const now = Date.now();
    const setup = {
      ...{ kind: 'online', name: 'Everybody', opensAt: now - 1000, closesAt: now + 3_600_000 },
      ...{ track: { id: 'oval', version: 1 }, rules: { name: 'Rules' } },
    };
    const made = await ask('POST', '/api/v1/races', organizer, { commandId: crypto.randomUUID(), setup });
    const { race } = (await made.json()) as { race: string };
    await ask('POST', `/api/v1/online/${race}/entries`, racer, {});
    const [path, token] = door(race);
    const before = await controller.memory(1);
    const bombs = [
      await bomb('agent/model.pb', 32),
      await bomb('model_metadata.json', 32),
      // What it says of itself is true of its first kilobyte.
      await bomb('agent/model.pb', 32, 1024),
    ];
    for (const archive of bombs) {
      const began = performance.now();
      const answer = await ask('POST', path, token, archive);
      const { error } = (await answer.json()) as { error?: { code: string } };
      expect(error?.code).toMatch(/^archive-(too-large|invalid)$/);
      expect(performance.now() - began).toBeLessThan(30_000);
    }
    const after = await controller.memory(1);
    expect((after.rss - before.rss) / megabytes).toBeLessThan(150);
    const { models } = (await (await ask('GET', '/api/v1/models', organizer)).json()) as { models: unknown[] };
    expect(models).toEqual([]);
    expect(controller.troubles).toEqual([]);
  });

  it('is refused as a picture: one of 30,000 by 30,000 points in a few kilobytes', async () => {
    const chunk = (type: string, data: Buffer): Buffer => {
      const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(data.length);
      const sum = Buffer.alloc(4);
      sum.writeUInt32BE(crc32(body));
      return Buffer.concat([length, body, sum]);
    };
    const head = Buffer.alloc(13);
    head.writeUInt32BE(30_000, 0);
    head.writeUInt32BE(30_000, 4);
    head[8] = 1;
    const rows = deflateSync(Buffer.alloc(30_000 * 3751));
    const picture = Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', head),
      chunk('IDAT', rows),
      chunk('IEND', Buffer.alloc(0)),
    ]);
    expect(picture.length).toBeLessThan(megabytes);
    const before = await controller.memory(1);
    const answer = await fetch(`${controller.url}/api/v1/account/picture`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${racer}`, 'content-type': 'image/png' },
      body: new Blob([picture]),
    });
    expect(answer.status, await answer.text()).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(((await controller.memory(1)).rss - before.rss) / megabytes).toBeLessThan(100);
  });
});

/** Of PNG (ISO 3309); Node has one from 22.2 on. */
function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
