import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import type { Accounts } from './accounts.js';

/** What an installer wants to know of a computer; nothing is changed by asking. */
export interface Facts {
  /** What its programs are built for, as Node names it: x64, arm64, or another word. */
  readonly architecture: string;
  /** os-release(5). */
  readonly os: { readonly id: string; readonly version: string; readonly name: string };
  /** What kind of computer it is, by its firmware: device tree or DMI; empty where neither says. */
  readonly model: string;
  readonly hostname: string;
  /** The DeepRacer's own software is here. */
  readonly isDeepracer: boolean;
  /** Text of its calibration.json. */
  readonly stockCalibration: string | undefined;
  /** Its service, where there is a unit of it. */
  readonly hasStockService: boolean;
  /** The profile of a car that was installed before. */
  readonly configured: string | undefined;
  /** A Pi's config.txt. */
  readonly bootConfig: { readonly path: string; readonly text: string } | undefined;
  /** `ID_PATH` of each camera on USB in the order of its number. */
  readonly cameras: readonly string[];
  /** `rpicam-vid` is here. */
  readonly hasPiCamera: boolean;
  readonly accounts: Accounts;
  readonly hasSystemd: boolean;
  readonly isWritable: boolean;
  /** Bytes. */
  readonly free: number;
  /** By the computer's own clock. */
  readonly year: number;
}

/** The firmware's settings: since Bookworm, and in Ubuntu, the first; the other holds a notice that points there. */
const bootConfigs = ['/boot/firmware/config.txt', '/boot/config.txt'];

/** @param root the tree of a computer: `/`, or an image's */
export function readFacts(root: string): Facts {
  const at = (path: string) => join(root, path);
  const text = (path: string): string | undefined => {
    try {
      return readFileSync(at(path), 'utf8');
    } catch {
      return undefined;
    }
  };
  const release = Object.fromEntries(
    [...(text('/etc/os-release') ?? text('/usr/lib/os-release') ?? '').matchAll(/^(\w+)=["']?(.*?)["']?$/gm)].map(
      ([, key, value]) => [key as string, value as string],
    ),
  );
  const model =
    text('/proc/device-tree/model')?.replaceAll('\0', '') ??
    ['sys_vendor', 'product_name'].map((name) => text(`/sys/class/dmi/id/${name}`)?.trim() ?? '').join(' ');
  const bootConfig = bootConfigs
    .map((path) => ({ path, text: text(path) }))
    .find((one): one is { path: string; text: string } => one.text !== undefined);
  return {
    architecture: architectureOf(at('/bin/sh')),
    os: { id: release.ID ?? '', version: release.VERSION_ID ?? '', name: release.PRETTY_NAME ?? 'an unknown system' },
    model: model.trim(),
    hostname: root === '/' ? hostname() : (text('/etc/hostname')?.trim() ?? ''),
    isDeepracer: existsSync(at('/opt/aws/deepracer')),
    stockCalibration: text('/opt/aws/deepracer/calibration.json'),
    hasStockService: ['/etc', '/lib', '/usr/lib'].some((place) =>
      existsSync(at(`${place}/systemd/system/deepracer-core.service`)),
    ),
    configured: /^profile: *(\S+)/m.exec(text('/etc/pitwall/agent.yaml') ?? '')?.[1],
    bootConfig,
    cameras: camerasOf(at('/dev/v4l/by-path')),
    hasPiCamera: existsSync(at('/usr/bin/rpicam-vid')),
    accounts: {
      passwd: text('/etc/passwd') ?? '',
      group: text('/etc/group') ?? '',
      shadow: text('/etc/shadow'),
      gshadow: text('/etc/gshadow'),
    },
    hasSystemd: ['/lib/systemd/systemd', '/usr/lib/systemd/systemd'].some((path) => existsSync(at(path))),
    isWritable: mayWrite(at('/etc')) && mayWrite(at('/var/lib')),
    free: freeAt(at('/')),
    year: new Date().getUTCFullYear(),
  };
}

/** elf(5): e_machine. A 64-bit kernel may have programs of 32 bits (Raspberry Pi OS, 32-bit). */
function architectureOf(shell: string): string {
  const machines: Readonly<Record<number, string>> = { 3: 'ia32', 40: 'arm', 62: 'x64', 183: 'arm64' };
  try {
    const machine = readFileSync(shell).readUInt16LE(18);
    return machines[machine] ?? `machine ${machine}`;
  } catch {
    return process.arch;
  }
}

/** Links of udev (60-persistent-v4l.rules): `ID_PATH-video-indexN`, index 0 is the stream of pictures. Newer ones have each port twice. */
function camerasOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /-usb-.*-video-index0$/.test(name))
    .map((name) => basename(name, '-video-index0'))
    .sort();
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function freeAt(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
