import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { loadModel } from '@pitwall/agent/model';
import { archivesIn, ModelStore, stage } from '@pitwall/agent/model-store';
import { errorLine } from '@pitwall/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Agent, agentCommand } from '../drive/agent.js';
import { Circuit } from '../online/circuit.js';
import { casePath, expectedOf, framePlane, frames, haveCases } from './cases.js';
import { packArchive } from './pack.js';

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
/** The stick that all of them lie on, each in a folder of its own. */
let stick: string;
/** Each file as a racer hands it in, by its row. */
let handedIn: string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-every-door-'));
  stick = join(folder, 'stick');
  handedIn = haveCases ? await Promise.all(rows.map(({ row, at }) => onTheStick(row, at))) : [];
});
afterAll(() => rm(folder, { recursive: true }));

async function onTheStick([file, , inArchive]: (typeof table)[number], at: number): Promise<string> {
  const own = join(stick, `row-${at}`, 'models');
  await mkdir(own, { recursive: true });
  const path = join(own, inArchive === true ? 'pilot.tar.gz' : basename(file));
  if (inArchive === true)
    await packArchive(path, { 'model.onnx': await readFile(casePath(file)), 'model_metadata.json': continuous });
  else await copyFile(casePath(file), path);
  return path;
}

/** Where a row's file lies on a stick that is mounted there. */
const inside = (mounted: string, at: number): string => join(mounted, relative(stick, handedIn[at] as string));
const atTheTerminal = (...args: readonly string[]): Promise<{ out: string; told: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [agentCommand, 'model', ...args], (_, out, told) => resolve({ out, told }));
  });
const lineOf = (trying: Promise<unknown>): Promise<string> => trying.then(() => 'taken', errorLine);

/** What the one function says of each file; the doors are compared with it. */
const verdicts: string[] = [];

describe.runIf(haveCases)('the one function behind every door', () => {
  it.each(rows)('$name', async ({ row, at }) => {
    const [, outcome] = row;
    const loading = loadModel(handedIn[at] as string);
    const verdict = await lineOf(loading);
    verdicts[at] = verdict;
    expect(verdict).toEqual(outcome instanceof RegExp ? expect.stringMatching(outcome) : 'taken');
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

/** What the racer says of a network that tells nothing: what its model_metadata.json would have said. */
const said = {
  input: { range: [0, 255] },
  outputs: {
    steering: { index: 0, unit: 'share', positive: 'left', range: [-30, 30] },
    speed: { index: 1, unit: 'share', range: [0.5, 2] },
  },
};
/** One that is taken, one that is refused by its packing, and one by its outputs. */
const ofEachKind = [
  'M06-wrapping/my model (1).tar.gz',
  'M06-wrapping/gzipped-twice.tar.gz',
  `M10-onnx-variants/${onnx[0]}.onnx`,
].map((file) => rows.find(({ row }) => row[0] === file) as (typeof rows)[number]);

/** What an agent said of a file on its stick. */
function saidOf(output: string, path: string): string | undefined {
  for (const line of output.split('\n')) {
    if (line.endsWith(` is staged from ${path}`)) return 'taken';
    const [before, refusal] = line.split(' was not staged. ', 2);
    if (before?.endsWith(path)) return refusal;
  }
  return undefined;
}

describe.runIf(haveCases)('each file is answered alike at a car', () => {
  const agents: Agent[] = [];
  afterEach(async () => {
    for (const agent of agents.splice(0)) await agent.stop();
  });
  function agentWith(model: string | false, over: Record<string, unknown> = {}): Agent {
    const track = { car: 'car-1', port: 9, password: 'x' };
    const agent = new Agent({ track, model, over: { link: undefined, recorder: { when: 'never' }, ...over } });
    agents.push(agent);
    agent.start();
    return agent;
  }

  it('on a stick that is plugged in', { timeout: 240_000 }, async () => {
    const media = join(folder, 'media');
    await mkdir(media);
    const agent = agentWith(false, { models: { quota: 2000, stick: media } });
    await cp(stick, join(media, 'usb0'), { recursive: true });
    const paths = rows.map(({ at }) => inside(join(media, 'usb0'), at));
    for (const path of paths) await agent.says(path);
    expect(paths.map((path) => saidOf(agent.output, path))).toEqual(verdicts);
  });

  it('at the terminal', { timeout: 240_000 }, async () => {
    const config = join(folder, 'agent.yaml');
    await writeFile(
      config,
      `car: red\nprofile: simulated\nmodels: { folder: ${join(folder, 'imported')}, quota: 2000 }\n`,
    );
    const { out, told } = await atTheTerminal('import', stick, '--config', config);
    const refused = new Map(
      told
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/: (.*)/, 2) as [string, string]),
    );
    expect(rows.map(({ at }) => refused.get(inside(stick, at)) ?? 'taken')).toEqual(verdicts);
    expect(out.trimEnd().split('\n')).toHaveLength(verdicts.filter((verdict) => verdict === 'taken').length);
  });

  // Each takes an agent of its own, which loads it by the one function.
  it.each(ofEachKind)('as the model of its configuration: $name', { timeout: 60_000 }, async ({ at }) => {
    const agent = agentWith(handedIn[at] as string);
    if (verdicts[at] === 'taken') return await agent.says(') is ready\n');
    expect((await agent.ended()).code).toBe(1);
    expect(agent.output).toContain(`${verdicts[at]}\n`);
  });
});

describe.runIf(haveCases)('each file is answered alike at a controller', () => {
  let circuit: Circuit;
  let online: string;
  beforeAll(async () => {
    const racers = [...rows.map(({ at }) => `racer-${at}`), 'talker'];
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

  it.each(rows)('$name', { timeout: 60_000 }, async ({ at }) => {
    const bytes = await readFile(handedIn[at] as string);
    const racer = `racer-${at}`;
    const answers = await Promise.all([
      sent('/models', 'olga', bytes),
      sent(`/online/${online}/submissions`, racer, bytes),
      sent('/races/friday/entries', racer, bytes),
    ]);
    expect(answers).toEqual(answers.map(() => verdicts[at]));
  });

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
});

it.runIf(haveCases)('takes a network on a stick with the model_metadata.json beside it', async () => {
  const own = join(folder, 'beside');
  await mkdir(own);
  await copyFile(casePath(`M10-onnx-variants/${onnx[0]}.onnx`), join(own, 'pilot.onnx'));
  await writeFile(join(own, 'model_metadata.json'), continuous);
  const store = new ModelStore(join(folder, 'store'), 2 ** 30);
  await store.start();
  expect(await archivesIn(own)).toEqual([join(own, 'pilot.onnx')]);
  expect(await stage(store, { kind: 'file', path: join(own, 'pilot.onnx') })).toMatchObject({ state: 'ready' });
});
