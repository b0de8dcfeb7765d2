import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { LocalAuthority } from './authority.js';
import type { Names } from './names.js';

const log = { info: vi.fn(), warn: vi.fn() };
const day = 86_400_000;
const openssl = (...args: string[]) => execFileSync('openssl', args, { encoding: 'utf8' });

/** Timers that go when the test says so. */
function byHand() {
  const due: (() => void)[] = [];
  return {
    timers: { set: (action: () => void) => due.push(action), clear: () => undefined },
    go: () => due.splice(0).forEach((action) => void action()),
    due,
  };
}

function world() {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-tls-'));
  const hands = byHand();
  const now = { ms: Date.now() };
  const names: { now: Names } = {
    now: { dns: ['pitwall.local', 'localhost'], addresses: ['127.0.0.1', '192.168.7.9'] },
  };
  const open = (domains: string[] = []) =>
    LocalAuthority.open({
      folder: join(folder, 'tls'),
      name: 'Pitwall hall',
      domains,
      names: () => names.now,
      now: () => now.ms,
      timers: hands.timers,
      log,
    });
  const file = (name: string) => join(folder, 'tls', name);
  /** What OpenSSL says of the certificate for that name, with this authority alone. */
  const verify = (...purpose: string[]) =>
    openssl(
      'verify',
      '-x509_strict',
      '-purpose',
      'sslserver',
      '-CAfile',
      file('authority.pem'),
      ...purpose,
      file('server.pem'),
    );
  return { folder, hands, now, names, open, file, verify };
}

it('makes an authority and a certificate that OpenSSL takes by the rules, for each name and address of the hall', async () => {
  const { open, file, verify } = world();
  const authority = await open();
  for (const name of ['pitwall.local', 'localhost']) expect(verify('-verify_hostname', name)).toContain('OK');
  for (const address of ['127.0.0.1', '192.168.7.9']) expect(verify('-verify_ip', address)).toContain('OK');
  expect(() => verify('-verify_ip', '192.168.7.10')).toThrow(/IP address mismatch/i);
  const shown = openssl('x509', '-in', file('authority.pem'), '-noout', '-fingerprint', '-sha256').trim();
  expect(shown.split('=')[1]).toBe(authority.fingerprint);
  for (const name of ['authority.key', 'server.pem']) expect(statSync(file(name)).mode & 0o777, name).toBe(0o600);
  expect(statSync(file('.')).mode & 0o777).toBe(0o700);
});

it('can speak for no name outside of halls, whoever has its key', async () => {
  const { open, file, folder } = world();
  await open();
  const at = (name: string) => join(folder, name);
  writeFileSync(at('san'), 'subjectAltName=DNS:bank.example');
  openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    at('k'),
    '-out',
    at('r'),
    '-subj',
    '/CN=x',
  );
  openssl(
    'x509',
    '-req',
    '-in',
    at('r'),
    '-CA',
    file('authority.pem'),
    '-CAkey',
    file('authority.key'),
    '-extfile',
    at('san'),
    '-out',
    at('c'),
    '-CAserial',
    at('serial'),
    '-CAcreateserial',
  );
  expect(() => openssl('verify', '-CAfile', file('authority.pem'), at('c'))).toThrow(/permitted subtree violation/);
});

it('is the same one after a restart, and after one in the middle of its first start', async () => {
  const { open, file } = world();
  const first = await open();
  const second = await open();
  expect(second.cert).toBe(first.cert);
  expect(second.current).toEqual(first.current);
  rmSync(file('server.pem'));
  rmSync(file('authority.pem'));
  const third = await open();
  expect(third.fingerprint).not.toBe(first.fingerprint);
  rmSync(file('authority.key'));
  await expect(open()).rejects.toMatchObject({
    code: 'config-invalid',
    message: expect.stringContaining('authority.key'),
  });
});

it('renews the certificate when the laptop is in another network, and when it nears its end', async () => {
  const { open, names, now, hands, verify } = world();
  const authority = await open();
  const seen: string[] = [];
  authority.watch(({ cert }) => seen.push(cert));
  authority.start();
  const round = async () => {
    hands.go();
    await expect.poll(() => hands.due.length).toBe(1);
  };
  await round();
  expect(seen).toEqual([]);
  names.now = { ...names.now, addresses: ['127.0.0.1', '10.20.30.40'] };
  await round();
  expect(seen).toEqual([authority.current.cert]);
  expect(verify('-verify_ip', '10.20.30.40')).toContain('OK');
  now.ms += 310 * day;
  await round();
  expect(seen).toHaveLength(2);
  expect(verify('-attime', String(Math.floor(now.ms / 1000) + 300 * 86_400))).toContain('OK');
  await authority.stop();
});

it('is good for a car whose clock stands at the evening before, and on a controller that begins in 1970', async () => {
  const { open, now, verify } = world();
  now.ms = 5 * day;
  const authority = await open();
  now.ms = Date.now();
  await open();
  expect(verify('-attime', String(Math.floor(now.ms / 1000) - 29 * 86_400))).toContain('OK');
  expect((await open()).fingerprint).toBe(authority.fingerprint);
});

it('speaks for names of the configuration that it was made for, and says so of others', async () => {
  const { open, names, verify } = world();
  names.now = { ...names.now, dns: ['race.club.example', 'pitwall.local'] };
  await open(['race.club.example']);
  expect(verify('-verify_hostname', 'race.club.example')).toContain('OK');
  await expect(open(['other.example'])).rejects.toMatchObject({ code: 'config-invalid' });
});

it('tells who listens with a file of one’s own when it was renewed', async () => {
  const { CertificateFiles } = await import('./certificate.js');
  const { open, file, folder, hands } = world();
  const { current } = await open();
  const files = { cert: join(folder, 'cert'), key: join(folder, 'key') };
  writeFileSync(files.cert, current.cert);
  writeFileSync(files.key, current.key);
  const source = new CertificateFiles(files, { timers: hands.timers, log });
  const told: string[] = [];
  source.watch(({ cert }) => told.push(cert));
  source.start();
  hands.go();
  expect(told).toEqual([]);
  writeFileSync(files.cert, readFileSync(file('authority.pem')));
  hands.go();
  expect(told).toEqual([source.current.cert]);
  expect(() => new CertificateFiles({ cert: '/nowhere', key: '/nowhere' }, { timers: hands.timers, log })).toThrow(
    expect.objectContaining({ code: 'config-invalid' }),
  );
});
