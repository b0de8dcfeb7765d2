import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type Service, startService } from '../../../testing/leaderboard-service.js';
import { resultOf } from '../../../testing/results.js';

type Answer = { address: string; family: number }[];

let service: Service;
/** What the name server answers, each time that it is asked. */
let answers: Answer[] = [];
const asked: string[] = [];

beforeAll(async () => {
  service = await startService(':memory:', {
    targets: {
      hosts: ['hook.hall.example', '127.0.0.1'],
      resolve: (hostname, _, done) => {
        asked.push(hostname);
        done(null, answers.length > 1 ? (answers.shift() ?? []) : (answers[0] ?? []));
      },
    },
  });
});
afterAll(() => service?.close());

/** A service inside that nobody outside is to reach: counts who connects. */
async function inside(): Promise<{ port: number; connections: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

const register = async (board: string, url: string) =>
  await service.call('POST', `${board}/webhooks`, { url }, 'organizer');
const failures = async (board: string): Promise<number> =>
  (await service.call('GET', `${board}/webhooks`, undefined, 'organizer')).body.webhooks[0].failures;

it.each([
  ...[
    'http://example.org/',
    'ftp://example.org/',
    'file:///etc/passwd',
    'gopher://127.0.0.1:6379/_x',
    'data:text/plain,x',
  ],
  // This machine, as URLs and libraries write it.
  ...[
    'https://127.0.0.2/',
    'https://127.2/',
    'https://2130706434/',
    'https://0x7f.0.0.2/',
    'https://0177.0.0.2/',
    'https://0.0.0.0/',
  ],
  ...[
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::127.0.0.1]/',
  ],
  // Its networks, and a cloud's description of the machine.
  ...[
    'https://10.0.0.1/',
    'https://172.31.255.1/',
    'https://192.168.1.1/',
    'https://100.64.0.1/',
    'https://169.254.169.254/latest/meta-data',
  ],
  ...[
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[fec0::1]/',
    'https://[ff02::1]/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
  ],
  // What stands for another address, or for none.
  ...[
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::1]/',
    'https://[2001:0:7f00:1::1]/',
    'https://[2001:db8::1]/',
    'https://198.51.100.7/',
  ],
  ...['https://somebody:secret@example.org/'],
])('an organizer who names %s as a webhook is refused', async (url) => {
  const board = await service.board();
  const { status, body } = await register(board, url);
  expect([status, body.error?.code]).toEqual([400, 'message-invalid']);
});

it.each([
  ['https://1.1.1.1/'],
  ['https://[2606:4700:4700::1111]/'],
  ['https://club.example/hook'],
  ['http://hook.hall.example:8080/hook'],
])('and %s is taken', async (url) => {
  expect((await register(await service.board(), url)).status).toBe(201);
});

it('a name that leads inside reaches nothing there, nor one of which only one address does', async () => {
  const { port, connections } = await inside();
  for (const answer of [
    [{ address: '127.0.0.1', family: 4 }],
    [{ address: '::ffff:127.0.0.1', family: 6 }],
    [
      { address: '1.1.1.1', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ],
  ]) {
    answers = [answer];
    const board = await service.board();
    expect((await register(board, `https://inward.example:${port}/`)).status).toBe(201);
    await service.send(board, resultOf('ann', 8_000));
    await expect.poll(() => failures(board)).toBeGreaterThan(0);
  }
  expect(connections()).toBe(0);
});

it('a name whose second answer leads inside is asked once for each connection, and that answer is the one that is used', async () => {
  const { port, connections } = await inside();
  const inward: Answer = [{ address: '127.0.0.1', family: 4 }];
  answers = [inward, [{ address: '1.1.1.1', family: 4 }], inward, inward];
  const board = await service.board();
  const before = asked.length;
  await register(board, `https://changing.example:${port}/`);
  // Nothing is looked up when it is registered: what is said then may be true no more when it is used.
  expect(asked.length).toBe(before);
  await service.send(board, resultOf('ben', 8_000));
  await expect.poll(() => failures(board)).toBe(1);
  expect(asked.slice(before)).toEqual(['changing.example']);
  expect(connections()).toBe(0);
});

it('a redirect leads nowhere: what it names hears nothing', async () => {
  const { port, connections } = await inside();
  let redirects = 0;
  const redirecting = createHttpServer((_, response) => {
    redirects += 1;
    response.writeHead(307, { location: `http://127.0.0.1:${port}/` }).end();
  });
  redirecting.listen(0, '127.0.0.1');
  await once(redirecting, 'listening');
  onTestFinished(() => void redirecting.close());
  const board = await service.board();
  await register(board, `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}/`);
  await service.send(board, resultOf('ann', 8_000));
  await expect.poll(() => failures(board)).toBeGreaterThan(0);
  expect(redirects).toBeGreaterThan(0);
  expect(connections()).toBe(0);
});
