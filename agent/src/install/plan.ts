import { readStockCalibration } from '@pitwall/firmware-config';
import { PitwallError } from '@pitwall/protocol';
import { stringify } from 'yaml';
import { accountChanges, type User } from './accounts.js';
import { missingBootSettings } from './boot-config.js';
import { type CarKind, carKind } from './car-kind.js';
import { type Change, root } from './change.js';
import type { Facts } from './facts.js';

/** The texts that come with the program. */
export interface Shipped {
  readonly unit: string;
  readonly rules: string;
}

/** Where the program lies that installs. */
export interface Home {
  readonly folder: string;
  /** Put there by the system's package manager, with its command in `/usr/bin`. */
  readonly isPackage: boolean;
  /** A folder with a Node of its own, as on a stick: it is copied. A clone of the repository is not. */
  readonly isPortable: boolean;
  /** What its native parts are built for: x64, arm64. */
  readonly architecture: string;
  /** The command's file in `folder`. */
  readonly command: string;
}

export interface Wishes {
  readonly profile: string | undefined;
  readonly car: string | undefined;
}

export interface Plan {
  readonly car: CarKind;
  readonly profile: string;
  readonly changes: readonly Change[];
  /** What a person should know beside the changes: sentences. */
  readonly notes: readonly string[];
  /** Units of the computer that must not run meanwhile. */
  readonly putAside: readonly string[];
  /** The firmware reads its settings at a start only. */
  readonly needsReboot: boolean;
}

/** What a copy, models and recordings of a day need, bytes. */
const least = 600e6;
const groups = ['gpio', 'i2c', 'dialout', 'video', 'input'];
const file = { mode: 0o644, ...root } as const;
const folder = { mode: 0o755, ...root } as const;
const units = '/etc/systemd/system';
const rules = '/etc/udev/rules.d';

/**
 * What makes this computer a car: a list of changes, in the order in which they are made; nothing is changed by it.
 * @throws PitwallError `install-refused` where it cannot be done, with what to do
 */
export function planInstall(facts: Facts, home: Home, shipped: Shipped, wishes: Wishes): Plan {
  const car = carKind(facts);
  const profile = wishes.profile ?? facts.configured ?? ('profile' in car ? car.profile : undefined);
  const refuse = (why: string) => new PitwallError('install-refused', why);
  if (facts.architecture !== home.architecture)
    throw refuse(
      `This package is for linux-${home.architecture}, and this computer's programs are ${facts.architecture}.`,
    );
  if (!facts.hasSystemd)
    throw refuse(`${car.name} has no systemd, which starts the agent; run pitwall-agent run yourself.`);
  if (!facts.isWritable)
    throw refuse('/etc or /var/lib cannot be written: run this with sudo, and mount the disk writable.');
  if (facts.free < least)
    throw refuse(`${Math.floor(facts.free / 1e6)} MB are free, and a car needs ${least / 1e6}: make room first.`);
  if (profile === undefined)
    throw refuse(
      `This is ${car.name}, which is no car that Pitwall knows; name its profile: pitwall-agent install --profile NAME (docs/profiles.md).`,
    );
  const { user, changes: accounts } = accountChanges(facts.accounts, 'pitwall', '/var/lib/pitwall', groups);
  const owned = { uid: user.uid, gid: user.gid };
  const boot = bootChanges(facts, car);
  return {
    car,
    profile,
    changes: [
      ...programChanges(home),
      ...accounts,
      {
        kind: 'folder',
        path: '/var/lib/pitwall',
        leftover: 'ours',
        why: 'models, recordings, calibration',
        mode: 0o755,
        ...owned,
      },
      ...calibrationChanges(facts, owned),
      { kind: 'folder', path: '/etc/pitwall', leftover: 'theirs', why: 'configuration', ...folder },
      {
        kind: 'file',
        path: '/etc/pitwall/agent.yaml',
        keep: true,
        text: configuration(facts, profile, wishes.car),
        why: `configuration: profile ${profile}`,
        ...file,
      },
      {
        kind: 'file',
        path: `${rules}/60-pitwall-agent.rules`,
        text: withCameras(shipped.rules, facts.cameras),
        why: 'names and groups of devices',
        ...file,
      },
      ...stickChanges(),
      {
        kind: 'file',
        path: '/etc/modules-load.d/pitwall.conf',
        text: 'i2c-dev\n',
        why: 'I²C for programs, at every start',
        ...file,
      },
      ...imuChanges(car),
      ...boot,
      ...asideChanges(facts),
      {
        kind: 'file',
        path: `${units}/pitwall-agent.service`,
        text: shipped.unit,
        why: 'service: the agent, and the CPU’s governor',
        ...file,
      },
      ...enabled('pitwall-agent.service'),
    ],
    notes: notesOf(facts, car),
    putAside: facts.hasStockService ? [stockService] : [],
    needsReboot: boot.length > 0,
  };
}

function programChanges({ folder: from, isPackage, isPortable, command }: Home): Change[] {
  if (isPackage) return [];
  const copied = '/opt/pitwall-agent';
  const link = (target: string): Change => ({
    kind: 'link',
    path: '/usr/bin/pitwall-agent',
    target,
    why: 'the command',
  });
  // Started from its copy, it is installed already.
  if (!isPortable || from === copied) return [link(`${from}/${command}`)];
  return [{ kind: 'tree', path: copied, from, why: 'the program' }, link(`${copied}/${command}`)];
}

function configuration({ hostname }: Facts, profile: string, car: string | undefined): string {
  const id = (car ?? hostname)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  const body = {
    car: id === '' ? 'car' : id,
    profile,
    calibration: '/var/lib/pitwall/calibration.json',
    models: { stick: '/media/pitwall' },
    ...(profile === 'simulated' ? { simulated: { track: 'oval' } } : {}),
  };
  return `# Written by pitwall-agent install; docs/driving.md and docs/car.md say what else may stand here.\n${stringify(body)}`;
}

/** The stock car's own pulse widths as the first version of ours; a file that cannot be one is told, not taken. */
function calibrationChanges({ stockCalibration }: Facts, owned: User): Change[] {
  if (stockCalibration === undefined || calibrationProblem(stockCalibration) !== undefined) return [];
  const { steering, motor } = readStockCalibration(stockCalibration, '/opt/aws/deepracer/calibration.json');
  const text = JSON.stringify({ schema: 1, version: 1, at: 0, who: 'pitwall-agent install', steering, motor }, null, 2);
  return [
    {
      kind: 'file',
      path: '/var/lib/pitwall/calibration.json',
      keep: true,
      text: `${text}\n`,
      why: 'pulse widths of /opt/aws/deepracer/calibration.json',
      mode: 0o644,
      ...owned,
    },
  ];
}

function calibrationProblem(text: string): string | undefined {
  try {
    readStockCalibration(text, '/opt/aws/deepracer/calibration.json');
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Of two cameras the one with the higher number is the left one (aws-deepracer-camera-pkg); their sockets are what lasts. */
function withCameras(text: string, cameras: readonly string[]): string {
  if (cameras.length < 2) return text;
  const [right, left] = cameras as [string, string];
  const line = (socket: string, side: string) =>
    `SUBSYSTEM=="video4linux", ENV{ID_PATH}=="${socket}", ATTR{index}=="0", SYMLINK+="pitwall-camera-${side}"\n`;
  return `${text}${line(left, 'left')}${line(right, 'right')}`;
}

/** systemd-mount(1): mounted read-only under a folder by its name, gone with the stick. */
const stickRule = `# /etc/udev/rules.d/61-pitwall-stick.rules: USB sticks appear under /media/pitwall, to be read.
ACTION=="add", SUBSYSTEM=="block", SUBSYSTEMS=="usb", ENV{ID_FS_USAGE}=="filesystem", RUN+="/usr/bin/systemd-mount --no-block --collect --automount=no --options=ro,nosuid,nodev,noexec $devnode /media/pitwall/%k"
`;

const stickChanges = (): Change[] => [
  { kind: 'folder', path: '/media/pitwall', leftover: 'empty-folders', why: 'where USB sticks appear', ...folder },
  { kind: 'file', path: `${rules}/61-pitwall-stick.rules`, text: stickRule, why: 'USB sticks are mounted', ...file },
];

/**
 * The kernel does not look for a BMI160 by itself. It is on bus 7 of a DeepRacer and on bus 1 of a Pi (imu_pkg's README of the community,
 * `bus_id`); register 0 of it reads 0xd1 (BST-BMI160-DS000, CHIP_ID).
 */
const imuUnit = (bus: number): string => `# ${units}/pitwall-imu.service
[Unit]
Description=Pitwall: tells the kernel of this car's BMI160
After=systemd-modules-load.service
Before=pitwall-agent.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'test -e /sys/bus/i2c/devices/${bus}-0068 && exit; \\
  test "$$(i2cget -y ${bus} 0x68 0x00 2> /dev/null)" = 0xd1 || { echo "no BMI160 on bus ${bus}"; exit 0; }; \\
  modprobe bmi160_i2c && echo bmi160 0x68 > /sys/bus/i2c/devices/i2c-${bus}/new_device'

[Install]
WantedBy=multi-user.target
`;

function imuChanges(car: CarKind): Change[] {
  if (car.kind === 'other') return [];
  const text = imuUnit(car.kind === 'deepracer' ? 7 : 1);
  const path = `${units}/pitwall-imu.service`;
  return [
    { kind: 'file', path, text, why: 'the IMU’s driver, at every start', ...file },
    ...enabled('pitwall-imu.service'),
  ];
}

function bootChanges({ bootConfig }: Facts, car: CarKind): Change[] {
  if (car.kind !== 'raspberry-pi' || bootConfig === undefined) return [];
  const missing = missingBootSettings(bootConfig.text, car.model);
  if (missing.length === 0) return [];
  const lines = ['[all]', '# Pitwall: motor and steering', ...missing];
  return [{ kind: 'edit', path: bootConfig.path, edit: { kind: 'lines', lines }, why: missing.join(', ') }];
}

const stockService = 'deepracer-core.service';

/** Its unit stays as it is, enabled too: a condition that is never met keeps it from starting (systemd.unit(5)). */
function asideChanges({ hasStockService }: Facts): Change[] {
  if (!hasStockService) return [];
  const path = `${units}/${stockService}.d`;
  const text = `# Camera and outputs are Pitwall's: pitwall-agent uninstall gives them back.\n[Unit]\nConditionPathExists=!${units}/pitwall-agent.service\n`;
  return [
    { kind: 'folder', path, leftover: 'theirs', why: `${stockService} does not start`, ...folder },
    { kind: 'file', path: `${path}/pitwall.conf`, text, why: `${stockService} does not start`, ...file },
  ];
}

/** As `systemctl enable` does it. */
const enabled = (unit: string): Change[] => [
  {
    kind: 'folder',
    path: `${units}/multi-user.target.wants`,
    leftover: 'theirs',
    why: `${unit} at every start`,
    ...folder,
  },
  {
    kind: 'link',
    path: `${units}/multi-user.target.wants/${unit}`,
    target: `${units}/${unit}`,
    why: `${unit} at every start`,
  },
];

function notesOf(facts: Facts, car: CarKind): string[] {
  const problem = facts.stockCalibration === undefined ? undefined : calibrationProblem(facts.stockCalibration);
  return [
    ...(problem === undefined ? [] : [`${problem} Calibrate the car: pitwall-agent calibrate.`]),
    ...(car.kind === 'raspberry-pi' && facts.bootConfig === undefined
      ? [
          'There is no /boot/firmware/config.txt; the PCA9685 wants dtparam=i2c_arm=on and dtoverlay=i2c-pwm-pca9685a,addr=0x40 where this system has such settings.',
        ]
      : []),
    ...(car.kind === 'raspberry-pi' && !facts.hasPiCamera
      ? [
          facts.os.id === 'ubuntu'
            ? 'There is no rpicam-vid, which Ubuntu does not package: build rpicam-apps, or use a USB camera with a profile of its own.'
            : 'There is no rpicam-vid: sudo apt install rpicam-apps.',
        ]
      : []),
    ...(facts.year < 2025
      ? [`The clock says ${facts.year}: until it is right, certificates of a track are refused. A network sets it.`]
      : []),
  ];
}
