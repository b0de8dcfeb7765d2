import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadModel } from '@pitwall/agent/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What other people's programs packed: packed/pack.sh. */
const packed = fileURLToPath(new URL('packed/', import.meta.url));
const network = fileURLToPath(new URL('exported/open-size.onnx', import.meta.url));
const metadata = JSON.stringify({
  action_space: { steering_angle: { low: -20, high: 30 }, speed: { low: 1, high: 3 } },
  version: '5',
});
const camera = new Uint8Array(19_200).map((_, at) => (at * 7) % 251);

let folder: string;
let wanted: Float32Array;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-packed-'));
  await mkdir(join(folder, 'model/agent'), { recursive: true });
  await copyFile(network, join(folder, 'model/agent/model.onnx'));
  await writeFile(join(folder, 'model/model_metadata.json'), metadata);
  await copyFile(network, join(folder, 'pilot.onnx'));
  await writeFile(join(folder, 'model_metadata.json'), metadata);
  wanted = await outputOf(join(folder, 'pilot.onnx'));
});
afterAll(() => rm(folder, { recursive: true }));

async function outputOf(path: string): Promise<Float32Array> {
  const { policy } = await loadModel(path);
  const { output } = await policy.decide({ camera });
  await policy.close();
  return output;
}
const inModel = (script: string) => execFileSync('sh', ['-euc', script], { cwd: join(folder, 'model') });

const taken = [
  '7z.zip',
  'bsdtar-streamed.zip',
  'bsdtar.tar.gz',
  'bsdtar.zip',
  'info-zip-streamed.zip',
  'info-zip.zip',
  'windows.zip',
];
const unpacked = (program: string) => new RegExp(`packed with .*\\(${program} < FILE > model\\.tar\\).*model\\.tar`);
const repacked = (command: string) => new RegExp(`Pack it anew: ${command} && tar czf model\\.tar\\.gz -C model \\.$`);
const refused: Readonly<Record<string, RegExp>> = {
  'aes.zip': /locked with a password/,
  'lfs-pointer.tar.gz': /Git LFS pointer.*git lfs pull/,
  'locked.7z': repacked('7z x FILE -omodel'),
  'locked.zip': /locked with a password/,
  'lzma.zip': /packed by method 14; pack it again as an ordinary zip/,
  'model-4.rar': repacked('unrar x FILE model/'),
  'model-5.rar': repacked('unrar x FILE model/'),
  'model.7z': repacked('7z x FILE -omodel'),
  'model.cpio': /a cpio archive.*cpio -idm/,
  'model.tar.Z': unpacked('uncompress'),
  'model.tar.bz2': unpacked('bunzip2'),
  'model.tar.lz': unpacked('lzip -d'),
  'model.tar.lz4': unpacked('unlz4'),
  'model.tar.lzma': unpacked('unlzma'),
  'model.tar.lzo': unpacked('lzop -d'),
  'model.tar.xz': unpacked('unxz'),
  'model.tar.zst': unpacked('unzstd'),
  'split.z01': /first of the parts of a zip file.*zip -s 0/,
  'zip64.zip': /zip64 archive; pack it again/,
};

describe('archives of the usual programs', () => {
  it.each(taken)('%s is taken', async (name) => {
    expect(await outputOf(join(packed, name))).toEqual(wanted);
  });

  it.each(Object.entries(refused))('%s is refused with what to do, whatever it is called', async (name, why) => {
    const renamed = join(folder, 'my model.tar.gz');
    await copyFile(join(packed, name), renamed);
    for (const path of [join(packed, name), renamed])
      await expect(loadModel(path)).rejects.toMatchObject({
        code: 'archive-invalid',
        message: expect.stringMatching(why),
      });
  });

  it('are all looked at', async () => {
    const files = (await readdir(packed)).filter((name) => name !== 'pack.sh');
    expect(files.sort()).toEqual([...taken, ...Object.keys(refused)].sort());
  });

  it.each<[string, string]>([
    ...['v7', 'oldgnu', 'gnu', 'ustar', 'posix'].map((format): [string, string] => [
      `GNU tar, ${format}`,
      `tar --format=${format} -czf ../out .`,
    ]),
    ['GNU tar with a label', 'tar -V "my model" -czf ../out .'],
    ['GNU tar, incremental', 'tar --listed-incremental=../snapshot -czf ../out .'],
    ['GNU tar, sparse', 'tar --sparse --format=posix -czf ../out .'],
    [
      'gzip in two members',
      'tar cf ../whole . && (head -c 3000 ../whole | gzip; tail -c +3001 ../whole | gzip) > ../out',
    ],
    [
      'git archive',
      'git init -q . && git add . && git -c user.name=a -c user.email=a@b.c commit -qm a && git archive --format=tar.gz --prefix=repository-main/ -o ../out HEAD && rm -rf .git',
    ],
  ])('%s is taken', async (_, script) => {
    inModel(script);
    expect(await outputOf(join(folder, 'out'))).toEqual(wanted);
  });

  it('what the refusal advises is taken', async () => {
    inModel('tar cf - . | bzip2 > ../out');
    await expect(loadModel(join(folder, 'out'))).rejects.toThrow('bunzip2 < FILE > model.tar');
    inModel('bunzip2 < ../out > ../model.tar');
    expect(await outputOf(join(folder, 'model.tar'))).toEqual(wanted);
  });

  it('links are refused: what they point to is not there', async () => {
    inModel('ln -s agent/model.onnx link && tar czf ../out . && rm link');
    await expect(loadModel(join(folder, 'out'))).rejects.toThrow(
      /holds ".\/link", a symlink.*Pack the files themselves/,
    );
  });
});
