import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { readConfig } from './index.js';

const Config = z.strictObject({
  http: z.strictObject({ host: z.string().default('127.0.0.1'), port: z.coerce.number().int() }),
  name: z.string(),
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function written(text: string): string {
  const file = join(folder, 'config.yaml');
  writeFileSync(file, text);
  return file;
}

it('takes file, then environment, then flags, field by field', () => {
  const file = written('http: { port: 1, host: hall }\nname: file');
  const prefix = 'PITWALL_';
  const env = {
    PITWALL_HTTP_PORT: '2',
    PITWALL_NAME: 'environment',
    OTHER_NAME: 'nothing of ours',
    PITWALL_GONE: undefined,
  };
  expect(readConfig(Config, { file, env: {}, prefix })).toEqual({ http: { port: 1, host: 'hall' }, name: 'file' });
  expect(readConfig(Config, { file, env, prefix, flags: { name: 'flag', http: undefined } })).toEqual({
    http: { port: 2, host: 'hall' },
    name: 'flag',
  });
  expect(readConfig(Config, { env, prefix })).toEqual({ http: { port: 2, host: '127.0.0.1' }, name: 'environment' });
});

it('says what is wrong, and where', () => {
  const read = (file: string) => () => readConfig(Config, { file, env: { P_HTTP_PORT: 'x' }, prefix: 'P_' });
  const invalid = (message: RegExp) =>
    expect.objectContaining({ code: 'config-invalid', message: expect.stringMatching(message) });
  expect(read(join(folder, 'nowhere.yaml'))).toThrow(invalid(/nowhere\.yaml cannot be read/));
  expect(read(written('a: [b'))).toThrow(invalid(/is not YAML/));
  expect(read(written('name: 7'))).toThrow(/http\.port.*name/s);
  expect(read(written('just a text'))).toThrow(expect.objectContaining({ code: 'config-invalid' }));
  // An empty file says nothing.
  expect(
    readConfig(Config, { file: written(''), env: { P_HTTP_PORT: '3', P_NAME: 'x' }, prefix: 'P_' }).http.port,
  ).toBe(3);
});
