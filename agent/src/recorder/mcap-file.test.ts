import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { McapIndexedReader } from '@mcap/core';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { channels } from './channels.js';
import { McapFile } from './mcap-file.js';
import { type RawMessage, type RecordingContents, readRecording } from './read-recording.js';

const folder = mkdtempSync(join(tmpdir(), 'pitwall-mcap-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const names = Object.keys(channels) as (keyof typeof channels)[];
const messages = fc.array(
  fc.record({
    name: fc.constantFrom(...names),
    at: fc.bigInt({ min: 0n, max: 2n ** 62n }),
    data: fc.oneof(fc.uint8Array({ maxLength: 50 }), fc.uint8Array({ minLength: 20_000, maxLength: 40_000 })),
    cut: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
);

async function written(all: readonly { name: keyof typeof channels; at: bigint; data: Uint8Array; cut: boolean }[]) {
  files += 1;
  const path = join(folder, `${files}.mcap`);
  const file = await McapFile.create(path, { car: 'red' });
  for (const { name, at, data, cut } of all) {
    file.add(channels[name], at, data);
    if (cut) file.cut();
  }
  await file.close();
  return { path, size: file.size };
}
type Text = Omit<RawMessage, 'data'> & { readonly data: string };
/** Bytes as text: comparing them one by one takes long. */
const inText = (message: RawMessage): Text => ({ ...message, data: Buffer.from(message.data).toString('latin1') });
async function read(path: string, reading?: RecordingContents): Promise<Text[]> {
  const all: Text[] = [];
  for await (const message of readRecording(path, reading)) all.push(inText(message));
  return all;
}
const readable = (path: string) => {
  const bytes = readFileSync(path);
  return {
    size: async () => BigInt(bytes.length),
    read: async (offset: bigint, length: bigint) =>
      Uint8Array.from(bytes.subarray(Number(offset), Number(offset + length))),
  };
};

it('a stream and an index find every message again', async () => {
  await fc.assert(
    fc.asyncProperty(messages, async (all) => {
      const { path, size } = await written(all);
      const reading: RecordingContents = { about: {}, schemas: new Map(), whole: false };
      const streamed = await read(path, reading);
      expect(streamed).toEqual(
        all.map(({ name, at, data }) => {
          const { topic, schemaName } = channels[name];
          return inText({ topic, schemaName, at, data });
        }),
      );
      expect(reading).toMatchObject({ whole: true, about: { car: 'red' } });
      expect(readFileSync(path).length).toBe(size);
      const indexed = await McapIndexedReader.Initialize({ readable: readable(path) });
      let found = 0;
      for await (const _ of indexed.readMessages({ validateCrcs: true })) found += 1;
      expect([found, Number(indexed.statistics?.messageCount)]).toEqual([all.length, all.length]);
    }),
    { numRuns: 30 },
  );
});

it('a file that ends anywhere gives what is whole before', async () => {
  await fc.assert(
    fc.asyncProperty(messages, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), async (all, share, zeros) => {
      const { path } = await written(all);
      const whole = await read(path);
      const bytes = readFileSync(path);
      // Magic and header are there from the first moment on.
      const length = Math.max(100, Math.floor(share * bytes.length));
      const cut = `${path}.cut`;
      // A disk that lost its power may leave zeros.
      writeFileSync(cut, Buffer.concat([bytes.subarray(0, length), Buffer.alloc(zeros ? 5000 : 0)]));
      const some = await read(cut);
      expect(some).toEqual(whole.slice(0, some.length));
      if (length === bytes.length) expect(some).toHaveLength(whole.length);
    }),
    { numRuns: 40 },
  );
});

it('what is no recording is refused', async () => {
  const path = join(folder, 'none.mcap');
  await expect(read(path)).rejects.toMatchObject({ code: 'not-found' });
  for (const text of ['', 'hello, this is no MCAP file at all']) {
    writeFileSync(path, text);
    await expect(read(path)).rejects.toMatchObject({ code: 'recording-invalid' });
  }
});

/** What Foxglove's reader of JSON schemas takes: one type for each field, objects and arrays of such. */
function check(schema: { type?: unknown; properties?: object; items?: object; oneOf?: { const?: unknown }[] }): void {
  if (schema.oneOf !== undefined) {
    for (const one of schema.oneOf) expect(one.const).toBeTypeOf('number');
    return;
  }
  expect(['object', 'array', 'string', 'number', 'integer', 'boolean']).toContain(schema.type);
  for (const below of Object.values(schema.properties ?? {})) check(below);
  if (schema.type === 'array') check(schema.items ?? {});
}
it.each(names)('the schema of %s is one that Foxglove reads', (name) => {
  const { schemaName, jsonSchema, topic } = channels[name];
  expect(schemaName).toMatch(/^(foxglove|pitwall)\.[A-Z]/);
  expect(topic).toMatch(/^\//);
  expect(jsonSchema).toMatchObject({ type: 'object', title: schemaName });
  expect((jsonSchema as { properties: object }).properties).toHaveProperty('timestamp');
  check(jsonSchema);
});
