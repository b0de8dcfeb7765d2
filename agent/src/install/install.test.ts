import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { carTrees, layTree } from '@pitwall/agent/testing/car-trees';
import { parseCarProfile, readCalibration, readCarProfileText } from '@pitwall/firmware-config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { AgentConfig } from '../config/agent-config.js';
import { readFacts } from './facts.js';
import { type Files, realFiles as filesOnDisk, unfinished } from './files.js';
import { shipped } from './home.js';
import { Installer } from './installer.js';
import { journalFile } from './journal.js';
import { type Home, type Plan, planInstall, type Wishes } from './plan.js';

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'pitwall-install-'));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

/** Hundreds of installations: none waits for the disk. */
const realFiles = (root: string) => filesOnDisk(root, () => {});
const files = shipped(join(import.meta.dirname, '../../..'));
const kinds = Object.keys(carTrees);

function lay(kind: string): string {
  const root = join(work, `root-${Math.random().toString(36).slice(2)}`);
  mkdirSync(root);
  layTree(root, carTrees[kind]!);
  return root;
}

/** A program from a stick, or of the system's package. */
function home(root: string, from: 'stick' | 'package'): Home {
  const folder = join(work, 'stick');
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'bin/pitwall-agent'), '#!/bin/sh\n', { mode: 0o755 });
  return {
    folder,
    isPackage: from === 'package',
    isPortable: from === 'stick',
    architecture: readFacts(root).architecture,
    command: 'bin/pitwall-agent',
  };
}

const none: Wishes = { profile: undefined, car: undefined };
const planOf = (root: string, from: 'stick' | 'package' = 'package', wishes = none): Plan =>
  planInstall({ ...readFacts(root), free: 1e10 }, home(root, from), files, wishes);

/** Everything that a tree is: modes, owners, links, contents. */
function picture(root: string): Record<string, string> {
  const seen: Record<string, string> = {};
  const visit = (folder: string) => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const found = lstatSync(path);
      const what = found.isSymbolicLink()
        ? `-> ${readlinkSync(path)}`
        : found.isDirectory()
          ? 'folder'
          : readFileSync(path, 'latin1');
      seen[relative(root, path)] = `${found.mode.toString(8)} ${found.uid}:${found.gid} ${what}`;
      if (found.isDirectory()) visit(path);
    }
  };
  visit(root);
  return seen;
}

const text = (root: string, path: string) => readFileSync(join(root, path), 'utf8');

describe('which car it is', () => {
  it.each([
    ['stock DeepRacer', /^AWS DeepRacer, stock software, Ubuntu 20.04/, 'aws-deepracer'],
    ['stock DeepRacer Evo', /^AWS DeepRacer Evo, stock/, 'aws-deepracer-evo'],
    ['community DeepRacer', /^AWS DeepRacer, community software, Ubuntu 24.04/, 'aws-deepracer'],
    ['Raspberry Pi OS Bookworm, Pi 4', /12 \(bookworm\) on Raspberry Pi 4 Model B/, 'raspberry-pi-pca9685'],
    ['Raspberry Pi OS Trixie, Pi 5', /13 \(trixie\) on Raspberry Pi 5 Model B/, 'raspberry-pi-pca9685'],
    ['community Pi, Ubuntu 24.04', /Ubuntu 24.04 LTS on Raspberry Pi 4/, 'raspberry-pi-pca9685'],
  ])('%s', (kind, name, profile) => {
    const plan = planOf(lay(kind));
    expect(plan.car.name).toMatch(name);
    expect(plan.profile).toBe(profile);
  });

  it('names any other, and takes a profile for it', () => {
    const root = lay('Raspberry Pi OS Trixie, Pi 5');
    writeFileSync(join(root, 'proc/device-tree/model'), 'Raspberry Pi 3 Model B Plus Rev 1.3\0');
    expect(() => planOf(root)).toThrow(
      /^This is Debian GNU\/Linux 13 \(trixie\) on Raspberry Pi 3 Model B Plus Rev 1.3, which is no car/,
    );
    expect(planOf(root, 'package', { profile: 'donkeycar', car: undefined }).profile).toBe('donkeycar');
  });
});

describe('what it changes', () => {
  it('the firmware’s settings of a Pi, only those that are missing, for all models', () => {
    const boot = (root: string) => planOf(root).changes.find(({ path }) => path === '/boot/firmware/config.txt');
    const root = lay('Raspberry Pi OS Bookworm, Pi 4');
    expect(boot(root)).toMatchObject({
      edit: {
        lines: ['[all]', '# Pitwall: motor and steering', 'dtparam=i2c_arm=on', 'dtoverlay=i2c-pwm-pca9685a,addr=0x40'],
      },
    });
    expect(planOf(root).needsReboot).toBe(true);
    expect(boot(lay('community Pi, Ubuntu 24.04'))).toBeUndefined();
    // An overlay for another model is none here.
    writeFileSync(
      join(root, 'boot/firmware/config.txt'),
      'dtparam=i2c_arm=on\n[pi5]\ndtoverlay=i2c-pwm-pca9685a,addr=0x40\n',
    );
    expect(boot(root)).toMatchObject({
      edit: { lines: expect.arrayContaining(['dtoverlay=i2c-pwm-pca9685a,addr=0x40']) },
    });
    expect(boot(root)).not.toMatchObject({ edit: { lines: expect.arrayContaining(['dtparam=i2c_arm=on']) } });
  });

  it.each(kinds)('a configuration that the agent takes, with a profile that comes with it: %s', (kind) => {
    const root = lay(kind);
    new Installer(realFiles(root)).install(planOf(root).changes, '0.1.0', []);
    const config = AgentConfig.parse(parse(text(root, 'etc/pitwall/agent.yaml')));
    expect(config.car).toMatch(/^[a-z0-9-]+$/);
    expect(parseCarProfile(readCarProfileText(config.profile).yaml, config.profile).name).toBe(config.profile);
  });

  it('the stock car’s pulse widths become its first calibration; one that is none is told', () => {
    const root = lay('stock DeepRacer');
    new Installer(realFiles(root)).install(planOf(root).changes, '0.1.0', []);
    expect(readCalibration(join(root, 'var/lib/pitwall/calibration.json'))).toMatchObject({
      version: 1,
      steering: { min: 1_210_000, mid: 1_440_000, max: 1_680_000, polarity: 1 },
    });
    const other = lay('stock DeepRacer');
    writeFileSync(join(other, 'opt/aws/deepracer/calibration.json'), '{"Calibration":');
    expect(planOf(other).notes.join()).toMatch(/calibration.json is not JSON.*Calibrate the car/);
  });

  it('two cameras by their sockets, the higher one left', () => {
    const root = lay('stock DeepRacer Evo');
    new Installer(realFiles(root)).install(planOf(root).changes, '0.1.0', []);
    const rules = text(root, 'etc/udev/rules.d/60-pitwall-agent.rules');
    expect(rules).toMatch(/^SUBSYSTEM.*usb-0:2:1\.0".*pitwall-camera-left"$/m);
    expect(rules).toMatch(/^SUBSYSTEM.*usb-0:1:1\.0".*pitwall-camera-right"$/m);
  });

  it('the user and its groups, without touching what others are in', () => {
    const root = lay('Raspberry Pi OS Trixie, Pi 5');
    new Installer(realFiles(root)).install(planOf(root).changes, '0.1.0', []);
    expect(text(root, 'etc/passwd')).toMatch(/^pitwall:x:999:999::\/var\/lib\/pitwall:\/usr\/sbin\/nologin$/m);
    expect(text(root, 'etc/shadow')).toMatch(/^pitwall:!:::::::$/m);
    for (const group of ['gpio', 'i2c', 'dialout', 'video', 'input'])
      expect(text(root, 'etc/group')).toMatch(new RegExp(`^${group}:x:\\d+:pi,pitwall$`, 'm'));
    expect(text(root, 'etc/gshadow')).toMatch(/^gpio:!::pi,pitwall$/m);
    expect(lstatSync(join(root, 'etc/shadow')).mode & 0o777).toBe(0o640);
  });
});

describe('giving it back', () => {
  it.each(kinds.flatMap((kind) => [[kind, 'stick'] as const, [kind, 'package'] as const]))(
    '%s, from a %s',
    (kind, from) => {
      const root = lay(kind);
      const before = picture(root);
      const installer = new Installer(realFiles(root));
      const plan = planOf(root, from);
      installer.install(plan.changes, '0.1.0', []);
      expect(picture(root)).not.toEqual(before);
      expect(installer.missing(plan.changes).filter(({ kind: of }) => of !== 'tree')).toEqual([]);
      // Twice is once.
      installer.install(planOf(root, from).changes, '0.1.0', []);
      // A day of racing, a stick that was in, a crew that named its cameras.
      mkdirSync(join(root, 'var/lib/pitwall/models/red'), { recursive: true });
      mkdirSync(join(root, 'media/pitwall/sda1'));
      writeFileSync(join(root, 'etc/udev/rules.d/60-pitwall-agent.rules'), 'changed');
      expect(installer.uninstall({ keepData: false })).toEqual([]);
      expect(picture(root)).toEqual(before);
      expect(installer.uninstall({ keepData: false })).toEqual([]);
      expect(picture(root)).toEqual(before);
    },
  );

  it('keeps what others changed meanwhile, and says so', () => {
    const root = lay('Raspberry Pi OS Bookworm, Pi 4');
    const installer = new Installer(realFiles(root));
    installer.install(planOf(root).changes, '0.1.0', []);
    const append = (path: string, line: string) => writeFileSync(join(root, path), `${text(root, path)}${line}\n`);
    append('boot/firmware/config.txt', 'dtoverlay=imx219');
    append('etc/passwd', 'anna:x:1001:1001::/home/anna:/bin/bash');
    writeFileSync(join(root, 'etc/group'), text(root, 'etc/group').replace('pi,pitwall', 'pi,pitwall,anna'));
    writeFileSync(join(root, 'etc/pitwall/red.password'), 'secret');
    const left = installer.uninstall({ keepData: false });
    expect(text(root, 'boot/firmware/config.txt')).toBe(
      `${(carTrees['Raspberry Pi OS Bookworm, Pi 4']!['/boot/firmware/config.txt'] as { text: string }).text}dtoverlay=imx219\n`,
    );
    expect(text(root, 'etc/passwd')).toContain('anna:');
    expect(text(root, 'etc/passwd')).not.toContain('pitwall');
    expect(text(root, 'etc/group')).toContain('pi,anna');
    expect(text(root, 'etc/group')).not.toContain('pitwall');
    expect(left).toContain('/etc/pitwall stays: somebody put red.password there.');
    expect(left.filter((one) => one.startsWith('/boot/firmware/config.txt was changed'))).toHaveLength(1);
  });

  it('restores what somebody had set up by hand', () => {
    const root = lay('community DeepRacer');
    writeFileSync(join(root, 'etc/udev/rules.d/60-pitwall-agent.rules'), '# by hand\n', { mode: 0o600 });
    symlinkSync('/root/clone/agent/bin/pitwall-agent.js', join(root, 'usr/bin/pitwall-agent'));
    const before = picture(root);
    const installer = new Installer(realFiles(root));
    installer.install(planOf(root, 'stick').changes, '0.1.0', []);
    installer.uninstall({ keepData: false });
    expect(picture(root)).toEqual(before);
  });

  it('--keep-data leaves models, recordings and calibration', () => {
    const root = lay('stock DeepRacer');
    const installer = new Installer(realFiles(root));
    installer.install(planOf(root).changes, '0.1.0', []);
    installer.uninstall({ keepData: true });
    expect(readdirSync(join(root, 'var/lib/pitwall'))).toEqual(['calibration.json']);
    expect(readdirSync(join(root, 'etc'))).not.toContain('pitwall');
  });
});

class PowerCut extends Error {}

/** Files of a computer that is switched off at the `last`-th change: half of it may be there, and nothing comes after it. */
function cutAt(root: string, last: number): Files & { readonly isCut: () => boolean } {
  const real = realFiles(root);
  let done = 0;
  const step = (half: () => void, whole: () => void) => {
    done += 1;
    if (done > last) throw new PowerCut();
    if (done === last) {
      half();
      throw new PowerCut();
    }
    whole();
  };
  const at = (path: string) => join(root, path);
  return {
    isCut: () => done >= last,
    read: (path) => real.read(path),
    list: (path) => real.list(path),
    write: (path, content, rights) =>
      step(
        () => writeFileSync(at(unfinished(path)), content.subarray(0, content.length >> 1)),
        () => real.write(path, content, rights),
      ),
    append: (path, line) =>
      step(
        () => real.append(path, line.slice(0, line.length >> 1)),
        () => real.append(path, line),
      ),
    link: (path, target) =>
      step(
        () => symlinkSync(target, at(unfinished(path))),
        () => real.link(path, target),
      ),
    makeFolder: (path, rights) =>
      step(
        () => mkdirSync(at(unfinished(path))),
        () => real.makeFolder(path, rights),
      ),
    copyTree: (from, path) =>
      step(
        () => mkdirSync(at(unfinished(path))),
        () => real.copyTree(from, path),
      ),
    remove: (path) =>
      step(
        () => {},
        () => real.remove(path),
      ),
    removeFolder: (path) =>
      step(
        () => {},
        () => real.removeFolder(path),
      ),
    removeTree: (path) =>
      step(
        () => {},
        () => real.removeTree(path),
      ),
  };
}

/** Runs `work` with the power cut at every change in turn, until it comes to its end. */
function atEveryStep(run: (last: number) => boolean): number {
  for (let last = 1; ; last += 1) if (!run(last)) return last - 1;
}

describe('whatever happens in between', () => {
  it.each(['stock DeepRacer', 'Raspberry Pi OS Bookworm, Pi 4'])(
    'a power cut at any change: %s can be given back, or installed to its end',
    (kind) => {
      const reference = lay(kind);
      const before = picture(reference);
      const whole = planOf(reference, 'stick');
      new Installer(realFiles(reference)).install(whole.changes, '0.1.0', []);
      const after = picture(reference);
      delete after[journalFile.slice(1)];
      const steps = atEveryStep((last) => {
        const [one, other] = [lay(kind), lay(kind)];
        const cut = (root: string): boolean => {
          const files = cutAt(root, last);
          try {
            new Installer(files).install(planOf(root, 'stick').changes, '0.1.0', []);
          } catch {
            expect(files.isCut()).toBe(true);
          }
          return files.isCut();
        };
        if (!cut(one)) return false;
        cut(other);
        new Installer(realFiles(one)).uninstall({ keepData: false });
        expect(picture(one), `given back after a cut at change ${last}`).toEqual(before);
        new Installer(realFiles(other)).install(planOf(other, 'stick').changes, '0.1.0', []);
        const now = picture(other);
        delete now[journalFile.slice(1)];
        expect(now, `installed after a cut at change ${last}`).toEqual(after);
        new Installer(realFiles(other)).uninstall({ keepData: false });
        expect(picture(other), `given back after going on from change ${last}`).toEqual(before);
        for (const root of [one, other]) rmSync(root, { recursive: true });
        return true;
      });
      // Each change and its line in the journal.
      expect(steps).toBeGreaterThan(50);
    },
  );

  it('a power cut while it is given back: again, and it is as it was', () => {
    const kind = 'community DeepRacer';
    const before = picture(lay(kind));
    const steps = atEveryStep((last) => {
      const root = lay(kind);
      new Installer(realFiles(root)).install(planOf(root, 'stick').changes, '0.1.0', []);
      const files = cutAt(root, last);
      try {
        new Installer(files).uninstall({ keepData: false });
      } catch {
        expect(files.isCut()).toBe(true);
      }
      new Installer(realFiles(root)).uninstall({ keepData: false });
      expect(picture(root), `after a cut at change ${last}`).toEqual(before);
      rmSync(root, { recursive: true });
      return files.isCut();
    });
    expect(steps).toBeGreaterThan(20);
  });

  it('a disk that fills up at any change: the computer is as it was, and it is said', () => {
    const kind = 'Raspberry Pi OS Trixie, Pi 5';
    const before = picture(lay(kind));
    const full = (root: string, last: number): Files & { readonly isFull: () => boolean } => {
      const real = realFiles(root);
      let done = 0;
      const grows = (work: () => void) => {
        done += 1;
        if (done >= last) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        work();
      };
      return {
        ...real,
        isFull: () => done >= last,
        write: (path, content, rights) => grows(() => real.write(path, content, rights)),
        append: (path, line) => grows(() => real.append(path, line)),
        copyTree: (from, path) => grows(() => real.copyTree(from, path)),
        makeFolder: (path, rights) => grows(() => real.makeFolder(path, rights)),
      };
    };
    const refill = (root: string, last: number): boolean => {
      const files = full(root, last);
      try {
        new Installer(files).install(planOf(root, 'stick').changes, '0.1.0', []);
        return false;
      } catch (error) {
        // To restore a file that was changed, the disk must take that file.
        if (!/^ENOSPC/.test((error as Error).message))
          expect(error).toMatchObject({
            code: 'install-failed',
            message: expect.stringMatching(/cannot be written; everything is as it was/),
          });
        else new Installer(realFiles(root)).uninstall({ keepData: false });
        return true;
      }
    };
    atEveryStep((last) => {
      const root = lay(kind);
      const was = refill(root, last);
      if (was) expect(picture(root), `full at change ${last}`).toEqual(before);
      rmSync(root, { recursive: true });
      return was;
    });
  });

  it('a newer version is not replaced by an older one; an older one is, and the crew’s configuration stays', () => {
    const root = lay('stock DeepRacer');
    const before = picture(root);
    const installer = new Installer(realFiles(root));
    installer.install(planOf(root).changes, '0.2.0', []);
    expect(() => installer.install(planOf(root).changes, '0.1.0', [])).toThrow(
      /^Version 0.2.0 is installed, which is newer than 0.1.0; give the car back first/,
    );
    writeFileSync(join(root, 'etc/pitwall/agent.yaml'), 'car: red\nprofile: aws-deepracer\n');
    const plan = planOf(root);
    const newer = plan.changes.map((change) =>
      change.path.endsWith('pitwall-agent.service') && change.kind === 'file'
        ? { ...change, text: '# newer\n' }
        : change,
    );
    installer.install(newer, '0.10.0', []);
    expect(text(root, 'etc/pitwall/agent.yaml')).toBe('car: red\nprofile: aws-deepracer\n');
    expect(text(root, 'etc/systemd/system/pitwall-agent.service')).toBe('# newer\n');
    installer.uninstall({ keepData: false });
    expect(picture(root)).toEqual(before);
  });

  it('a record that cannot be read changes nothing', () => {
    const root = lay('stock DeepRacer');
    const installer = new Installer(realFiles(root));
    installer.install(planOf(root).changes, '0.1.0', []);
    writeFileSync(join(root, journalFile), `{"line":"what"}\n${text(root, journalFile)}`);
    const before = picture(root);
    expect(() => installer.uninstall({ keepData: false })).toThrow(/journal/);
    expect(picture(root)).toEqual(before);
  });
});

describe('a computer that cannot be one', () => {
  const facts = () => ({ ...readFacts(lay('stock DeepRacer')), free: 1e10 });
  const plan = (change: Partial<ReturnType<typeof facts>>) => {
    const all = { ...facts(), ...change };
    return planInstall(
      all,
      { folder: '/', isPackage: true, isPortable: false, architecture: 'x64', command: 'x' },
      files,
      none,
    );
  };
  it.each([
    [
      'another architecture',
      { architecture: 'arm' },
      /^This package is for linux-x64, and this computer's programs are arm\.$/,
    ],
    ['no systemd', { hasSystemd: false }, /has no systemd/],
    ['a root that is read-only', { isWritable: false }, /cannot be written: run this with sudo/],
    ['a full disk', { free: 1e8 }, /^100 MB are free, and a car needs 600/],
  ])('%s', (_, change, sentence) => {
    expect(() => plan(change)).toThrow(expect.objectContaining({ code: 'install-refused' }));
    expect(() => plan(change)).toThrow(sentence);
  });

  it('a clock in 1970 is told, and keeps nobody from installing', () => {
    expect(plan({ year: 1970 }).notes.join()).toMatch(/The clock says 1970/);
  });
});
