import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const { auditFaults, mayBeUsed, supplyFaults } = (await import('../../.ci/supply.mjs' as string)) as {
  auditFaults: (report: object, accepted: Record<string, string>) => string[];
  mayBeUsed: (licence: string) => boolean;
  supplyFaults: (lock: object, allowed: Record<string, boolean>) => string[];
};
const root = join(import.meta.dirname, '../..');
const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));

describe('what is taken from others', () => {
  it('may be given on, is proved by its hash, and runs nothing at installation that was not allowed', () => {
    expect(supplyFaults(read('package-lock.json'), read('package.json').allowScripts)).toEqual([]);
  });

  it('is refused under a licence that was not looked at, without a hash, or with a script of its own', () => {
    const packages = {
      '': { name: 'pitwall' },
      'node_modules/a': { version: '1.0.0', license: 'AGPL-3.0', integrity: 'sha512-x' },
      'node_modules/b': { version: '2.0.0', license: 'MIT' },
      'node_modules/a/node_modules/c': {
        version: '3.0.0',
        license: 'ISC',
        integrity: 'sha512-x',
        hasInstallScript: true,
      },
      'node_modules/d': { resolved: 'agent', link: true },
    };
    const faults = supplyFaults({ packages }, {});
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'a 1.0.0 has the licence AGPL-3.0',
      'b 2.0.0 has no SHA-512 in package-lock.json',
      'c 3.0.0 runs a script when it is installed',
    ]);
    expect(
      supplyFaults({ packages: { 'node_modules/c': packages['node_modules/a/node_modules/c'] } }, { c: false }),
    ).toEqual([]);
  });

  it.each([
    ['MIT', true],
    ['(MIT OR GPL-2.0)', true],
    ['Apache-2.0 AND GPL-2.0', false],
    ['Apache-2.0 AND MIT', true],
    ['none said', false],
  ])('%s: %s', (licence, may) => expect(mayBeUsed(licence)).toBe(may));
});

describe('an audit', () => {
  // As npm 10 writes it (npm audit --json, "auditReportVersion": 2).
  const via = {
    name: 'a',
    title: 'It listens to strangers',
    url: 'https://github.com/advisories/GHSA-xxxx',
    severity: 'high',
    range: '<2',
  };
  const report = { auditReportVersion: 2, vulnerabilities: { a: { via: [via] }, b: { via: ['a'] } } };
  it('names what nobody accepted, and what was accepted for nothing', () => {
    expect(auditFaults(report, {})).toEqual([
      expect.stringContaining('GHSA-xxxx: high, a <2: It listens to strangers.'),
    ]);
    expect(auditFaults(report, { 'GHSA-xxxx': 'only in tests' })).toEqual([]);
    expect(auditFaults({ vulnerabilities: {} }, { 'GHSA-xxxx': 'only in tests' })).toEqual([
      expect.stringContaining('take it out'),
    ]);
  });

  it('fails and says so where the registry does not answer', () => {
    const { status, stderr } = spawnSync('node', [join(root, '.ci/audit.mjs')], {
      encoding: 'utf8',
      env: { ...process.env, npm_config_registry: 'http://127.0.0.1:9', npm_config_fetch_retries: '0' },
    });
    expect(status).toBe(1);
    expect(stderr).toContain('Nothing was checked');
  });
});
