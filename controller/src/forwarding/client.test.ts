import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { resultOf } from '../../testing/results.js';
import { LeaderboardClient } from './index.js';

async function listening(answer: RequestListener): Promise<{ url: string; heard: string[] }> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.headers.authorization}`);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

const clientOf = (url: string) => {
  const client = new LeaderboardClient({ url: () => url, token: async () => 'secret' });
  onTestFinished(() => client.close());
  return client;
};

it.each([301, 302, 307, 308])(
  'a leaderboard elsewhere that answers %i leads neither result nor token to anybody else',
  async (status) => {
    const third = await listening((_, response) => response.end('{}'));
    const other = await listening((_, response) => response.writeHead(status, { location: third.url }).end());
    await expect(clientOf(other.url).send('cup', resultOf('ann', 8_000))).rejects.toThrow(`status ${status}`);
    expect(other.heard).toEqual(['POST Bearer secret']);
    expect(third.heard).toEqual([]);
  },
);

it('one that answers without end fills no memory: its answer is cut off', async () => {
  let given = 0;
  const other = await listening((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = () => {
      while (!response.destroyed && response.write(' '.repeat(65_536))) given += 65_536;
    };
    response.on('drain', more);
    more();
  });
  await expect(clientOf(other.url).send('cup', resultOf('ann', 8_000))).rejects.toThrow('too large');
  expect(given).toBeLessThan(64_000_000);
});
