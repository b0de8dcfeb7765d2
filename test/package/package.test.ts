import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildDeb } from './deb.js';
import { signer } from './minisign.js';
import { packagesOf } from './node-modules.js';
import { architectures, programs } from './programs.js';
import { componentsOf, licences, sbom } from './sbom.js';
import { type Built, normalize, tarball } from './stage.js';

const repository = resolve(import.meta.dirname, '../..');
let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'pitwall-package-'));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const [agent] = programs;
const [amd64] = architectures;
const built = (): Built => ({
  repository,
  publicKey: undefined,
  cache: join(work, 'cache'),
  version: '1.2.3',
  seconds: 1_700_000_000,
});

function put(file: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode });
}

/** A program as small as can be, laid at another time and by somebody with another umask each time. */
function staged(name: string, time: number): string {
  const folder = join(work, name);
  const order = time % 2 === 0 ? ['a', 'b'] : ['b', 'a'];
  for (const file of order) put(join(folder, 'app', file), file, time % 2 === 0 ? 0o600 : 0o664);
  put(join(folder, 'bin/pitwall-agent'), '#!/bin/sh\necho hello\n');
  symlinkSync('a', join(folder, 'app/link'));
  utimesSync(join(folder, 'app/a'), time, time);
  return folder;
}

/** The outcome of another's program. */
function said(program: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return { status, text: `${stdout}${stderr}` };
}

describe('the same source gives the same bytes', () => {
  it('a Debian package, as dpkg-deb reads it', () => {
    mkdirSync(join(work, 'cache'));
    const debs = [1, 2].map((time) => {
      const out = join(work, `out-${time}`);
      mkdirSync(out);
      return buildDeb(built(), agent!, amd64!, staged(`staged-${time}`, time), out);
    });
    expect(readFileSync(debs[0]!).equals(readFileSync(debs[1]!))).toBe(true);
    const info = said('dpkg-deb', '--info', debs[0]!).text;
    expect(info).toMatch(/Package: pitwall-agent\n Version: 1\.2\.3\n Architecture: amd64/);
    expect(info).toMatch(/Depends: libc6 \(>= 2\.28\)/);
    const list = said('dpkg-deb', '--contents', debs[0]!).text;
    expect(list).toMatch(/-rwxr-xr-x root\/root .*\.\/usr\/lib\/pitwall-agent\/bin\/pitwall-agent$/m);
    expect(list).toMatch(/-rw-r--r-- root\/root .*\.\/usr\/lib\/pitwall-agent\/app\/a$/m);
    expect(list).toMatch(/\.\/usr\/bin\/pitwall-agent -> \.\.\/lib\/pitwall-agent\/bin\/pitwall-agent$/m);
    for (const script of ['preinst', 'postinst', 'prerm'])
      expect(said('dpkg-deb', '--info', debs[0]!, script).text).toContain('set -e');
    // Half a copy is none.
    writeFileSync(join(work, 'half.deb'), readFileSync(debs[0]!).subarray(0, readFileSync(debs[0]!).length >> 1));
    expect(said('dpkg-deb', '--extract', join(work, 'half.deb'), join(work, 'half')).status).not.toBe(0);
  });

  it('an archive', () => {
    const archives = [1, 2].map((time) => {
      const folder = staged(`one-${time}/pitwall`, time);
      normalize(folder, 1_700_000_000);
      const out = join(work, `${time}.tar.gz`);
      tarball(dirname(folder), 'pitwall', out, 1_700_000_000);
      return readFileSync(out);
    });
    expect(archives[0]!.equals(archives[1]!)).toBe(true);
  });
});

describe('maintainer scripts', () => {
  const folder = join(repository, 'firmware-config/debian');
  it.each(programs.map(({ name }) => name))('%s: a newer version is not replaced', (name) => {
    const script = join(work, 'preinst');
    put(script, readFileSync(join(folder, name, 'preinst'), 'utf8').replaceAll('@VERSION@', '0.1.0'), 0o755);
    expect(said(script, 'upgrade', '0.2.0')).toMatchObject({
      status: 1,
      text: expect.stringMatching(/^install-refused: .*0\.2\.0.*newer than 0\.1\.0/),
    });
    for (const args of [['upgrade', '0.1.0'], ['upgrade', '0.0.9'], ['install']])
      expect(said(script, ...args).status).toBe(0);
  });

  it('are POSIX shell', () => {
    for (const script of [
      'pitwall-agent/preinst',
      'pitwall-agent/postinst',
      'pitwall-agent/prerm',
      'pitwall-controller/preinst',
      'pitwall-controller/postinst',
      'pitwall-controller/prerm',
      'pitwall-controller/postrm',
      '../portable/pitwall-agent-install',
      '../portable/pitwall-agent',
    ])
      expect(said('dash', '-n', join(folder, script))).toEqual({ status: 0, text: '' });
  });
});

describe('the installer on a stick', () => {
  function stick(architecture: string): string {
    const folder = join(work, 'stick');
    put(join(folder, 'bin/pitwall-agent'), '#!/bin/sh\necho "installing $*"\n', 0o755);
    put(join(folder, 'ARCHITECTURE'), `${architecture}\n`);
    put(
      join(folder, 'pitwall-agent-install'),
      readFileSync(join(repository, 'firmware-config/portable/pitwall-agent-install'), 'utf8'),
      0o755,
    );
    const sums = spawnSync('sha256sum', ['bin/pitwall-agent', 'ARCHITECTURE'], {
      cwd: folder,
      encoding: 'utf8',
    }).stdout;
    put(join(folder, 'MANIFEST'), sums);
    return folder;
  }
  const here = process.arch;

  it('starts what is whole', () => {
    expect(said(join(stick(here), 'pitwall-agent-install'), '--yes')).toEqual({
      status: 0,
      text: 'installing install --yes\n',
    });
  });

  it.each([
    [
      'another architecture',
      'mips',
      () => {},
      /^install-refused: this package is for linux-mips, and this computer is/,
    ],
    [
      'a file that was cut short',
      here,
      (folder: string) => put(join(folder, 'bin/pitwall-agent'), '#!/bin/sh\necho "inst', 0o755),
      /^install-refused: .*half copied or changed/,
    ],
    [
      'a file that is missing',
      here,
      (folder: string) => rmSync(join(folder, 'bin/pitwall-agent')),
      /^install-refused: .*half copied or changed/,
    ],
    [
      'no manifest',
      here,
      (folder: string) => writeFileSync(join(folder, 'MANIFEST'), ''),
      /^install-refused: .*is half copied/,
    ],
  ] as const)('refuses %s', (_, architecture, harm, sentence) => {
    const folder = stick(architecture);
    harm(folder);
    expect(said(join(folder, 'pitwall-agent-install'))).toMatchObject({
      status: 1,
      text: expect.stringMatching(sentence),
    });
  });
});

describe('what is inside is told', () => {
  const app = () => {
    const folder = join(work, 'app');
    put(join(folder, 'node_modules/a/package.json'), '{"name":"a","version":"1.0.0","license":"MIT"}');
    put(join(folder, 'node_modules/a/LICENSE'), 'text of MIT');
    put(
      join(folder, 'node_modules/@s/b/package.json'),
      '{"name":"@s/b","version":"2.0.0","license":"(MIT OR Apache-2.0)"}',
    );
    put(
      join(folder, 'node_modules/@s/b/node_modules/a/package.json'),
      '{"name":"a","version":"3.0.0","licenses":[{"type":"ISC"}]}',
    );
    put(join(work, 'node/LICENSE'), 'text of Node');
    return folder;
  };

  it('every package with its version and licence, the same each time', () => {
    const components = componentsOf(app(), join(work, 'node'));
    expect(components.map(({ name, version, licence }) => [name, version, licence])).toEqual([
      ['@s/b', '2.0.0', '(MIT OR Apache-2.0)'],
      ['a', '1.0.0', 'MIT'],
      ['a', '3.0.0', 'ISC'],
      ['node', '24.21.0', 'MIT'],
    ]);
    const text = sbom(agent!, '1.2.3', components, 1_700_000_000);
    expect(text).toBe(sbom(agent!, '1.2.3', components, 1_700_000_000));
    expect(JSON.parse(text)).toMatchObject({
      bomFormat: 'CycloneDX',
      serialNumber: expect.stringMatching(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/),
      components: expect.arrayContaining([expect.objectContaining({ purl: 'pkg:npm/%40s/b@2.0.0' })]),
    });
    expect(licences(agent!, components)).toMatch(/a 1\.0\.0\n-+\ntext of MIT/);
  });

  it('packages in packages are found', () => {
    const folder = app();
    expect(packagesOf(join(folder, 'node_modules')).map((one) => one.slice(folder.length))).toEqual([
      '/node_modules/@s/b',
      '/node_modules/@s/b/node_modules/a',
      '/node_modules/a',
    ]);
  });
});

it('minisign takes our signature, and refuses a changed file', ({ skip }) => {
  if (!existsSync('/usr/bin/minisign')) skip('minisign is not here');
  const { privateKey } = generateKeyPairSync('ed25519');
  const { publicKey, sign } = signer(privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
  const file = join(work, 'SHA256SUMS');
  put(file, 'abc  file\n');
  put(`${file}.minisig`, sign(readFileSync(file), 'pitwall 1.2.3'));
  expect(said('minisign', '-Vm', file, '-P', publicKey)).toMatchObject({
    status: 0,
    text: expect.stringContaining('Trusted comment: pitwall 1.2.3'),
  });
  put(file, 'abd  file\n');
  expect(said('minisign', '-Vm', file, '-P', publicKey).status).not.toBe(0);
});

describe.runIf(existsSync('/usr/bin/systemd-analyze') || process.env.CI === 'true')(
  'units, as systemd judges them',
  () => {
    const units = [
      'systemd/pitwall-agent.service',
      'systemd/pitwall-gate@.service',
      'debian/pitwall-controller/pitwall-controller.service',
    ];
    it.each(units)('%s', (unit) => {
      const file = join(work, unit.split('/').at(-1)!);
      // Its programs are not on this machine.
      put(
        file,
        readFileSync(join(repository, 'firmware-config', unit), 'utf8').replaceAll(
          /\/usr\/bin\/pitwall(-agent)?/g,
          '/bin/true',
        ),
      );
      chmodSync(file, 0o644);
      expect(said('systemd-analyze', 'verify', file)).toEqual({ status: 0, text: '' });
      expect(said('systemd-analyze', 'security', '--offline=true', '--threshold=30', file).status).toBe(0);
    });
  },
);
