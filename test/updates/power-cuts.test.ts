import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fill, smallDisk, unmountAll } from '@pitwall/runtime/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { command } from '../package/command.js';
import { programs } from '../package/programs.js';
import { launcher, writeManifest } from '../package/stage.js';
import { newSigner, type Packed, signed } from './packed-agent.js';
import { StagingServer } from './staging.js';
import { UpdateTrack } from './track.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const cuts = 20;

/** What a program asks of the disk, as the kernel sees it. */
const straced = (log: string) => [
  'strace',
  '-f',
  '-y',
  '-e',
  'trace=fsync,fdatasync,rename,renameat,renameat2',
  '-o',
  log,
];
const hasStrace = existsSync('/usr/bin/strace');
if (!hasStrace) {
  if (process.env.CI === 'true') throw new Error('the order of writes needs strace (Debian: apt install strace)');
  console.log('skipped: the order in which an update is on the disk, because strace is missing');
}

describe('power is cut in the middle of an update', () => {
  const track = new UpdateTrack();
  beforeAll(async () => {
    await track.open();
    track.agent.on();
    await track.drives('0.1.0');
  }, 120_000);
  afterAll(() => track.close());

  it(`at ${cuts} random moments: the car always starts into one whole version, and the update can be done again`, {
    timeout: 900_000,
  }, async () => {
    const tally: Record<string, number> = {};
    let from = '0.1.0';
    // What one takes from the press to the new version, so that moments are drawn over all of it.
    let whole = 6000;
    for (let cut = 1; cut <= cuts; cut += 1) {
      const to = `0.2.${cut}`;
      const packed = track.pack(to);
      await track.upload(packed);
      const began = Date.now();
      const moment = Math.random() * whole;
      const cutOff = new AbortController();
      const updating = track
        .update(packed)
        .then(() => track.drives(to, cutOff.signal))
        .then(
          () => {
            whole = Date.now() - began;
          },
          () => undefined,
        );
      await Promise.race([updating, pause(moment)]);
      await track.agent.cutPower();
      cutOff.abort();
      await updating;
      const phase = track.agent.phaseOf(to);
      tally[phase] = (tally[phase] ?? 0) + 1;
      const version = track.agent.startsInto();
      expect([from, to]).toContain(version);
      track.agent.on();
      const { state } = await track.drives(version);
      // Whatever was in force before the cut, nothing of it is half.
      track.agent.demandWhole();
      if (version !== to) {
        // It is done again, from where it was.
        if (state?.versions?.staged !== to) await track.update(packed);
        else await track.command({ type: 'switch-version', version: to });
        await track.drives(to);
      }
      from = to;
    }
    console.log(
      `${cuts} power cuts: ${Object.entries(tally)
        .map(([phase, times]) => `${times} ${phase}`)
        .join(', ')}`,
    );
  });
});

/** A version as small as can be, whose program says which it is. */
function tinyTree(tree: string, version: string): void {
  const put = (file: string, text: string, mode = 0o644) => {
    mkdirSync(join(tree, file, '..'), { recursive: true });
    writeFileSync(join(tree, file), text, { mode });
  };
  put('bin/node', '#!/bin/sh\nexit 1\n', 0o755);
  put('bin/pitwall-agent', `#!/bin/sh\necho ${version}\n`, 0o755);
  put('app/agent/a.js', 'a'.repeat(5000));
  put('app/b.js', 'b');
  put('ARCHITECTURE', `${process.arch}\n`);
  writeManifest(tree);
}

describe('the process that stages a version', () => {
  const signer = newSigner();
  let folder: string;
  const server = new StagingServer();
  let packed: Packed;

  beforeAll(() => server.start());
  afterAll(() => server.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pitwall-stage-'));
    server.breaksAfter = Number.POSITIVE_INFINITY;
    server.asked.length = 0;
    pack((tree) => tinyTree(tree, '0.2.0'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    unmountAll();
  });

  function pack(lay: (tree: string) => void): void {
    const tree = join(folder, 'packed/pitwall');
    rmSync(tree, { recursive: true, force: true });
    mkdirSync(tree, { recursive: true });
    lay(tree);
    const file = join(folder, 'packed.tar.gz');
    command('tar', ['-czf', file, '-C', join(folder, 'packed'), 'pitwall']);
    server.archive = readFileSync(file);
    const name = { version: '0.2.0', architecture: process.arch };
    packed = signed(file, signer.sign(server.archive, `pitwall-agent 0.2.0 linux-${process.arch}`), name);
  }

  const stage = (versions: string, env: NodeJS.ProcessEnv = {}) =>
    server.stage({
      agent: join(repository, 'agent/dist'),
      node: [
        process.execPath,
        ...(env.CRASH_AT === undefined ? [] : ['--import', join(repository, 'test/dist/updates/crash-at.js')]),
      ],
      versions,
      release: packed.release,
      key: signer.publicKey,
      env,
    });

  const isWhole = (tree: string) =>
    spawnSync('sha256sum', ['--check', '--quiet', 'MANIFEST'], { cwd: tree }).status === 0;

  it('may be ended before each step that it takes on the disk: a version is there whole or not at all', {
    timeout: 300_000,
  }, async () => {
    const log = join(folder, 'steps');
    let stepsInAll = 0;
    for (let at = 1; ; at += 1) {
      const versions = join(folder, `versions-${at}`);
      rmSync(log, { force: true });
      const said = await stage(versions, { CRASH_AT: String(at), CRASH_LOG: log });
      const there = readdirSync(versions).filter((name) => !name.startsWith('.'));
      if (there.length > 0) expect(isWhole(join(versions, '0.2.0'))).toBe(true);
      if (said.type === 'done') {
        stepsInAll = at - 1;
        break;
      }
      expect(said).toEqual({ type: 'SIGKILL' });
      // Whatever it left, the next try ends well.
      expect(await stage(versions)).toMatchObject({ type: 'done' });
      expect(isWhole(join(versions, '0.2.0'))).toBe(true);
      expect(readdirSync(versions)).toEqual(['0.2.0']);
      rmSync(versions, { recursive: true });
    }
    expect(stepsInAll).toBeGreaterThan(10);
    // Every step was looked at, to the very last one.
    expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(stepsInAll);
  });

  it.skipIf(!hasStrace)(
    'has every file and folder of a version on the disk before its name counts, and then the name',
    { timeout: 60_000 },
    async () => {
      const log = join(folder, 'calls');
      const versions = join(folder, 'versions');
      const node = [...straced(log), process.execPath];
      const agent = join(repository, 'agent/dist');
      const { release } = packed;
      expect(await server.stage({ agent, node, versions, release, key: signer.publicKey })).toMatchObject({
        type: 'done',
      });
      const calls = readFileSync(log, 'utf8').split('\n');
      const named = calls.findIndex((call) => call.includes(`rename`) && call.includes(`"${versions}/0.2.0"`));
      const tree = join(versions, '.staging-0.2.0/tree');
      const synced = (some: readonly string[]) => new Set(some.map((call) => /fsync\(\d+<(.*)>\)/.exec(call)?.[1]));
      const before = synced(calls.slice(0, named));
      const files = readdirSync(join(versions, '0.2.0'), { recursive: true, encoding: 'utf8' });
      expect(files.length).toBeGreaterThan(6);
      for (const file of ['', ...files]) expect(before).toContain(join(tree, file).replace(/\/$/, ''));
      expect(synced(calls.slice(named))).toContain(versions);
    },
  );

  it('goes on where the network cut it off', { timeout: 60_000 }, async () => {
    const breaksAfter = Math.ceil(server.archive.length / 3);
    server.breaksAfter = breaksAfter;
    expect(await stage(join(folder, 'versions'))).toMatchObject({ type: 'done' });
    expect(server.asked).toEqual([undefined, `bytes=${breaksAfter}-`, `bytes=${2 * breaksAfter}-`]);
  });

  it('refuses what was changed on the way, and fetches it anew the next time', async () => {
    const good = server.archive;
    server.archive = Buffer.from(good);
    server.archive[100]! ^= 1;
    expect(await stage(join(folder, 'versions'))).toMatchObject({
      type: 'refused',
      code: 'release-invalid',
      message: expect.stringMatching(/not what was signed/),
    });
    expect(readdirSync(join(folder, 'versions'))).toEqual([]);
    server.archive = good;
    expect(await stage(join(folder, 'versions'))).toMatchObject({ type: 'done' });
  });

  it('leaves a full disk as it was, and one that is read-only, with a sentence', ({ skip }) => {
    const disk = smallDisk();
    if (disk === undefined) return skip();
    return (async () => {
      const ballast = fill(disk);
      expect(await stage(join(disk, 'versions'))).toMatchObject({
        code: expect.stringMatching(/^update-(refused|failed)$/),
        message: expect.stringMatching(/0 MB are free on the car, and version 0.2.0 needs 1|disk is full/),
      });
      rmSync(ballast);
      // Four times what it says of itself: it fills the disk while it is unpacked.
      pack((tree) => {
        writeFileSync(join(tree, 'large'), Buffer.alloc(4_000_000));
        tinyTree(tree, '0.2.0');
      });
      expect(await stage(join(disk, 'versions'))).toMatchObject({
        code: 'update-failed',
        message: expect.stringMatching(/disk is full, so version 0.2.0 could not be kept/),
      });
      expect(readdirSync(join(disk, 'versions'))).toEqual([]);
      command('mount', ['-o', 'remount,ro', disk]);
      expect(await stage(join(disk, 'versions'))).toMatchObject({
        code: 'update-failed',
        message: expect.stringMatching(/could not be kept in .*: can it be written/),
      });
    })();
  });
});

describe('the launcher', () => {
  let folder: string;
  let versions: string;
  const program = () => join(folder, 'packaged/bin/pitwall-agent');
  const chosen = () => readFileSync(join(versions, 'chosen'), 'utf8').trim();
  const choose = (line: string) => writeFileSync(join(versions, 'chosen'), `${line}\n`);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pitwall-launch-'));
    versions = join(folder, 'state/versions');
    mkdirSync(join(folder, 'packaged/bin'), { recursive: true });
    writeFileSync(program(), launcher(repository, programs[0]!, '0.1.0'), { mode: 0o755 });
    writeFileSync(join(folder, 'packaged/bin/node'), '#!/bin/sh\necho packaged $PITWALL_PACKAGED\n', { mode: 0o755 });
    for (const version of ['0.2.0', '0.3.0']) tinyTree(join(versions, version), version);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function start(word = 'run', env: NodeJS.ProcessEnv = {}): string {
    const path = { STATE_DIRECTORY: join(folder, 'state'), PITWALL_TRIAL: '1', ...env };
    const { stdout } = spawnSync(program(), [word], { encoding: 'utf8', env: { PATH: process.env.PATH, ...path } });
    return stdout.trim();
  }

  it.each([
    // What is chosen, what a run starts, what is chosen then; and what everything else is done by.
    ['0.3.0 0.2.0 kept 0.1.0', '0.3.0', '0.3.0 0.2.0 kept 0.1.0', '0.3.0'],
    ['0.3.0 0.2.0 new 0.1.0', '0.3.0', '0.3.0 0.2.0 trying 0.1.0', '0.2.0'],
    ['0.3.0 0.2.0 trying 0.1.0', '0.2.0', '0.2.0 0.3.0 returned 0.1.0', '0.2.0'],
    ['0.2.0 0.3.0 returned 0.1.0', '0.2.0', '0.2.0 0.3.0 returned 0.1.0', '0.2.0'],
    ['0.3.0 packaged trying 0.1.0', 'packaged 0.1.0', 'packaged 0.3.0 returned 0.1.0', 'packaged 0.1.0'],
    // Somebody installed another package since.
    ['0.3.0 0.2.0 kept 0.0.9', 'packaged 0.1.0', '0.3.0 0.2.0 kept 0.0.9', 'packaged 0.1.0'],
    // It is gone, or was never one.
    ['0.9.0 0.2.0 kept 0.1.0', 'packaged 0.1.0', '0.9.0 0.2.0 kept 0.1.0', 'packaged 0.1.0'],
    ['rubbish', 'packaged 0.1.0', 'rubbish', 'packaged 0.1.0'],
  ])('%s: starts %s', (line, starts, then, other) => {
    choose(line);
    expect(start('neutral')).toBe(other);
    expect(chosen()).toBe(line);
    expect(start()).toBe(starts);
    expect(chosen()).toBe(then);
  });

  it.skipIf(!hasStrace)('has its line on the disk before it counts, and then the name', () => {
    choose('0.3.0 0.2.0 trying 0.1.0');
    const log = join(folder, 'calls');
    const [strace, ...args] = straced(log);
    spawnSync(strace!, [...args, program(), 'run'], {
      env: { PATH: process.env.PATH, STATE_DIRECTORY: join(folder, 'state'), PITWALL_TRIAL: '1' },
    });
    const steps = readFileSync(log, 'utf8')
      .split('\n')
      .flatMap((call) => {
        const synced = /fsync\(\d+<(.*)>\)/.exec(call)?.[1];
        return synced === undefined ? (/rename.*chosen.new.*chosen".* = 0$/.test(call) ? ['rename'] : []) : [synced];
      });
    expect(steps).toEqual([join(versions, 'chosen.new'), 'rename', versions]);
  });

  it('starts the packaged version where nothing was chosen, or the state is somebody else’s', () => {
    expect(start()).toBe('packaged 0.1.0');
    choose('0.3.0 0.2.0 kept 0.1.0');
    // Root would run what another user may write; where this is not root, root's folder is somebody else's.
    if (process.getuid?.() === 0) command('chown', ['65534', join(folder, 'state')]);
    expect(start('run', process.getuid?.() === 0 ? {} : { STATE_DIRECTORY: '/' })).toBe('packaged');
  });

  it.each([
    ['sync', '0.3.0 0.2.0 new 0.1.0'],
    ['mv', '0.3.0 0.2.0 new 0.1.0'],
    ['sync', '0.3.0 0.2.0 trying 0.1.0'],
    ['mv', '0.3.0 0.2.0 trying 0.1.0'],
  ])('may be ended at its %s of %s, once or twice: a whole version starts', (step, line) => {
    const tools = join(folder, 'tools');
    mkdirSync(tools);
    for (const skipped of [0, 1]) {
      choose(line);
      // Ends whoever calls it, as often as it was called before.
      const script = `#!/bin/sh\necho >> '${folder}/calls'\nif [ "$(wc -l < '${folder}/calls')" -gt ${skipped} ]; then kill -9 $PPID; exit; fi\nexec /usr/bin/${step} "$@"\n`;
      writeFileSync(join(tools, step), script);
      chmodSync(join(tools, step), 0o755);
      rmSync(join(folder, 'calls'), { force: true });
      start('run', { PATH: `${tools}:${process.env.PATH}` });
      expect(['0.2.0', '0.3.0']).toContain(start());
      expect(chosen()).toMatch(/^(0\.3\.0 0\.2\.0 trying|0\.2\.0 0\.3\.0 returned) 0\.1\.0$/);
    }
  });

  it('goes on with the version before where the disk is too full to write down that another is tried', ({ skip }) => {
    const disk = smallDisk();
    if (disk === undefined) return skip();
    cpSync(join(folder, 'state'), join(disk, 'state'), { recursive: true });
    versions = join(disk, 'state/versions');
    choose('0.3.0 0.2.0 new 0.1.0');
    fill(disk);
    expect(start('run', { STATE_DIRECTORY: join(disk, 'state') })).toBe('0.2.0');
    expect(chosen()).toBe('0.3.0 0.2.0 new 0.1.0');
    unmountAll();
  });

  it('ends a version on trial that hangs', { timeout: 30_000 }, async () => {
    choose('0.3.0 0.2.0 new 0.1.0');
    writeFileSync(join(versions, '0.3.0/bin/pitwall-agent'), '#!/bin/sh\nexec sleep 600\n');
    const child = spawn(program(), ['run'], {
      env: { ...process.env, STATE_DIRECTORY: join(folder, 'state'), PITWALL_TRIAL: '1' },
    });
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
    expect(start()).toBe('0.2.0');
    expect(existsSync(join(versions, '0.3.0'))).toBe(true);
  });
});
