import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadModel, ModelSlot, writePolicyGraph } from '@pitwall/agent/model';
import { runHere } from '@pitwall/agent/testing/run-here';
import fc from 'fast-check';
import tar from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packArchive, packCarArchive } from './pack.js';
import { metadataFor, type Recipe, randomPolicy } from './random-policy.js';

const recipe: Recipe = { size: 'deep', head: 'discrete', camera: 'FRONT_FACING_CAMERA', seed: 1 };
const metadata = JSON.stringify(metadataFor(recipe));
const graph = (seed: number) => writePolicyGraph(randomPolicy({ ...recipe, seed }));

let folder: string;
let good: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-archives-'));
  good = join(folder, 'good.tar.gz');
  await packCarArchive(good, recipe);
});
afterAll(() => rm(folder, { recursive: true }));

const camera = new Uint8Array(19_200).map((_, at) => at % 251);

/** A tar with whatever headers, also wrong ones. */
type Entry = Partial<tar.Header> & { name: string; content?: Uint8Array | string };
async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { content = '', ...header } of entries) {
    if (header.type === undefined || header.type === 'file')
      pack.entry(header as tar.Header, Buffer.from(content as string));
    else pack.entry(header as tar.Header);
  }
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
async function load(bytes: Uint8Array): Promise<{ code: string; message: string }> {
  const path = join(folder, 'hostile.tar.gz');
  await writeFile(path, bytes);
  const before = (await readdir(folder)).length;
  const answer = await loadModel(path).then(
    async ({ policy }) => {
      await policy.close();
      return { code: 'loaded', message: '' };
    },
    (error: { code?: string; message: string }) => ({
      code: error.code ?? `no code: ${error}`,
      message: error.message,
    }),
  );
  // Nothing is ever unpacked beside it.
  expect((await readdir(folder)).length).toBe(before);
  return answer;
}

describe('a hostile archive is refused with a sentence', () => {
  const file = (name: string) => ({ name, content: 'x' });
  it.each([
    ['leaves its folder', [file('../evil.json')], 'archive-invalid', /leaves its own folder/],
    ['leaves its folder deep inside', [file('agent/../../evil')], 'archive-invalid', /leaves its own folder/],
    ['is absolute', [file('/etc/passwd')], 'archive-invalid', /absolute/],
    ['is absolute on Windows', [file('C:/evil')], 'archive-invalid', /absolute/],
    ['has a backslash', [file('..\\evil')], 'archive-invalid', /backslash/],
    [
      'is a symbolic link',
      [{ name: 'model.pb', type: 'symlink' as const, linkname: '/etc/passwd' }],
      'archive-invalid',
      /symlink/,
    ],
    ['is a hard link', [{ name: 'model.pb', type: 'link' as const, linkname: 'other' }], 'archive-invalid', /link/],
    [
      'is a device',
      [{ name: 'sda', type: 'block-device' as const, devmajor: 8, devminor: 0 }],
      'archive-invalid',
      /block-device/,
    ],
    ['is a pipe', [{ name: 'pipe', type: 'fifo' as const }], 'archive-invalid', /fifo/],
    ['comes twice', [file('a.json'), file('./a.json')], 'archive-invalid', /twice/],
    ['lies too deep', [file(`${'d/'.repeat(40)}x`)], 'archive-too-large', /deeper/],
    [
      'is one of 10,001',
      Array.from({ length: 10_001 }, (_, at) => file(`f${at}`)),
      'archive-too-large',
      /10000 entries/,
    ],
  ])('when an entry %s', async (_, entries, code, message) => {
    const answer = await load(gzipSync(await tarOf(entries), { level: 1 }));
    expect(answer.code).toBe(code);
    expect(answer.message).toMatch(message);
  });

  it.each([
    ['is no gzip', Buffer.from('hello'), 'archive-invalid', /no \.tar\.gz/],
    ['is no file but a name', Buffer.alloc(0), 'archive-invalid', /no contents/],
    ['is a zip', Buffer.from('PK\u0003\u0004....'), 'archive-invalid', /zip/],
    ['holds no tar', gzipSync('nothing'), 'archive-invalid', /unpacked/],
    ['is empty', gzipSync(Buffer.alloc(1024)), 'archive-invalid', /empty/],
    ['is a bomb of nothing', gzipSync(Buffer.alloc(64 * 2 ** 20)), 'archive-too-large', /hides more than/],
  ])('when it %s', async (_, bytes, code, message) => {
    const answer = await load(bytes);
    expect(answer.code).toBe(code);
    expect(answer.message).toMatch(message);
  });

  it('when a header promises more than is allowed, before any of it is read', async () => {
    const header = (size: number, name: string, type: string) => {
      const block = Buffer.alloc(512);
      block.write(name, 0);
      block.write('0000644\0', 100);
      block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
      block.write('        ', 148);
      block.write(type, 156);
      block.write('ustar\0' + '00', 257);
      const sum = block.reduce((total, byte) => total + byte, 0);
      block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
      return block;
    };
    const whole = (block: Buffer) => gzipSync(Buffer.concat([block, Buffer.alloc(4 * 2 ** 20, 'x')]));
    expect(await load(whole(header(129 * 2 ** 20, 'agent/model.pb', '0')))).toMatchObject({
      code: 'archive-too-large',
    });
    expect(await load(whole(header(2 ** 31, 'anything', '0')))).toMatchObject({ code: 'archive-too-large' });
    // A long name that is itself a bomb.
    expect(await load(whole(header(900 * 2 ** 20, '././@LongLink', 'L')))).toMatchObject({ code: 'archive-invalid' });
    expect(await load(whole(header(900 * 2 ** 20, 'PaxHeader', 'x')))).toMatchObject({ code: 'archive-invalid' });
  });

  it.each([
    ['has no network', { 'model_metadata.json': metadata }, 'archive-invalid', /no network/],
    [
      'has two networks',
      { 'a/model.pb': 'x', 'b/model.pb': 'y', 'model_metadata.json': metadata },
      'archive-invalid',
      /2 networks/,
    ],
    ['has no metadata', { 'model.pb': 'x' }, 'metadata-invalid', /no model_metadata\.json/],
    ['has metadata that are no JSON', { 'model.pb': 'x', 'model_metadata.json': '{' }, 'metadata-invalid', /JSON/],
    [
      'has a network that is none',
      { 'model.pb': 'x', 'model_metadata.json': metadata },
      'graph-invalid',
      /not a TensorFlow graph/,
    ],
    ['has an empty network', { 'model.pb': '', 'model_metadata.json': metadata }, 'graph-invalid', /no operations/],
  ])('when it %s', async (_, entries, code, message) => {
    const path = join(folder, 'odd.tar.gz');
    await packArchive(path, entries as unknown as Record<string, string>);
    await expect(loadModel(path)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    await rm(path);
  });

  it('when metadata and network belong to different models', async () => {
    const path = join(folder, 'odd.tar.gz');
    const other = (over: Partial<Recipe>) =>
      packArchive(path, {
        'model.pb': graph(1),
        'model_metadata.json': JSON.stringify(metadataFor({ ...recipe, ...over })),
      });
    await other({ actions: 5 });
    await expect(loadModel(path)).rejects.toMatchObject({
      code: 'graph-invalid',
      message: expect.stringMatching(/wants 5 numbers/),
    });
    await other({ camera: 'STEREO_CAMERAS' });
    await expect(loadModel(path)).rejects.toMatchObject({
      code: 'graph-invalid',
      message: expect.stringMatching(/2 plane/),
    });
    await rm(path);
  });

  it('whatever bytes are changed or cut off', { timeout: 120_000 }, async () => {
    const small = await tarOf([
      { name: 'model_metadata.json', content: metadata },
      { name: 'agent/', type: 'directory' },
      { name: 'agent/model.pb', content: graph(1).subarray(0, 4_000) },
    ]);
    const changes = fc.array(fc.tuple(fc.nat(small.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(changes, fc.nat(small.length), fc.boolean(), async (list, length, packedFirst) => {
        const started = performance.now();
        const damaged = packedFirst ? gzipSync(small) : Buffer.from(small);
        for (const [at, value] of list) damaged[at % damaged.length] = value;
        const cut = damaged.subarray(0, packedFirst ? damaged.length : length);
        const { code } = await load(packedFirst ? cut : gzipSync(cut));
        expect(code).toMatch(/^(archive|metadata|graph)-/);
        expect(performance.now() - started).toBeLessThan(5_000);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a genuine archive is read', () => {
  it.each([
    ['without its compression, as a browser may save it', (bytes: Buffer) => bytes],
    [
      'packed in two pieces, one after the other',
      (bytes: Buffer) => {
        const half = bytes.length >> 1;
        return Buffer.concat([gzipSync(bytes.subarray(0, half)), gzipSync(bytes.subarray(half))]);
      },
    ],
  ])('%s', async (_, pack) => {
    const bytes = await tarOf([
      { name: 'model_metadata.json', content: metadata },
      { name: 'agent/model.pb', content: graph(1) },
    ]);
    expect(await load(pack(bytes))).toEqual({ code: 'loaded', message: '' });
  });

  it.each([
    ['in a folder of its own', 'my model/', ''],
    ['with names that begin with ./', './', './'],
    ['with very long names', `${'long name '.repeat(14)}/${'é'.repeat(60)}/`, ''],
  ])('%s', async (_, folderName, root) => {
    const bytes = await tarOf([
      ...(root === '' ? [] : [{ name: root, type: 'directory' as const }]),
      { name: `${folderName}._model_metadata.json`, content: 'what macOS adds' },
      { name: `__MACOSX/${folderName}agent/._model.pb`, content: 'what macOS adds' },
      { name: `${folderName}reward_function.py`, content: 'def reward_function(params): return 1.0' },
      {
        name: `${folderName}model_metadata.json`,
        content: metadata,
        pax: { 'LIBARCHIVE.xattr.com.apple.quarantine': 'x' },
      },
      { name: `${folderName}agent/model.pb`, content: graph(1) },
    ]);
    expect(await load(gzipSync(bytes, { level: 1 }))).toEqual({ code: 'loaded', message: '' });
  });

  it('as a network alone, with its metadata beside it as on the stock car', async () => {
    const own = await mkdtemp(join(folder, 'artifacts-'));
    const path = join(own, 'model.pb');
    await writeFile(path, graph(1));
    await expect(loadModel(path)).rejects.toMatchObject({
      code: 'metadata-invalid',
      message: expect.stringMatching(/beside the network/),
    });
    await writeFile(join(own, 'model_metadata.json'), metadata);
    const [{ policy, name }, packed] = [await loadModel(path), await loadModel(good)];
    expect(name).toBe('model');
    expect((await policy.decide({ camera })).output).toEqual((await packed.policy.decide({ camera })).output);
    await policy.close();
    await packed.policy.close();
  });
});

describe('a training archive', () => {
  let path: string;
  beforeAll(async () => {
    path = join(folder, 'training.tar.gz');
    await packArchive(path, {
      'model/model_7.pb': graph(7),
      'model/model_12.pb': graph(12),
      'model/._model_12.pb': 'what macOS adds',
      'model/model_9.pb': graph(9),
      'model/model_metadata.json': metadata,
      'model/deepracer_checkpoints.json': JSON.stringify({
        best_checkpoint: { name: '9_Step-123889.ckpt', avg_eval_metric: 100 },
        last_checkpoint: { name: '12_Step-136982.ckpt' },
      }),
    });
  });

  it.each([
    [undefined, 9],
    ['best', 9],
    ['last', 12],
    [7, 7],
  ] as const)('gives checkpoint %s', async (choice, seed) => {
    const single = join(folder, 'single.tar.gz');
    await packArchive(single, { 'agent/model.pb': graph(seed), 'model_metadata.json': metadata });
    const [wanted, model] = [
      await loadModel(single),
      await loadModel(path, choice === undefined ? {} : { checkpoint: choice }),
    ];
    expect(model.checkpoint.number).toBe(seed);
    expect(model.checkpoints.map(({ number, best, last }) => [number, best, last])).toEqual([
      [7, false, false],
      [9, true, false],
      [12, false, true],
    ]);
    expect((await model.policy.decide({ camera })).output).toEqual((await wanted.policy.decide({ camera })).output);
    await model.policy.close();
    await wanted.policy.close();
    await rm(single);
  });

  it('as a bucket holds it, with the metadata of other runs and a checkpoint that was never evaluated', async () => {
    const bucket = join(folder, 'bucket.tar.gz');
    const run = 'rl-deepracer-7';
    await packArchive(bucket, {
      [`${run}/model_metadata.json`]: '{}',
      [`${run}/ip/hyperparameters.json`]: '{}',
      [`${run}/model/.coach_checkpoint`]: '12_Step-136982.ckpt',
      [`${run}/model/.ready`]: '',
      [`${run}/model/12_Step-136982.ckpt.meta`]: 'x',
      [`${run}/model/deepracer_checkpoints.json`]:
        '{"best_checkpoint": {"name": "7_Step-1.ckpt", "avg_eval_metric": NaN}, "last_checkpoint": {}}',
      [`${run}/model/model_7.pb`]: graph(7),
      [`${run}/model/model_12.pb`]: graph(12),
      [`${run}/model/model_metadata.json`]: metadata,
    });
    const { policy, checkpoint, checkpoints } = await loadModel(bucket);
    expect(checkpoint.number).toBe(7);
    expect(checkpoints.map(({ number, best, last }) => [number, best, last])).toEqual([
      [7, true, false],
      [12, false, true],
    ]);
    await policy.close();
  });

  it('means the same by best, last and a number in each command, and says what is odd', {
    timeout: 180_000,
  }, async () => {
    const purged = join(folder, 'purged.tar.gz');
    await packArchive(purged, {
      'model/model_7.pb': graph(7),
      'model/model_12.pb': graph(12),
      'model/model_metadata.json': metadata,
      'model/deepracer_checkpoints.json': JSON.stringify({ best_checkpoint: { name: '3_Step-1.ckpt' } }),
    });
    const image = join(folder, 'frame.pgm');
    await writeFile(image, Buffer.concat([Buffer.from('P5\n160 120\n255\n'), camera]));
    const note =
      /deepracer_checkpoints\.json names 3 as the best, which is not in the archive; the newest checkpoint, 12/;
    for (const [choice, number] of [
      ['best', 12],
      ['last', 12],
      ['7', 7],
    ] as const) {
      const flag = ['--checkpoint', choice];
      const inspected = JSON.parse((await runHere('model', 'inspect', purged, ...flag, '--json')).stdout);
      expect(inspected.checkpoint.number).toBe(number);
      expect(inspected.warnings.join(' ')).toMatch(note);
      const inferred = await runHere('model', 'infer', purged, '--image', image, ...flag, '--json');
      const { policy } = await loadModel(purged, { checkpoint: number });
      expect(JSON.parse(inferred.stdout).output).toEqual(Array.from((await policy.decide({ camera })).output));
      await policy.close();
      expect(inferred.stderr).toMatch(note);
    }
  });

  it('names what it has when it has not what is wanted', async () => {
    await expect(loadModel(path, { checkpoint: 8 })).rejects.toMatchObject({
      code: 'checkpoint-unknown',
      message: expect.stringMatching(/7, 9, 12/),
    });
  });
});

describe('conversions are kept by hash', () => {
  it('and give the same again; a damaged one is made anew', async () => {
    const cacheFolder = join(folder, 'cache');
    const first = await loadModel(good, { cacheFolder });
    const again = await loadModel(good, { cacheFolder });
    const { output } = await first.policy.decide({ camera });
    expect(again.hash).toBe(first.hash);
    expect((await again.policy.decide({ camera })).output).toEqual(output);
    for (const name of await readdir(cacheFolder)) {
      const bytes = await readFile(join(cacheFolder, name));
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
      await writeFile(join(cacheFolder, name), bytes);
    }
    const mended = await loadModel(good, { cacheFolder });
    expect((await mended.policy.decide({ camera })).output).toEqual(output);
    for (const { policy } of [first, again, mended]) await policy.close();
    await rm(cacheFolder, { recursive: true });
  });
});

describe('the model that drives', () => {
  it('stays when another one fails, and gives way to one that is fine', async () => {
    const [bad, other] = [join(folder, 'bad.tar.gz'), join(folder, 'other.tar.gz')];
    await packArchive(bad, { 'model.pb': 'x', 'model_metadata.json': metadata });
    await packCarArchive(other, { ...recipe, seed: 2 });
    const slot = new ModelSlot();
    const first = await slot.replace(good);
    await expect(slot.replace(bad)).rejects.toMatchObject({ code: 'graph-invalid' });
    expect(slot.current).toBe(first);
    expect((await first.policy.decide({ camera })).output).toHaveLength(14);
    const [second] = await Promise.all([slot.replace(other), slot.replace(bad).catch(() => {})]);
    expect(slot.current).toBe(second);
    await expect(first.policy.decide({ camera })).rejects.toThrow(/closed/);
    await slot.close();
    await slot.close();
    expect(slot.current).toBeUndefined();
    await rm(bad);
    await rm(other);
  });

  it('refuses an observation that does not fit', async () => {
    const { policy } = await loadModel(good);
    await expect(policy.decide({ camera: new Uint8Array(100) })).rejects.toMatchObject({ code: 'observation-invalid' });
    expect((await policy.decide({ camera })).action.index).toBeGreaterThanOrEqual(0);
    await policy.close();
  });
});
