import { connect, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { freshDatabase } from '../../../testing/databases.js';
import { type PeopleWorld, startPeople } from '../../../testing/people-world.js';
import { limits } from '../../limits/index.js';
import { HttpBudgets } from './budgets.js';
import { limitConnections } from './connections.js';

let world: PeopleWorld;
beforeAll(async () => {
  world = await startPeople(await freshDatabase('sqlite'));
});
afterAll(() => world.close());

const { burst } = limits.requests.racer;
const account = '/api/v1/account';

it('who asks too much waits as long as the answer says, and nobody else at that address', {
  timeout: 30_000,
}, async () => {
  const racer = { token: await world.accounts.issue({ name: 'r-1', role: 'racer' }) };
  const other = { token: await world.accounts.issue({ name: 'r-2', role: 'racer' }) };
  const marshal = { token: await world.accounts.issue({ name: 'mara', role: 'marshal' }) };
  const ask = async ({ token }: { token: string }, remoteAddress = '10.1.2.3') =>
    await world.app.inject({ url: account, remoteAddress, headers: { authorization: `Bearer ${token}` } });
  let refused = await ask(racer);
  for (let asked = 1; refused.statusCode === 200 && asked < burst * 2; asked += 1) refused = await ask(racer);
  expect(refused.statusCode).toBe(429);
  expect(refused.headers['retry-after']).toBe('1');
  expect(refused.json()).toEqual({
    error: {
      code: 'too-many-requests',
      message: 'Too many requests came from you: try again in 1 s.',
      details: { retryAfter: 1 },
    },
  });
  for (const one of [other, marshal]) expect((await ask(one)).statusCode).toBe(200);
  const nowhere = { url: '/api/v1/nowhere', remoteAddress: '10.1.2.3' };
  const headers = { authorization: `Bearer ${marshal.token}` };
  expect((await world.app.inject({ ...nowhere, headers })).statusCode).toBe(404);
  expect((await world.app.inject({ url: '/api/v1/leaderboards', remoteAddress: '10.1.2.3' })).statusCode).toBe(200);
  // From this very machine nothing is counted.
  expect((await ask(racer, '127.0.0.1')).statusCode).toBe(200);
});

it('wrong tokens slow down who sends them; a good one from the same address is taken', async () => {
  const good = await world.accounts.issue({ name: 'mara', role: 'marshal' });
  const ask = async (token: string) =>
    await world.app.inject({ url: account, remoteAddress: '10.9.9.9', headers: { authorization: `Bearer ${token}` } });
  const statuses: number[] = [];
  for (let tries = 0; tries < limits.wrongTokens.burst + 5; tries += 1)
    statuses.push((await ask(`guess-${tries}`)).statusCode);
  expect(statuses.slice(0, limits.wrongTokens.burst)).toEqual(Array(limits.wrongTokens.burst).fill(401));
  expect(statuses.at(-1)).toBe(429);
  const refused = await ask('guess');
  expect(refused.headers['retry-after']).toMatch(/^[1-9]/);
  expect(refused.json().error.code).toBe('too-many-tries');
  expect((await ask(good)).statusCode).toBe(200);
});

it('of more connections than an address may have, the one that is silent for longest goes', async () => {
  const host = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address;
  const server = createServer();
  limitConnections({ on: (event, listener) => server.on(event, listener) } as typeof server, 3);
  // As from another machine: what the sockets say of their own end is another address.
  server.prependListener('connection', (socket) =>
    Object.defineProperty(socket, 'remoteAddress', { value: '10.0.0.5' }),
  );
  await new Promise<void>((resolve) => server.listen(0, host ?? '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const sockets: Socket[] = [];
  const open = async () => {
    const socket = connect(port, host ?? '127.0.0.1').on('error', () => undefined);
    sockets.push(socket);
    await new Promise((resolve) => server.once('connection', resolve));
  };
  for (let count = 0; count < 3; count += 1) await open();
  const closed = new Promise((resolve) => sockets[0]?.resume().once('close', resolve));
  await open();
  await closed;
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, false, false, false]);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

it('a live connection that says too much is closed, and one beside it is not', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  new HttpBudgets().watchMessages(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const connected = async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    await new Promise((resolve) => socket.once('open', resolve));
    return socket;
  };
  const [loud, quiet] = [await connected(), await connected()];
  const closed = new Promise((resolve) => loud.once('close', (code, reason) => resolve(`${code} ${reason}`)));
  for (let sent = 0; sent < limits.liveMessages.ofConnection.burst * 2; sent += 1) loud.send('{}');
  expect(await closed).toBe('1008 too many messages: connect again, and say less');
  expect(quiet.readyState).toBe(WebSocket.OPEN);
  quiet.terminate();
  await new Promise((resolve) => server.close(resolve));
});
