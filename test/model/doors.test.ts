import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadModel, writePolicyGraph } from '@pitwall/agent/model';
import { archivesIn, ModelStore, stage, UsbStickWatch } from '@pitwall/agent/model-store';
import tar from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { casePath, expectedOf, framePlane, frames, haveCases } from './cases.js';
import { donkeycar } from './donkeycar.js';
import { smallPolicy } from './random-policy.js';
import { metadata as described } from './small-graph.js';
import { zipOf } from './zip.js';

const metadata = Buffer.from(described);
const graph = Buffer.from(writePolicyGraph(smallPolicy()));
const camera = new Uint8Array(19_200).map((_, at) => at % 251);
type Files = Readonly<Record<string, Uint8Array | string>>;
const car: Files = { 'agent/model.pb': graph, 'model_metadata.json': metadata };

let folder: string;
let wanted: Float32Array;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-doors-'));
  wanted = await outputOf(await written('plain.tar.gz', gzipSync(await tarOf(car))));
});
afterAll(() => rm(folder, { recursive: true }));

async function tarOf(files: Files): Promise<Buffer> {
  const pack = tar.pack();
  for (const [name, content] of Object.entries(files)) pack.entry({ name }, Buffer.from(content as string));
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function written(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}
async function outputOf(path: string): Promise<Float32Array> {
  const { policy } = await loadModel(path);
  const { output } = await policy.decide({ camera });
  await policy.close();
  return output;
}

describe('a model is taken', () => {
  it.each<[string, string, () => Promise<Uint8Array> | Uint8Array]>([
    ['as a zip', 'model.zip', () => zipOf(car)],
    ['as a zip that is called otherwise', 'really a zip.tar.gz', () => zipOf(car)],
    ['as a zip without compression', 'stored.zip', () => zipOf(car, { method: 0 })],
    [
      'as a zip that Windows made',
      'windows.zip',
      () => zipOf({ 'agent\\model.pb': graph, 'model_metadata.json': metadata }),
    ],
    [
      'as a zip of a folder that a Mac made',
      'mac.zip',
      () =>
        zipOf({
          'my model/': '',
          'my model/agent/model.pb': graph,
          'my model/model_metadata.json': metadata,
          '__MACOSX/my model/._model_metadata.json': 'x',
          'my model/.DS_Store': 'x',
        }),
    ],
    [
      "with the picture of a Mac's folder",
      'picture.tar.gz',
      async () => gzipSync(await tarOf({ 'm/Icon\r': '', 'm/model.pb': graph, 'm/model_metadata.json': metadata })),
    ],
    ['as a tar', 'safari.tar', () => tarOf(car)],
    [
      'in capitals',
      'SHOUT.TAR.GZ',
      async () => gzipSync(await tarOf({ 'AGENT/MODEL.PB': graph, 'MODEL_METADATA.JSON': metadata })),
    ],
    ['as a tar of the old form', 'old.tar', async () => oldForm(await tarOf(car))],
    [
      'with rubbish behind it',
      'rubbish.tar.gz',
      async () => Buffer.concat([gzipSync(await tarOf(car)), Buffer.alloc(600)]),
    ],
  ])('%s', async (_, name, bytes) => {
    expect(await outputOf(await written(name, await bytes()))).toEqual(wanted);
  });

  /** Without magic bytes, owner's name and prefix: what `tar --format=v7` writes. */
  it('as a TensorFlow SavedModel whose weights are in it', async () => {
    const files = {
      'pilot/saved_model.pb': savedModel(graph),
      'pilot/fingerprint.pb': 'x',
      'model_metadata.json': metadata,
    };
    expect(await outputOf(await written('saved.tar.gz', gzipSync(await tarOf(files))))).toEqual(wanted);
  });

  function oldForm(bytes: Buffer): Buffer {
    for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
      const header = bytes.subarray(at, at + 512);
      const size = Number.parseInt(header.toString('latin1', 124, 135), 8);
      header.fill(0, 257);
      header.fill(0x20, 148, 156);
      const sum = header.reduce((total, byte) => total + byte, 0);
      header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
      at += 512 + 512 * Math.ceil(size / 512);
    }
    return bytes;
  }

  it('as a network alone, told by what is in it', async () => {
    const own = await mkdtemp(join(folder, 'alone-'));
    await writeFile(join(own, 'MODEL.PB'), graph);
    await writeFile(join(own, 'Model_Metadata.json'), metadata);
    expect(await outputOf(join(own, 'MODEL.PB'))).toEqual(wanted);
    await writeFile(join(own, 'no ending at all'), graph);
    expect(await outputOf(join(own, 'no ending at all'))).toEqual(wanted);
    const lite = donkeycar('linear', 4).tflite;
    // In an archive, too.
    const asPb = await written('lite.tar.gz', gzipSync(await tarOf({ 'model.pb': lite, 'notes.txt': 'x' })));
    expect((await outputOf(asPb)).length).toBe(2);
    const elsewhere = await mkdtemp(join(folder, 'pilot-'));
    await writeFile(join(elsewhere, 'PILOT.TFLITE'), lite);
    await writeFile(join(elsewhere, 'model.tar.gz'), lite);
    expect(await outputOf(join(elsewhere, 'model.tar.gz'))).toEqual(await outputOf(join(elsewhere, 'PILOT.TFLITE')));
  });
});

/** A SavedModel of one graph: tensorflow/core/protobuf/saved_model.proto, meta_graph.proto. */
function savedModel(inner: Uint8Array): Buffer {
  const field = (number: number, bytes: Uint8Array) => {
    const size: number[] = [];
    for (let left = bytes.length; ; left = Math.floor(left / 128)) {
      size.push(left >= 128 ? (left % 128) + 128 : left);
      if (left < 128) break;
    }
    return Buffer.concat([Buffer.from([number * 8 + 2, ...size]), bytes]);
  };
  return Buffer.concat([Buffer.from([0x08, 1]), field(2, field(2, inner))]);
}

const line = (text: string, length = 2048) => Buffer.from(text.padEnd(length, ' '));
const head = (...bytes: number[]) => Buffer.concat([Buffer.from(bytes), Buffer.alloc(2048, 7)]);
const html = line('<!DOCTYPE html>\n<html><head><title>Sign in</title>');
const s3 = line(
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>',
);
const lfs = Buffer.from(
  'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n',
);
const safetensors = Buffer.concat([Buffer.from([0x40, 0, 0, 0, 0, 0, 0, 0]), line('{"__metadata__":{"format":"pt"}}')]);

describe('what is no model is named', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['a web page', html, /a web page.*Download it again/],
    ['an answer of S3', s3, /store it was downloaded from \(AccessDenied\)/],
    ['a Git LFS pointer', lfs, /Git LFS pointer.*git lfs pull/],
    ['HDF5', head(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a), /Keras model \(HDF5\).*TFLiteConverter/],
    [
      'an old PyTorch checkpoint',
      head(0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20),
      /PyTorch.*torch\.onnx\.export/,
    ],
    ['safetensors', safetensors, /safetensors.*torch\.onnx\.export/],
    ['a TensorRT engine', Buffer.concat([Buffer.from('ftrt'), Buffer.alloc(999)]), /TensorRT/],
    ['an OpenVINO network', line('<?xml version="1.0"?>\n<net name="model" version="11">'), /OpenVINO/],
    ['a TensorFlow SavedModel', head(0x08, 0x01, 0x12, 0x80, 0x10), /SavedModel.*tf2onnx\.convert --saved-model/],
  ])('%s: alone, in gzip, and in an archive', async (_, bytes, why) => {
    const refused = { code: 'archive-invalid', message: expect.stringMatching(why) };
    await expect(loadModel(await written('model.tar.gz', bytes))).rejects.toMatchObject(refused);
    await expect(loadModel(await written('model.tar.gz', gzipSync(bytes)))).rejects.toMatchObject(refused);
    const inside = gzipSync(await tarOf({ 'agent/saved_model.pb': bytes, 'model_metadata.json': metadata }));
    await expect(loadModel(await written('model.tar.gz', inside))).rejects.toMatchObject({
      code: expect.stringMatching(/^(archive-invalid|graph-unsupported)$/),
    });
  });

  it.each<[string, Files, RegExp]>([
    [
      'a network that is a Git LFS pointer',
      { 'agent/model.pb': lfs, 'model_metadata.json': metadata },
      /agent\/model\.pb, which is a Git LFS pointer.*git lfs pull/,
    ],
    [
      'metadata that is a web page',
      { 'agent/model.pb': graph, 'model_metadata.json': html },
      /model_metadata\.json, which is a web page/,
    ],
    [
      'metadata called otherwise',
      { 'agent/model.pb': graph, 'model_metadata (1).json': metadata },
      /no model_metadata\.json, but a file "model_metadata \(1\)\.json"; rename it/,
    ],
    [
      'metadata with another ending',
      { 'agent/model.pb': graph, 'model_metadata.json.txt': metadata },
      /"model_metadata\.json\.txt"; rename it/,
    ],
    [
      "metadata of Git's",
      { 'agent/model.pb': graph, 'model_metadata~HEAD.json': metadata },
      /"model_metadata~HEAD\.json"; rename it/,
    ],
    ['metadata that a merge left', { 'agent/model.pb': graph, 'model_metadata.json.orig': metadata }, /rename it/],
    [
      'only an .h5',
      { 'model.h5': head(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a), 'model_metadata.json': metadata },
      /model\.h5 is a Keras model/,
    ],
    [
      'what Keras saves as .keras',
      {
        'config.json': '{}',
        'metadata.json': '{"keras_version": "3.3.3"}',
        'model.weights.h5': head(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a),
      },
      /^The file is a Keras model \(\.keras\), no model\. Convert it: python -c .*TFLiteConverter/,
    ],
    [
      'what torch.save writes',
      { 'pilot/data.pkl': head(0x80, 2), 'pilot/byteorder': 'little', 'pilot/data/0': 'x', 'pilot/version': '3\n' },
      /^The file is a PyTorch checkpoint \(\.pt\), no model\. .*torch\.onnx\.export/,
    ],
    [
      'TorchScript',
      { 'pilot/data.pkl': head(0x80, 2), 'pilot/constants.pkl': head(0x80, 2), 'pilot/code/__torch__.py': 'x' },
      /^The file is a TorchScript model, no model\. .*torch\.jit\.load/,
    ],
    [
      'what Stable-Baselines3 saves',
      { data: '{}', 'policy.pth': 'x', 'policy.optimizer.pth': 'x', _stable_baselines3_version: '2.3.2' },
      /^The file is a model of Stable-Baselines3 \(\.zip\), no model\. .*OnnxableSB3Policy/,
    ],
    [
      'a SavedModel whose weights lie beside it, without metadata',
      { 'pilot/saved_model.pb': head(0x08, 1, 0x12), 'pilot/variables/variables.index': 'x' },
      /holds a TensorFlow SavedModel\. Convert it: python -m tf2onnx/,
    ],
    [
      'an OpenVINO network',
      { 'model.xml': line('<?xml version="1.0"?>\n<net name="model" version="11">'), 'model.bin': 'x' },
      /model\.xml is an OpenVINO network\. It was made for one kind of machine/,
    ],
    [
      'a TensorRT engine',
      { 'model.engine': Buffer.concat([Buffer.from('ftrt'), Buffer.alloc(999)]), 'model_metadata.json': metadata },
      /model\.engine is a TensorRT engine\. .*hand in the \.onnx/,
    ],
    [
      'a 7z archive',
      { 'model.7z': head(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c) },
      /model\.7z is a 7z archive\. Pack it anew: 7z x FILE/,
    ],
    [
      'a PyTorch checkpoint, which is a zip itself',
      {
        'pilot.pt': zipOf({ 'pilot/data.pkl': head(0x80, 2), 'pilot/version': '3\n' }),
        'model_metadata.json': metadata,
      },
      /pilot\.pt is a PyTorch checkpoint\. .*torch\.onnx\.export/,
    ],
    [
      'a .keras, which is a zip itself',
      { 'pilot.keras': zipOf({ 'metadata.json': '{}', 'config.json': '{}', 'model.weights.h5': 'x' }) },
      /pilot\.keras is a Keras model \(\.keras\)\. .*TFLiteConverter/,
    ],
    [
      'what is no network for all its name',
      { 'agent/model.pb': 'none', 'model_metadata.json': metadata },
      /\.pb file is not a TensorFlow graph/,
    ],
    [
      'another archive',
      { 'model.tar.gz': 'x', 'model_metadata.json': metadata },
      /holds another archive, model\.tar\.gz/,
    ],
    [
      'a SavedModel',
      {
        'm/saved_model.pb': savedModel(
          Buffer.from([0x0a, 0x0e, 0x0a, 1, 0x61, 0x12, 9, ...Buffer.from('VarHandle'), 0x0a]),
        ),
        'm/keras_metadata.pb': 'x',
        'm/fingerprint.pb': 'y',
        'model_metadata.json': metadata,
      },
      /SavedModel.*tf2onnx/,
    ],
  ])('an archive with %s', async (_, files, why) => {
    for (const bytes of [gzipSync(await tarOf(files)), zipOf(files)]) {
      await expect(loadModel(await written('odd.tar.gz', bytes))).rejects.toMatchObject({
        message: expect.stringMatching(why),
      });
    }
  });

  it('a file that is text, such as the metadata alone', async () => {
    for (const words of [metadata, '{"cells": [], "nbformat": 4}', 'only words'])
      await expect(loadModel(await written('words.tar.gz', words))).rejects.toThrow(
        /is text and no \.tar\.gz, \.tar or \.zip file; hand in the network together with its model_metadata\.json/,
      );
  });

  it.each<[string, string | Buffer, RegExp]>([
    ...[
      '<HTML>\n<HEAD>',
      `<!-- ${'x'.repeat(2000)} --><!DOCTYPE html>`,
      '<!-- a --><!-- b --><html>',
      '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "">',
      '<div class="error">Not found</div>',
      '<center><h1>502 Bad Gateway</h1></center>',
      '\uFEFF<!doctype html>',
      Buffer.from('\uFEFF<!DOCTYPE html><title>Anmelden für Rennfahrer</title>', 'utf16le'),
    ].map((page): [string, string | Buffer, RegExp] => ['a page', page, /a web page, perhaps one to sign in at/]),
    ['a refusal', '<Error xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Code>NoSuchKey</Code>', /store.*NoSuchKey/],
    [
      'a refusal',
      '\uFEFF<?xml version="1.0"?><Error>\n  <Message>m</Message>\n  <Code>Expired</Code>',
      /store.*\(Expired\)/,
    ],
    ['a list', '<?xml version="1.0"?>\n<ListBucketResult xmlns="x">', /a list of what a store holds/],
    ['JSON', '{"message":"Forbidden"}', /an answer of a server in place of a file \(Forbidden\).*Download it again/],
    ['JSON', '{"error": {"code": 404}}', /an answer of a server in place of a file/],
    ['an older pointer', lfs.toString().replace('git-lfs', 'hawser'), /Git LFS pointer/],
    ['a git-annex pointer', '/annex/objects/SHA256E-s12--ab.tar.gz\n', /git-annex pointer.*git annex get/],
    ['a link', '[InternetShortcut]\r\nURL=https://example.org', /a link to a page/],
    ['Base64', 'H4sIAAAAAAAAA+3OMQ6CQBRF0', /written as text \(Base64\).*base64 -d/],
    ['curl -i', 'HTTP/1.1 200 OK\r\n\r\n\u001f', /without curl -i/],
    ['UTF-8 of a gzip', Buffer.from([0x1f, 0xef, 0xbf, 0xbd, 8, 0, 0]), /turned into text on its way/],
    [
      "PowerShell's >",
      Buffer.from([0xff, 0xfe, 0x1f, 0, 0x39, 0x20, 8, 0, 0, 0]),
      /PowerShell's > turned into text.*-OutFile/,
    ],
    ['zeros', Buffer.alloc(4096), /nothing but zeros.*Copy it again, and eject the stick/],
    ['AppleDouble', Buffer.from('00051607000200004d6163', 'hex'), /what macOS keeps beside a file/],
    ['a program', Buffer.from('MZ\x90\x00\x03', 'latin1'), /a program.*run it and pack what comes out/],
    ['a shortcut', Buffer.from('4c0000000114020000000000c0', 'hex'), /a Windows shortcut/],
    ['a picture', Buffer.from('89504e470d0a1a0a', 'hex'), /a picture/],
    ['a PDF', '%PDF-1.7\n', /a PDF/],
    ['an array', Buffer.from('\x93NUMPY\x01\x00', 'latin1'), /an array of NumPy/],
  ])('%s: %j', async (_, bytes, why) => {
    await expect(loadModel(await written('model.tar.gz', bytes))).rejects.toMatchObject({
      code: 'archive-invalid',
      message: expect.stringMatching(why),
    });
  });

  it('metadata by any other name, or with both sides of a merge', async () => {
    for (const name of [
      'model_metadata_LOCAL_4711.json',
      'model_metadata.REMOTE.4711.json',
      'model_metadata_1.json',
      'Kopie von model_metadata.json',
      'my_model_metadata.json',
      'model_metadata.txt',
      'modell_metadata.json',
    ]) {
      const path = await written('odd.tar.gz', gzipSync(await tarOf({ 'agent/model.pb': graph, [name]: metadata })));
      await expect(loadModel(path)).rejects.toThrow(`but a file "${name}"; rename it to model_metadata.json`);
    }
    const both = `<<<<<<< HEAD\n${described}\n=======\n${described}\n>>>>>>> other\n`;
    const path = await written('odd.tar.gz', gzipSync(await tarOf({ ...car, 'model_metadata.json': both })));
    await expect(loadModel(path)).rejects.toThrow(/both sides of a merge that nobody settled, from line 1 on/);
  });

  it('a document that is a zip file', async () => {
    const path = await written(
      'report.docx',
      zipOf({ '[Content_Types].xml': '<?xml version="1.0"?><Types/>', a: 'b' }),
    );
    await expect(loadModel(path)).rejects.toThrow('holds no network (.pb, .onnx or .tflite)');
  });

  it('a file that was cut short, packed twice, or locked', async () => {
    const whole = gzipSync(await tarOf(car));
    const locked = zipOf(car, { flag: 0x801 });
    const zip = zipOf(car);
    const changed = Buffer.from(zip);
    changed[200] = (changed[200] as number) ^ 0x55;
    for (const [bytes, why] of [
      [whole.subarray(0, Math.floor(whole.length * 0.7)), /cut short/],
      [zip.subarray(0, Math.floor(zip.length * 0.7)), /zip file that is cut short/],
      [changed, /zip file that is cut short or damaged/],
      [gzipSync(whole), /packed with gzip twice/],
      [gzipSync(zip), /zip file that was packed with gzip/],
      [gzipSync(graph), /holds one network, packed with gzip/],
      [locked, /password/],
      [zipOf({ 'model.pb': 'x' }, { mode: 0o120777 }), /symlink/],
      [zipOf({ '../model.pb': 'x' }), /leaves its own folder/],
    ] as const) {
      await expect(loadModel(await written('torn.tar.gz', bytes))).rejects.toMatchObject({
        code: 'archive-invalid',
        message: expect.stringMatching(why),
      });
    }
  });
});

it('of several metadata files the one at the root counts, or the innermost around the network', async () => {
  const other = described.replaceAll('20', '10');
  const files: Files[] = [
    { 'agent/model.pb': graph, 'model_metadata.json': described, 'agent/model_metadata.json': other },
    ...['wrapped/', 'a/b/'].flatMap((wrap): Files[] => [
      { [`${wrap}agent/model.pb`]: graph, [`${wrap}model_metadata.json`]: described, 'old/model_metadata.json': other },
      {
        [`${wrap}m/model.pb`]: graph,
        [`${wrap}m/model_metadata.json`]: described,
        [`${wrap}model_metadata.json`]: other,
      },
    ]),
  ];
  for (const one of files) {
    const { policy, metadata } = await loadModel(await written('several.tar.gz', gzipSync(await tarOf(one))));
    await policy.close();
    expect(metadata.actionSpace).toMatchObject({ actions: [{ steeringDeg: -20 }, {}, { steeringDeg: 20 }] });
  }
});

it('metadata that was renamed is named beside a network, too', async () => {
  const own = await mkdtemp(join(folder, 'renamed-'));
  await writeFile(join(own, 'model.pb'), graph);
  await writeFile(join(own, 'model_metadata (1).json'), metadata);
  const why = /no model_metadata\.json, but a file "model_metadata \(1\)\.json"; rename it/;
  await expect(loadModel(join(own, 'model.pb'))).rejects.toThrow(why);
  const store = new ModelStore(await mkdtemp(join(folder, 'store-')), 2 ** 30);
  await store.start();
  await expect(stage(store, { kind: 'file', path: join(own, 'model.pb') })).rejects.toThrow(why);
  await writeFile(join(own, 'Model_Metadata.json'), metadata);
  expect(await outputOf(join(own, 'model.pb'))).toEqual(wanted);
});

describe('a car takes the same files', () => {
  it('from a stick: the stock layout, any folder down to three levels, each ending, nothing hidden', async () => {
    const media = await mkdtemp(join(folder, 'media-'));
    const files = [
      'S/root.tar.gz',
      'S/models/good.tar.gz',
      'S/SHOUT.TAR.GZ',
      'S/safari.tar',
      'S/pilot.tflite',
      'S/pilot.onnx',
      'S/a/b/c/deep.zip',
      'S/my model (1).TGZ',
      'S/car/model.pb',
    ];
    const not = [
      'S/._root.tar.gz',
      'S/models/._good.tar.gz',
      'S/.Trashes/old.tar.gz',
      'S/__MACOSX/x.zip',
      'S/a/b/c/d/deeper.zip',
      'S/notes.txt',
      'S/System Volume Information/x.tar',
    ];
    for (const file of [...files, ...not]) {
      await mkdir(join(media, file, '..'), { recursive: true });
      await writeFile(join(media, file), 'x');
    }
    expect(await archivesIn(media)).toEqual(files.map((file) => join(media, file)).sort());
  });

  it('tells of a file when it is whole, of a network also when its metadata is, and of what is gone', async () => {
    const media = await mkdtemp(join(folder, 'media-'));
    const [told, gone]: [string[], string[]] = [[], []];
    const watch = new UsbStickWatch(
      media,
      (path) => told.push(path),
      (path) => gone.push(path),
    );
    const pilot = join(media, 'pilot.onnx');
    await writeFile(pilot, 'half');
    await watch.scan();
    await writeFile(pilot, 'half and more');
    await watch.scan();
    expect(told).toEqual([]);
    await watch.scan();
    expect(told).toEqual([pilot]);
    await writeFile(join(media, 'model_metadata.json'), '{}');
    await watch.scan();
    await watch.scan();
    expect(told).toEqual([pilot, pilot]);
    await rm(pilot);
    await watch.scan();
    expect(gone).toEqual([pilot]);
    await watch.stop();
  });

  it('a network and the metadata beside it become one model, the same wherever it is taken from', async () => {
    const own = await mkdtemp(join(folder, 'stock-'));
    await writeFile(join(own, 'model.pb'), graph);
    await writeFile(join(own, 'model_metadata.json'), metadata);
    const store = new ModelStore(await mkdtemp(join(folder, 'store-')), 2 ** 30);
    await store.start();
    const { hash } = await stage(store, { kind: 'file', path: join(own, 'model.pb') });
    const there = await loadModel(join(own, 'model.pb'));
    await there.policy.close();
    expect(there.hash).toBe(hash);
    const carried = await store.load(hash);
    expect((await carried.policy.decide({ camera })).output).toEqual(wanted);
    await carried.policy.close();
  });
});

describe.runIf(haveCases)('archives as people hand them in', () => {
  type Expected = { frames: Record<string, { listPosition: number; steeringDeg: number; speedMps: number }> };
  it.each([
    'browser-gunzipped',
    'drfc-carfile',
    'my model (1)',
    'trailing-garbage',
    'upper-case-names',
    'wrapped-in-a-folder',
    'zip-inside',
  ])('%s drives as it should', async (name) => {
    const { policy } = await loadModel(casePath(`M06-wrapping/${name}.tar.gz`));
    const expected = expectedOf<Expected>('M06-wrapping/expected.json');
    for (const frame of frames) {
      const { action } = await policy.decide({ camera: framePlane(frame) });
      const { listPosition, steeringDeg, speedMps } = expected.frames[frame] as Expected['frames'][string];
      expect(action).toEqual({ index: listPosition, steeringDeg, speedMps });
    }
    await policy.close();
  });

  it.each([
    ['download-cut-at-70-percent', /cut short/],
    ['gzipped-twice', /gzip twice/],
    ['only-model-pb', /no model_metadata\.json, which says/],
  ])('%s is refused with its own sentence', async (name, why) => {
    await expect(loadModel(casePath(`M06-wrapping/${name}.tar.gz`))).rejects.toMatchObject({
      message: expect.stringMatching(why),
    });
  });

  it('a stick: each of its models is found', async () => {
    const found = (await archivesIn(casePath('M11-usb-stick'))).map((path) =>
      path.slice(casePath('M11-usb-stick/STICK/').length),
    );
    expect(found).toEqual([
      'SHOUT.TAR.GZ',
      'models/good.tar.gz',
      'my model (1).tar.gz',
      'pilot.onnx',
      'pilot.tflite',
      'really-a-zip.tar.gz',
      'root.tar.gz',
      'safari.tar',
    ]);
    expect((await readFile(casePath('M11-usb-stick/STICK/really-a-zip.tar.gz'))).toString('latin1', 0, 2)).toBe('PK');
  });
});
