import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRelease, readSignature, type SignatureKey, signatureDigest, signatureKey } from './index.js';

const here = existsSync('/usr/bin/minisign');
if (!here) {
  if (process.env.CI === 'true') throw new Error('signatures need minisign (Debian: apt install minisign)');
  console.log('skipped: signatures of minisign, because minisign is missing');
}

/** Keys and signatures that minisign itself made (jedisct1/minisign). */
describe.skipIf(!here)('a signature of minisign', () => {
  let folder: string;
  let key: SignatureKey;
  let text: string;
  const content = Buffer.from('what was signed');
  const digest = (bytes: Buffer) => signatureDigest().update(bytes).digest();

  const minisign = (...args: string[]) => {
    const { status, stderr } = spawnSync('minisign', args, { cwd: folder, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  };
  const publicKey = (file: string) => readFileSync(join(folder, file), 'utf8').split('\n')[1]!;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pitwall-minisign-'));
    for (const name of ['ours', 'theirs']) minisign('-G', '-W', '-p', `${name}.pub`, '-s', `${name}.key`);
    writeFileSync(join(folder, 'file'), content);
    minisign('-S', '-s', 'ours.key', '-m', 'file', '-t', 'pitwall-agent 1.2.3 linux-arm64');
    key = signatureKey(publicKey('ours.pub'));
    text = readFileSync(join(folder, 'file.minisig'), 'utf8');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is of the file, and of no other', () => {
    const signature = readSignature(text);
    key.demandOwn(signature);
    expect(key.isOf(signature, digest(content))).toBe(true);
    expect(key.isOf(signature, digest(Buffer.from('what was changed')))).toBe(false);
  });

  it('says which version it is of', () => {
    expect(readRelease(text, key).name).toEqual({ version: '1.2.3', architecture: 'arm64' });
  });

  it.each([
    ['another key', () => readRelease(text, signatureKey(publicKey('theirs.pub'))), /a key that is not trusted here/],
    ['a comment that was changed', () => readRelease(text.replace('1.2.3', '1.2.4'), key), /was changed/],
    ['what is no signature', () => readRelease('hello\n', key), /no signature of minisign/],
    ['half a signature', () => readRelease(text.slice(0, text.length / 2), key), /no signature of minisign/],
  ])('is refused with %s', (_, read, sentence) => {
    expect(read).toThrow(
      expect.objectContaining({ code: 'release-invalid', message: expect.stringMatching(sentence) }),
    );
  });

  it('of something else is no version', () => {
    minisign('-S', '-s', 'ours.key', '-m', 'file', '-x', 'other.minisig', '-t', 'pitwall 1.2.3');
    expect(() => readRelease(readFileSync(join(folder, 'other.minisig'), 'utf8'), key)).toThrow(
      /no archive of pitwall-agent/,
    );
  });

  it('wants a key that is one', () => {
    expect(() => signatureKey('RWQ')).toThrow(expect.objectContaining({ code: 'config-invalid' }));
  });
});
