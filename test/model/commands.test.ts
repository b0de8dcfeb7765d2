import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { loadModel, type ModelSummary, readPicture, writePolicyGraph } from '@pitwall/agent/model';
import { ModelStore, stage } from '@pitwall/agent/model-store';
import { runHere } from '@pitwall/agent/testing/run-here';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { framePath, haveFrames, randomFrame } from './frames.js';
import { packArchive, packCarArchive } from './pack.js';
import { metadataFor, type Recipe, random, randomPolicy } from './random-policy.js';

const program = fileURLToPath(new URL('../../agent/bin/pitwall-agent.js', import.meta.url));
const run = promisify(execFile);
const agent = async (...args: readonly string[]) => (await runHere('model', ...args)).stdout;

const recipe: Recipe = { size: 'deep', head: 'discrete', camera: 'FRONT_FACING_CAMERA', seed: 31 };
let folder: string;
const file = (name: string) => join(folder, name);
const pgm = (plane: Uint8Array) => Buffer.concat([Buffer.from('P5\n160 120\n255\n'), plane]);

interface Sharp {
  default: (
    data: Uint8Array,
    options: object,
  ) => {
    png(): { toBuffer(): Promise<Buffer> };
    jpeg(options: object): { toBuffer(): Promise<Buffer> };
    withMetadata(options: object): { jpeg(options: object): { toBuffer(): Promise<Buffer> } };
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-commands-'));
  await packCarArchive(file('a.tar.gz'), recipe);
  await packCarArchive(file('b.tar.gz'), { ...recipe, seed: 32 });
  await packCarArchive(file('both.tar.gz'), {
    ...recipe,
    head: 'sac',
    camera: 'STEREO_CAMERAS',
    lidar: 'SECTOR_LIDAR',
  });
  await mkdir(file('images'));
  const next = random(1);
  for (let at = 0; at < 4; at += 1) await writeFile(file(`images/${at}.pgm`), pgm(randomFrame(19_200, next)));
});
afterAll(() => rm(folder, { recursive: true }));

describe('pitwall-agent model', () => {
  it('inspect says what a model is', async () => {
    const text = await agent('inspect', file('a.tar.gz'));
    expect(text).toMatch(/algorithm clipped_ppo, sensors FRONT_FACING_CAMERA/);
    expect(text).toMatch(/Conv +\[1,32,29,39\] +2\.32M +2080/);
    expect(text).toMatch(/Trained at 15 frames\/s/);
    const summary = JSON.parse(await agent('inspect', file('a.tar.gz'), '--json')) as ModelSummary;
    // Rescaler, flatten arithmetic and division by 255 are gone, biases are inside; ONNX Runtime fuses each Relu.
    const blocks = (op: string, count: number) => Array.from({ length: count }, () => [op, 'Relu']).flat();
    const wanted = ['Reshape', ...blocks('Conv', 4), 'Reshape', ...blocks('Gemm', 4), 'Gemm', 'Softmax'];
    expect(summary.layers.map((layer) => layer.op)).toEqual(wanted);
    expect(summary.parts.map((part) => part.path)).toEqual(['agent/model.pb', 'model_metadata.json']);
    const stereo = JSON.parse(await agent('inspect', file('both.tar.gz'), '--json')) as ModelSummary;
    const turns = stereo.layers.map((layer, at) => [layer.op, at] as const).filter(([op]) => op === 'Transpose');
    expect(turns).toEqual([['Transpose', 0]]);
    expect(stereo.metadata.lidar?.sensor).toBe('SECTOR_LIDAR');
  });

  it('infer decides as the policy does', async () => {
    const plane = await readPicture(file('images/0.pgm'));
    const { policy } = await loadModel(file('a.tar.gz'));
    const { output, action } = await policy.decide({ camera: plane });
    await policy.close();
    const args = ['model', 'infer', file('a.tar.gz'), '--image', file('images/0.pgm'), '--json'];
    // Once as a process of its own.
    for (const said of [await run(process.execPath, [program, ...args]), await runHere(...args)])
      expect(JSON.parse(said.stdout)).toEqual({ output: Array.from(output), action });
  });

  it('infer takes the right picture, the lidar, and the stock car\u2019s way', async () => {
    const given = [
      file('both.tar.gz'),
      '--image',
      file('images/0.pgm'),
      '--right',
      file('images/1.pgm'),
      '--lidar',
      '[0,0,0,1,1,0,0,0]',
      '--json',
    ];
    const right = JSON.parse(await agent('infer', ...given)) as {
      output: [number, number];
      action: { steeringDeg: number };
    };
    const stock = JSON.parse(await agent('infer', ...given, '--stock')) as typeof right;
    const blind = await runHere('model', 'infer', ...given.slice(0, 3), '--json');
    expect(blind.stderr).toMatch(/^note: Both cameras see the same .*\nnote: The lidar sees nothing near.*\n$/);
    expect(Object.keys(JSON.parse(blind.stdout))).toEqual(['output', 'action']);
    expect(stock.output).toEqual(right.output);
    // The same as a scan: something near behind, to both sides of the middle, and far ahead.
    const scan = ['--lidar', '[[175,0.4],[-175,0.3],[0,0.2],[90,2],[-90,null]]'];
    const scanned = JSON.parse(await agent('infer', ...given.slice(0, 5), ...scan, '--json')) as typeof right;
    expect(scanned.output).toEqual(right.output);
    const [mean] = right.output;
    expect(right.action.steeringDeg).toBeCloseTo(-25 + 26 * (Math.tanh(mean) + 1), 4);
    expect(stock.action.steeringDeg).toBeCloseTo(-25 + 26 * (Math.min(1, Math.max(-1, mean)) + 1), 4);
  });

  it('infer: of a model that was trained while the lidar looked ahead, what was front is where it was', async () => {
    const old = file('old-lidar.tar.gz');
    const trained: Recipe = { ...recipe, lidar: 'SECTOR_LIDAR' };
    await packArchive(old, {
      'agent/model.pb': writePolicyGraph(randomPolicy(trained)),
      'model_metadata.json': JSON.stringify(metadataFor(trained)),
      'pitwall.yaml': 'lidar: { simulator: 2 }',
    });
    await packCarArchive(file('new-lidar.tar.gz'), trained);
    const [before, after] = await Promise.all([old, file('new-lidar.tar.gz')].map((path) => loadModel(path)));
    expect([before?.metadata.lidar?.zero, after?.metadata.lidar?.zero]).toEqual(['front', 'rear']);
    await Promise.all([before?.policy.close(), after?.policy.close()]);
    const outputOf = async (archive: string, scan: string) =>
      (
        JSON.parse(await agent('infer', archive, '--image', file('images/0.pgm'), '--lidar', scan, '--json')) as {
          output: number[];
        }
      ).output;
    // Something near ahead and to the left is for the one what something near behind and to the right is for the other.
    const [ahead, behind] = ['[[10,0.3],[60,0.4]]', '[[-170,0.3],[-120,0.4]]'];
    expect(await outputOf(old, ahead)).toEqual(await outputOf(file('new-lidar.tar.gz'), behind));
    expect(await outputOf(old, ahead)).not.toEqual(await outputOf(file('new-lidar.tar.gz'), ahead));
  });

  it('--checkpoint means the same in inspect, infer and evaluate, and a car drives by the best', async () => {
    const training = fileURLToPath(new URL('../../agent/models/sample-training.tar.gz', import.meta.url));
    const plane = await readPicture(file('images/2.pgm'));
    const once = ['--track', 'meadow', '--trials', '1', '--workers', '1', '--json'];
    for (const [flag, number] of [
      [['--checkpoint', 'best'], 40],
      [['--checkpoint', 'last'], 50],
      [['--checkpoint', '5'], 5],
    ] as const) {
      const { checkpoint } = JSON.parse(await agent('inspect', training, ...flag, '--json')) as ModelSummary;
      expect(checkpoint.number).toBe(number);
      const inferred = JSON.parse(await agent('infer', training, '--image', file('images/2.pgm'), ...flag, '--json'));
      const { policy } = await loadModel(training, { checkpoint: number });
      const { output, action } = await policy.decide({ camera: plane });
      await policy.close();
      expect(inferred).toEqual({ output: Array.from(output), action });
      const { stdout } = await runHere('evaluate', training, ...once, ...flag);
      expect(JSON.parse(stdout).chosen).toBe(`${number}`);
    }
    const store = new ModelStore(file('store'), 2 ** 30);
    await store.start();
    const { hash } = await stage(store, { kind: 'file', path: training });
    const carried = await store.load(hash);
    await carried.policy.close();
    expect(carried.checkpoint.number).toBe(40);
  }, 120_000);

  it('asks in check and evaluate, too, what inspect asks about the metadata', async () => {
    const metadata = structuredClone(metadataFor(recipe)) as { action_space: { steering_angle: number }[] };
    for (const action of metadata.action_space) action.steering_angle *= Math.PI / 180;
    await packArchive(file('radians.tar.gz'), {
      'agent/model.pb': writePolicyGraph(randomPolicy(recipe)),
      'model_metadata.json': JSON.stringify(metadata),
    });
    const asked = /Is the steering of ±0\.\d+ in radians\?/;
    for (const command of ['inspect', 'check']) expect(await agent(command, file('radians.tar.gz'))).toMatch(asked);
    const { stdout, stderr } = await runHere(
      ...['evaluate', file('radians.tar.gz'), '--track', 'meadow', '--trials', '1', '--json'],
    ).catch((error: { stdout: string; stderr: string }) => error);
    expect(JSON.parse(stdout).notes.join()).toMatch(asked);
    expect(stderr).toMatch(asked);
  }, 120_000);

  it('convert writes a network that runs as it is', async () => {
    await mkdir(file('onnx'));
    expect(await agent('convert', file('a.tar.gz'), '--out', file('onnx/a.onnx'))).toMatch(
      /takes .*FRONT_FACING_CAMERA \[1,120,160,1\], gives .*ppo_head_0\/policy \[1,14\]/,
    );
    await writeFile(file('onnx/model_metadata.json'), JSON.stringify(metadataFor(recipe)));
    const result = await agent('compare', file('a.tar.gz'), file('onnx/a.onnx'), '--images', file('images'), '--json');
    expect(JSON.parse(result)).toMatchObject({ images: 4, disagreements: 0, share: 0, steeringDeg: { max: 0 } });
  });

  it('compare counts where two models differ', async () => {
    const result = JSON.parse(
      await agent('compare', file('a.tar.gz'), file('b.tar.gz'), '--images', file('images'), '--json'),
    ) as { disagreements: number; worst: unknown[] };
    expect(result.disagreements).toBeGreaterThan(0);
    expect(result.worst.length).toBeGreaterThan(0);
  });

  it('the runtime that runs networks tells nobody: its telemetry leaves files where it is on', async () => {
    const temporary = file('temporary');
    await mkdir(temporary);
    const env = { ...process.env, TMPDIR: temporary };
    await run(process.execPath, [program, 'model', 'check', file('a.tar.gz')], { env });
    expect(await readdir(temporary)).toEqual([]);
  });

  it('compare leaves out what is no picture, and says how many', async () => {
    await mkdir(file('torn'));
    await writeFile(file('torn/10.pgm'), pgm(randomFrame(19_200, random(3))));
    await writeFile(file('torn/9.jpg'), '');
    await writeFile(file('torn/._10.jpg'), 'Mac OS X');
    const args = ['compare', file('a.tar.gz'), file('b.tar.gz'), '--images', file('torn')];
    expect(JSON.parse(await agent(...args, '--json'))).toMatchObject({ images: 1, skipped: ['9.jpg'] });
    expect(await agent(...args)).toMatch(/1 left out, because they cannot be read as pictures: 9\.jpg\./);
    await rm(file('torn/10.pgm'));
    await expect(agent(...args)).rejects.toMatchObject({ stderr: expect.stringMatching(/^picture-invalid: .*9\.jpg/) });
  });

  it('explain draws a picture', async () => {
    await agent('explain', file('a.tar.gz'), '--image', file('images/1.pgm'), '--out', file('why.png'));
    const png = await readFile(file('why.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    // 640 wide, the frame of 480 and a bar for each of 14 actions.
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([640, 480 + 34 + 14 * 22 + 8]);
  });

  it.each([
    [['infer', 'none.tar.gz', '--image', 'x.png'], /^not-found: /],
    [['inspect', 'a.tar.gz', '--checkpoint', '9'], /^checkpoint-unknown: /],
    [['infer', 'a.tar.gz', '--image', 'a.tar.gz'], /^picture-invalid: /],
    [['infer', 'both.tar.gz', '--image', 'images/0.pgm', '--lidar', '[1]'], /^observation-invalid: .*8 lidar values/],
    [['infer', 'both.tar.gz', '--image', 'images/0.pgm', '--lidar', '[x'], /^observation-invalid: /],
  ])('%j ends with one line that says what to do', async (args, line) => {
    const given = args.map((arg) => (/\.|\//.test(arg) ? file(arg) : arg));
    await expect(agent(...given)).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(line) });
  });
});

describe('pictures', () => {
  it('of other sizes are resized bilinearly and greyed as in training', async () => {
    const sharp = ((await import(createRequire(program).resolve('sharp'))) as Sharp).default;
    const [width, height] = [640, 480];
    // Grey ramps: any linear filter keeps them, up to rounding; colour shows the weights.
    const pixels = Uint8Array.from({ length: width * height * 3 }, (_, at) => [200, 100, 50][at % 3] as number);
    pixels.fill(0, 0, width * 240 * 3);
    await writeFile(
      file('colour.png'),
      await sharp(pixels, { raw: { width, height, channels: 3 } })
        .png()
        .toBuffer(),
    );
    const plane = await readPicture(file('colour.png'));
    expect(plane[0]).toBe(0);
    expect(plane.at(-1)).toBe(Math.floor(0.2989 * 200 + 0.587 * 100 + 0.114 * 50));
    await writeFile(
      file('colour.jpg'),
      await sharp(pixels, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 100 })
        .toBuffer(),
    );
    expect(Math.abs(((await readPicture(file('colour.jpg'))).at(-1) as number) - 124)).toBeLessThan(4);
  });

  it('as PGM or PPM of any depth, as bytes or as text, mean the same', async () => {
    const next = random(4);
    const plane = Uint8Array.from({ length: 19_200 }, () => Math.floor(next() * 256));
    const head = (kind: string, most: number) => Buffer.from(`${kind}\n# from a camera\n160 120\n${most}\n`);
    const wide = Buffer.alloc(2 * plane.length);
    for (const [at, value] of plane.entries()) wide.writeUInt16BE(value * 257, 2 * at);
    for (const [name, bytes] of [
      ['plain.pgm', Buffer.concat([head('P5', 255), plane])],
      ['deep.pgm', Buffer.concat([head('P5', 65_535), wide])],
      ['text.pgm', Buffer.concat([head('P2', 255), Buffer.from(plane.join(' '))])],
    ] as const) {
      await writeFile(file(name), bytes);
      expect(Buffer.from(await readPicture(file(name)))).toEqual(Buffer.from(plane));
    }
    await writeFile(file('dark.pgm'), Buffer.concat([head('P5', 100), Buffer.alloc(19_200, 50)]));
    expect((await readPicture(file('dark.pgm')))[0]).toBe(128);
  });

  it('of a phone held upright are turned as they are shown', async () => {
    const sharp = ((await import(createRequire(program).resolve('sharp'))) as Sharp).default;
    // The left half bright; turned by a quarter, so that the top is.
    const pixels = Uint8Array.from({ length: 320 * 240 }, (_, at) => (at % 320 < 160 ? 200 : 0));
    const shot = sharp(pixels, { raw: { width: 320, height: 240, channels: 1 } });
    await writeFile(file('phone.jpg'), await shot.withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer());
    const plane = await readPicture(file('phone.jpg'));
    expect([plane[0], plane[159]].map((value) => (value as number) > 190)).toEqual([true, true]);
    expect([plane[119 * 160], plane.at(-1)].map((value) => (value as number) < 10)).toEqual([true, true]);
  });

  it.each([
    ['cut.pgm', Buffer.concat([Buffer.from('P5 160 120 255\n'), Buffer.alloc(100)]), /cut short/],
    ['white.pgm', Buffer.concat([Buffer.from('P5 2 2 3\n'), Buffer.alloc(4, 9)]), /value over 3/],
    ['none.pgm', Buffer.from('P5 0 120 255\n'), /0×120/],
    ['drawing.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), /PNG, JPEG/],
  ])('%s is refused with a sentence', async (name, bytes, why) => {
    await writeFile(file(name), bytes);
    await expect(readPicture(file(name))).rejects.toMatchObject({
      code: 'picture-invalid',
      message: expect.stringMatching(why),
    });
  });

  it.runIf(haveFrames)('from the simulator are read, grey ones of 160×120 as they are', async () => {
    const bytes = await readFile(framePath('observation-camera-now.pgm'));
    expect(Buffer.from(await readPicture(framePath('observation-camera-now.pgm')))).toEqual(bytes.subarray(-19_200));
    expect(new Set(await readPicture(framePath('dr-demo-1.png'))).size).toBeGreaterThan(50);
  });
});
