import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadModel } from '@pitwall/agent/model';
import { archivesIn, ModelStore, stage } from '@pitwall/agent/model-store';
import { errorLine } from '@pitwall/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Circuit } from '../online/circuit.js';
import { casePath, expectedOf, framePlane, frames, haveCases } from './cases.js';
import { packArchive } from './pack.js';

const agent = fileURLToPath(new URL('../../agent/bin/pitwall-agent.js', import.meta.url));
const continuous = JSON.stringify({
  action_space: { steering_angle: { low: -30, high: 30 }, speed: { low: 0.5, high: 2 } },
  version: '5',
});

type Action = { steeringDeg: number; speedMps: number };
type Actions = (frame: string) => Action;
const listed =
  (file: string): Actions =>
  (frame) =>
    expectedOf<{ frames: Record<string, Action> }>(file).frames[frame] as Action;
const donkeycar: Actions = (frame) => {
  const { angle, throttle } = expectedOf<{ frames: Record<string, { angle: number; throttle: number }> }>(
    'M09-donkeycar-tflite/expected.json',
  ).frames[frame] as { angle: number; throttle: number };
  return { steeringDeg: -30 * angle, speedMps: 4 * throttle };
};
const means: Actions = (frame) => {
  const { mean } = expectedOf<{ frames: Record<string, { mean: number[] }> }>('M10-onnx-variants/expected.json').frames[
    frame
  ] as { mean: number[] };
  const [steering = 0, speed = 0] = mean.map((value) => Math.min(1, Math.max(-1, value)));
  return { steeringDeg: 30 * steering, speedMps: 0.5 + 0.75 * (speed + 1) };
};
const onnx = [
  'nchw-dynamic-batch-opset17',
  'nchw-dynamic-batch-opset21-ir10',
  'nhwc-transpose-first',
  'weights-listed-as-inputs-opset9-ir3',
  'no-shapes-at-all',
];
const ambiguous = /could be a DeepRacer policy's steering and speed.*or a Donkeycar's.*model_metadata\.json/;

/** Each file with the actions that it wants, `taken` where one picture is not all it sees, or the sentence that refuses it. */
const table: readonly (readonly [file: string, outcome: Actions | RegExp | 'taken', inArchive?: true])[] = [
  ['M01-aws-samples/Sample_single_cam.tar.gz', listed('M01-aws-samples/Sample_single_cam.expected.json')],
  ['M01-aws-samples/Sample_stereo_cam.tar.gz', 'taken'],
  ['M01-aws-samples/Sample_lidar_stereo_cam.tar.gz', 'taken'],
  ...['caligula-index-twice', 'slowpoke-zero-speed-60deg'].map(
    (name) =>
      [`M04-2019-action-spaces/${name}.tar.gz`, listed(`M04-2019-action-spaces/${name}.expected.json`)] as const,
  ),
  ...[
    'browser-gunzipped',
    'drfc-carfile',
    'my model (1)',
    'trailing-garbage',
    'upper-case-names',
    'wrapped-in-a-folder',
    'zip-inside',
  ].map((name) => [`M06-wrapping/${name}.tar.gz`, listed('M06-wrapping/expected.json')] as const),
  ['M06-wrapping/download-cut-at-70-percent.tar.gz', /cut short or damaged\. Copy or download it again/],
  ['M06-wrapping/gzipped-twice.tar.gz', /packed with gzip twice; unpack it once/],
  ['M06-wrapping/only-model-pb.tar.gz', /no model_metadata\.json, which says what its actions are/],
  ...['best-and-last-null', 'best-was-purged', 'empty-checkpoints-json', 'no-checkpoints-json'].map(
    (name) => [`M07-checkpoint-files/${name}.tar.gz`, 'taken'] as const,
  ),
  ...['linear-usual-order', 'linear-outputs-swapped', 'linear-outputs-swapped-no-signature'].map(
    (name) => [`M09-donkeycar-tflite/${name}.tflite`, donkeycar] as const,
  ),
  ['M09-donkeycar-tflite/inferred-one-output-angle-only.tflite', /nothing says what its numbers mean/],
  ['M09-donkeycar-tflite/memory-two-inputs.tflite', /mem_in.*what was done before/],
  ['M09-donkeycar-tflite/sequence-5d-input.tflite', /several frames at once/],
  ['M09-donkeycar-tflite/uint8-quantised.tflite', /quantised; export the network in float32/],
  ...onnx.map((name) => [`M10-onnx-variants/${name}.onnx`, ambiguous] as const),
  ...[...onnx, 'opset26-ir13'].map((name) => [`M10-onnx-variants/${name}.onnx`, means, true] as const),
];

const rows = table.map((row, at) => ({ name: `${row[0]}${row[2] === true ? ', in an archive' : ''}`, row, at }));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-every-door-'));
});
afterAll(() => rm(folder, { recursive: true }));

const lineOf = (trying: Promise<unknown>): Promise<string> => trying.then(() => 'taken', errorLine);

/** The file as a racer hands it in, in a folder of its own. */
async function handedIn(
  at: number,
  [file, , inArchive]: (typeof table)[number],
): Promise<{ own: string; path: string }> {
  const own = join(folder, `row-${at}`, 'models');
  await mkdir(own, { recursive: true });
  const path = join(own, inArchive === true ? 'pilot.tar.gz' : basename(file));
  if (inArchive === true)
    await packArchive(path, { 'model.onnx': await readFile(casePath(file)), 'model_metadata.json': continuous });
  else await copyFile(casePath(file), path);
  return { own, path };
}

describe.runIf(haveCases)('the one function behind every door', () => {
  it.each(rows)('$name', async ({ row, at }) => {
    const [, outcome] = row;
    const { path } = await handedIn(at, row);
    const loading = loadModel(path);
    const sentence = outcome instanceof RegExp ? expect.stringMatching(outcome) : 'taken';
    expect(await lineOf(loading)).toEqual(sentence);
    if (outcome instanceof RegExp) return;
    const { policy } = await loading;
    if (outcome !== 'taken')
      for (const frame of frames) {
        const { action } = await policy.decide({ camera: framePlane(frame) });
        const { steeringDeg, speedMps } = outcome(frame);
        expect(action.steeringDeg).toBeCloseTo(steeringDeg, 3);
        expect(action.speedMps).toBeCloseTo(speedMps, 3);
      }
    await policy.close();
  });
});

/** Of each kind one: archive and bare network, taken and refused, by its packing, its metadata and its outputs. */
const atTheDoors = [
  'M06-wrapping/my model (1).tar.gz',
  'M06-wrapping/gzipped-twice.tar.gz',
  'M06-wrapping/only-model-pb.tar.gz',
  'M09-donkeycar-tflite/linear-outputs-swapped.tflite',
  `M10-onnx-variants/${onnx[0]}.onnx`,
].map((file) => rows.find(({ row }) => row[0] === file) as (typeof rows)[number]);
/** What the racer says of the last: what its model_metadata.json would have said. */
const said = {
  input: { range: [0, 255] },
  outputs: {
    steering: { index: 0, unit: 'share', positive: 'left', range: [-30, 30] },
    speed: { index: 1, unit: 'share', range: [0.5, 2] },
  },
};

describe.runIf(haveCases)('each door, started once, uses it', () => {
  let circuit: Circuit;
  let online: string;
  let store: ModelStore;
  beforeAll(async () => {
    const racers = [...atTheDoors.map((_, at) => `racer-${at}`), 'talker'];
    // What is taken waits in the queue: who evaluates it is no part of this.
    circuit = await Circuit.open(racers, { evaluation: { workers: 0 } });
    online = await circuit.race({}, racers);
    const setup = {
      ...{ name: 'LIVE', track: { id: 'harbour', version: 1 }, gates: ['live-friday'], car: 'simulated' },
      ...{ leaderboard: null, rules: { name: 'LIVE', start: 'countdown', countdown: 1_000_000, lapLimit: 1 } },
    };
    await circuit.call('olga', 'POST', '/races', { race: 'friday', commandId: crypto.randomUUID(), setup });
    const { seq } = await circuit.call<{ seq: number }>('olga', 'GET', '/races/friday');
    const open = { commandId: crypto.randomUUID(), seen: seq, command: { type: 'open' } };
    await circuit.call('olga', 'POST', '/races/friday/commands', open);
    store = new ModelStore(join(folder, 'store'), 2 ** 30);
    await store.start();
  }, 120_000);
  afterAll(() => circuit?.close());

  async function ask(path: string, who: string, bytes: Uint8Array, query = '') {
    const response = await fetch(`${circuit.url}/api/v1${path}?name=model${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${circuit.token(who)}`, 'content-type': 'application/octet-stream' },
      body: bytes as Uint8Array<ArrayBuffer>,
    });
    const answer = (await response.json()) as {
      error?: { code: string; message: string; details?: { question?: { readings: unknown[] } } };
      hash?: string;
    };
    // A submission has a status of its own.
    return { ...answer, status: response.status };
  }
  /** `taken`, or the line that whoever hands the file in reads. */
  async function sent(...asked: Parameters<typeof ask>): Promise<string> {
    const { status, error } = await ask(...asked);
    return status === 201 ? 'taken' : `${error?.code}: ${error?.message}`;
  }
  const onTheStick = async (own: string, path: string): Promise<string> => {
    expect(await archivesIn(own)).toEqual([path]);
    return await lineOf(stage(store, { kind: 'file', path }));
  };
  const atTheTerminal = (path: string): Promise<string> =>
    new Promise((resolve) => {
      execFile(process.execPath, [agent, 'model', 'check', path], (error, _, told) =>
        resolve(error === null ? 'taken' : told.trimEnd()),
      );
    });

  it.each(atTheDoors.map((one, index) => ({ ...one, index })))(
    '$name',
    { timeout: 120_000 },
    async ({ row, index }) => {
      const { own, path } = await handedIn(1000 + index, row);
      const bytes = await readFile(path);
      const configured = await lineOf(loadModel(path).then(({ policy }) => policy.close()));
      const racer = `racer-${index}`;
      const answers = await Promise.all([
        sent('/models', 'olga', bytes),
        sent(`/online/${online}/submissions`, racer, bytes),
        sent('/races/friday/entries', racer, bytes),
        onTheStick(own, path),
        atTheTerminal(path),
      ]);
      expect(answers).toEqual(answers.map(() => configured));
    },
  );

  it('asks what a network’s numbers mean where nothing tells, and takes the same file with the answer', {
    timeout: 120_000,
  }, async () => {
    const bytes = await readFile(casePath(`M10-onnx-variants/${onnx[0]}.onnx`));
    const refused = await ask('/models', 'olga', bytes);
    expect(refused.error?.details?.question).toEqual({
      camera: { name: expect.any(String), colour: false },
      outputs: [{ name: expect.any(String), numbers: 2 }],
      readings: [
        {
          input: { range: [0, 255] },
          outputs: expect.objectContaining({ steering: expect.objectContaining({ positive: 'left' }) }),
        },
        {
          input: { range: [0, 1] },
          outputs: expect.objectContaining({ steering: expect.objectContaining({ positive: 'right' }) }),
        },
      ],
    });
    const query = `&description=${encodeURIComponent(JSON.stringify(said))}`;
    for (const [path, who] of [
      [`/online/${online}/submissions`, 'talker'],
      ['/races/friday/entries', 'talker'],
    ] as const)
      expect(await sent(path, who, bytes, query)).toBe('taken');
    const kept = await ask('/models', 'olga', bytes, query);
    expect(kept.status).toBe(201);
    // What a car fetches drives as the metadata would have had it.
    const archive = await fetch(`${circuit.url}/api/v1/models/${kept.hash}`, {
      headers: { authorization: `Bearer ${circuit.token('olga')}` },
    });
    const fetched = join(folder, 'described.tar.gz');
    await writeFile(fetched, Buffer.from(await archive.arrayBuffer()));
    const { policy } = await loadModel(fetched);
    for (const frame of frames) {
      const { action } = await policy.decide({ camera: framePlane(frame) });
      const { steeringDeg, speedMps } = means(frame);
      expect(action.steeringDeg).toBeCloseTo(steeringDeg, 3);
      expect(action.speedMps).toBeCloseTo(speedMps, 3);
    }
    await policy.close();
    const wrong = { ...said, outputs: { ...said.outputs, speed: { index: 7, unit: 'share', range: [0.5, 2] } } };
    expect(await sent('/models', 'olga', bytes, `&description=${encodeURIComponent(JSON.stringify(wrong))}`)).toMatch(
      /graph-invalid: pitwall\.yaml speaks of number 7 of /,
    );
    expect(await sent('/models', 'olga', bytes, '&description=outputs%3A%20%5B')).toMatch(
      /metadata-invalid: pitwall\.yaml cannot be read as YAML at line 1/,
    );
  });

  it('takes a network on a stick with the model_metadata.json beside it', async () => {
    const own = join(folder, 'beside');
    await mkdir(own);
    await copyFile(casePath(`M10-onnx-variants/${onnx[0]}.onnx`), join(own, 'pilot.onnx'));
    await writeFile(join(own, 'model_metadata.json'), continuous);
    expect(await onTheStick(own, join(own, 'pilot.onnx'))).toBe('taken');
  });
});
