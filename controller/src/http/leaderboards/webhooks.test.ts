import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { startService } from '../../../testing/leaderboard-service.js';
import { resultOf } from '../../../testing/results.js';

interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly status: number;
}

/** Another service, which answers with these statuses in turn, the last one for ever. */
async function startReceiver(...statuses: number[]): Promise<{ url: string; heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      const status = statuses[Math.min(heard.length, statuses.length - 1)] as number;
      heard.push({ headers: request.headers, body, status });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/hook`, heard };
}

/** The check that the documentation shows. */
async function documentedCheck(): Promise<{
  verified: (secret: string, headers: IncomingHttpHeaders, body: string) => boolean;
}> {
  const text = readFileSync(new URL('../../../../docs/leaderboard.md', import.meta.url), 'utf8');
  const code = text.slice(
    text.indexOf('    import { createHmac'),
    text.indexOf('    }\n', text.indexOf('function verified')),
  );
  const file = join(mkdtempSync(join(tmpdir(), 'pitwall-check-')), 'check.mjs');
  writeFileSync(file, `${code}}\nexport { verified };\n`);
  return await import(/* @vite-ignore */ pathToFileURL(file).href);
}

describe.each(engines)('on %s', (engine) => {
  it('tells a service of changes, signed, until it takes them', async () => {
    const service = await startService(await freshDatabase(engine), { targets: { hosts: ['127.0.0.1'] } });
    onTestFinished(() => service.close());
    const board = await service.board();
    await service.send(board, resultOf('before', 9_000));
    const { url, heard } = await startReceiver(500, 204);
    const add = (to: string) => service.call('POST', `${board}/webhooks`, { url: to }, 'organizer');
    expect((await add('http://example.org/hook')).body.error.code).toBe('message-invalid');
    expect((await service.call('POST', `${board}/webhooks`, { url }, 'source')).status).toBe(403);
    const { id, secret } = (await add(url)).body;
    await service.send(board, resultOf('ann', 8_000));
    await expect.poll(() => heard.map(({ status }) => status)).toEqual([500, 204]);
    const [refused, taken] = heard as [Heard, Heard];
    expect(refused.body).toBe(taken.body);
    expect(JSON.parse(taken.body).changes).toMatchObject([{ racer: 'ann', row: { rank: 1 } }]);
    const { 'webhook-id': about, 'webhook-timestamp': at, 'webhook-signature': signature } = taken.headers;
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    expect(signature).toBe(`v1,${createHmac('sha256', key).update(`${about}.${at}.${taken.body}`).digest('base64')}`);
    const { verified } = await documentedCheck();
    expect(verified(secret, taken.headers, taken.body)).toBe(true);
    expect(verified(secret, taken.headers, `${taken.body} `)).toBe(false);
    expect(verified(secret, { ...taken.headers, 'webhook-timestamp': `${Number(at) - 400}` }, taken.body)).toBe(false);
    const list = async () => (await service.call('GET', `${board}/webhooks`, undefined, 'organizer')).body.webhooks;
    await expect.poll(list).toEqual([{ id, url, delivered: 2, failures: 0 }]);
    expect((await service.call('DELETE', `${board}/webhooks/${id}`, undefined, 'organizer')).status).toBe(204);
    expect(await list()).toEqual([]);
  });
});
