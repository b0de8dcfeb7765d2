import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GateId } from '@pitwall/protocol';
import { topics } from '@pitwall/protocol/messages';
import mqtt from 'mqtt';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import WebSocket from 'ws';
import { Accounts } from '../accounts/index.js';
import { openStore } from '../store/index.js';
import { startAll } from './all.js';
import { Config } from './config.js';
import { allMigrations } from './migrations.js';
import type { Running } from './running.js';

/** What `curl`, `openssl` and `mosquitto_pub` print, on both outputs. */
async function run(command: string, args: readonly string[], input = ''): Promise<{ code: number; out: string }> {
  const child = promisify(execFile)(command, args, { timeout: 20_000 });
  child.child.stdin?.end(input);
  return await child.then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, out: stdout + stderr }),
  );
}

const data = mkdtempSync(join(tmpdir(), 'pitwall-closed-'));
const ca = join(data, 'tls', 'authority.pem');
const said: Record<string, unknown>[] = [];
let running: Running;
let port: number;
let broker: number;
let token: string;

/** An address of this machine in a network: who comes from it to loopback is, for the controller, another machine. */
const outside = Object.values(networkInterfaces())
  .flatMap((addresses = []) => addresses)
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

beforeAll(async () => {
  const config = Config.parse({
    data,
    name: 'Hall_7',
    http: { host: '0.0.0.0', port: 0 },
    mqtt: { host: '0.0.0.0', port: 0 },
    hall: { port: 0 },
    mdns: false,
  });
  running = await startAll(config, (line) => said.push(line), pino({ level: 'silent' }));
  const { local } = said.find(({ type }) => type === 'ready') as { local: { url: string; mqtt: string } };
  port = Number(new URL(local.url).port);
  broker = Number(new URL(local.mqtt).port);
  const store = await openStore(join(data, 'pitwall.db'), allMigrations);
  token = await new Accounts(store).issue({ name: 'start', role: 'gate' });
  await store.close();
});
afterAll(() => running.stop());

it('serves a hall at once: curl and OpenSSL take its certificate with its authority alone, by name and by address', async () => {
  const resolve = ['--resolve', `hall-7.local:${port}:127.0.0.1`];
  const url = (host: string) => `https://${host}:${port}/api/v1/service`;
  for (const host of ['hall-7.local', 'localhost', '127.0.0.1', outside ?? '::1'])
    expect(await run('curl', ['-sS', '--cacert', ca, ...resolve, url(host)]), host).toMatchObject({
      code: 0,
      out: expect.stringContaining('"role":"all"'),
    });
  // Without the authority: CURLE_PEER_FAILED_VERIFICATION.
  expect((await run('curl', ['-sS', url('127.0.0.1')])).code).toBe(60);
  for (const to of [port, broker]) {
    const { out } = await run('openssl', [
      's_client',
      '-connect',
      `127.0.0.1:${to}`,
      '-CAfile',
      ca,
      '-verify_return_error',
      '-verify_ip',
      '127.0.0.1',
      '-brief',
    ]);
    expect(out).toContain('Verification: OK');
    expect(out).toMatch(/Protocol version: TLSv1\.3/);
  }
  for (const old of ['-tls1', '-tls1_1'])
    expect(
      (await run('openssl', ['s_client', old, '-cipher', 'DEFAULT@SECLEVEL=0', '-connect', `127.0.0.1:${port}`])).code,
      old,
    ).not.toBe(0);
});

it('says links under the name that phones reach it by, and whom they are to trust', async () => {
  const of = (wanted: string) => said.find(({ type }) => type === wanted) as Record<string, string>;
  expect(of('ready')).toMatchObject({
    mqtt: `mqtts://127.0.0.1:${broker}`.replace('127.0.0.1', outside ?? '127.0.0.1'),
  });
  const shown = await run('openssl', ['x509', '-in', ca, '-noout', '-fingerprint', '-sha256']);
  expect(shown.out).toContain(of('trust').fingerprint);
  // Over the hall's plain HTTP, and to a phone in German.
  const { url } = of('trust');
  const page = await fetch(url!.replace(new URL(url!).hostname, '127.0.0.1'), {
    headers: { 'accept-language': 'de-AT,de;q=0.9' },
  });
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const text = await page.text();
  expect(text).toContain(of('trust').fingerprint);
  expect(text).toContain('Zertifikat holen');
  const taken = join(data, 'taken.crt');
  expect((await run('curl', ['-sS', '-o', taken, url!.replace('/trust', '/trust/pitwall-ca.crt')])).code).toBe(0);
  expect(
    (await run('openssl', ['x509', '-inform', 'DER', '-in', taken, '-noout', '-fingerprint', '-sha256'])).out,
  ).toContain(of('trust').fingerprint);
});

it('takes a gate of others over MQTT with TLS, as mosquitto_pub speaks it', async () => {
  const args = [
    '-h',
    '127.0.0.1',
    '-p',
    String(broker),
    '--cafile',
    ca,
    '-u',
    'gate:start',
    '-P',
    token,
    '-V',
    'mqttv311',
    '-t',
    topics.gate(GateId.parse('start'), 'presence'),
    '-q',
    '1',
    '-m',
    '{}',
  ];
  expect(await run('mosquitto_pub', args)).toMatchObject({ code: 0 });
  const wrong = args.map((arg) => (arg === ca ? '/etc/ssl/certs/ca-certificates.crt' : arg));
  expect((await run('mosquitto_pub', wrong)).out).toMatch(/certificate verify failed|A TLS error occurred/);
});

it('is plain for programs of this machine alone, on the same ports', async () => {
  expect(await (await fetch(`http://127.0.0.1:${port}/api/v1/service`)).json()).toMatchObject({ role: 'all' });
  const live = new WebSocket(`ws://127.0.0.1:${port}/api/v1/live`);
  expect(
    await new Promise((resolve) => live.once('message', (text) => resolve(JSON.parse(String(text))))),
  ).toMatchObject({ type: 'clock' });
  live.close();
  const gate = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker}`, {
    username: 'gate:start',
    clientId: 'gate:start',
    password: token,
  });
  await gate.endAsync();

  if (outside === undefined)
    throw new Error('this machine has no address in a network, by which another one is played');
  const from = (to: number, first: string | Buffer) =>
    new Promise<string>((resolve) => {
      let text = '';
      const socket = connectPlain({ port: to, host: '127.0.0.1', localAddress: outside }, () => socket.write(first));
      socket.on('data', (part) => {
        text += part;
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
    });
  const ask = (method: string, more = '') =>
    from(port, `${method} /api/v1/service HTTP/1.1\r\nHost: hall-7.local:${port}\r\n${more}\r\n`);
  expect(await ask('GET')).toMatch(
    new RegExp(`^HTTP/1.1 307 [^]*location: https://hall-7.local:${port}/api/v1/service`, 'i'),
  );
  const secret = await ask('POST', `Authorization: Bearer ${token}\r\nContent-Length: 0\r\n`);
  expect(secret).toMatch(/^HTTP\/1.1 403 /);
  expect(await ask('GET', 'Upgrade: websocket\r\nConnection: Upgrade\r\n')).toBe('');
  // CONNECT of MQTT 3.1.1, with a name: it ends without a word.
  expect(await from(broker, Buffer.from('100d00044d5154540402003c000161', 'hex'))).toBe('');
});

it('holds for no browser that was not told, and keeps nobody out by silence', async () => {
  const silent = Array.from({ length: 50 }, () =>
    connectPlain({ port, host: '127.0.0.1' }).on('error', () => undefined),
  );
  expect((await run('curl', ['-sS', '--cacert', ca, `https://127.0.0.1:${port}/api/v1/service`])).code).toBe(0);
  for (const socket of silent) socket.destroy();
  expect(readFileSync(ca, 'utf8')).not.toContain('PRIVATE');
});
