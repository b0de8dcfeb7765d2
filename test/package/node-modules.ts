import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { npm } from './command.js';
import type { Architecture, Program } from './programs.js';

const workspaces = ['protocol', 'protocol/runtime', 'firmware-config', 'agent', 'controller', 'controller/web', 'test'];

/** What a package is asked to hold of itself. */
interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/**
 * Installs in `folder` exactly what the lock file says that a program needs on such a computer, whatever this one is; no script of a
 * package runs. What nothing needs at run time is taken away.
 */
export function installModules(repository: string, folder: string, program: Program, architecture: Architecture): void {
  for (const workspace of ['.', ...workspaces]) {
    mkdirSync(join(folder, workspace), { recursive: true });
    cpSync(join(repository, workspace, 'package.json'), join(folder, workspace, 'package.json'));
  }
  for (const file of ['package-lock.json', '.npmrc']) cpSync(join(repository, file), join(folder, file));
  for (const workspace of ['agent', 'controller'])
    cpSync(join(repository, workspace, 'bin'), join(folder, workspace, 'bin'), { recursive: true });
  npm(
    [
      'ci',
      '--omit=dev',
      '--ignore-scripts',
      '--prefer-offline',
      '--os=linux',
      `--cpu=${architecture.npm}`,
      '--libc=glibc',
      '--workspace',
      `@pitwall/${program.workspace}`,
    ],
    { cwd: folder },
  );
  const needed = new Set<string>();
  reach(join(folder, program.workspace), folder, needed);
  for (const package_ of packagesOf(join(folder, 'node_modules'))) {
    if (needed.has(package_)) prune(package_, architecture);
    else rmSync(package_, { recursive: true, force: true });
  }
  rmSync(join(folder, 'node_modules/.package-lock.json'), { force: true });
  rmSync(join(folder, 'node_modules/.bin'), { recursive: true, force: true });
}

/** Folders of all packages below a `node_modules`, the outer ones first; links to workspaces are none. */
export function packagesOf(modules: string): string[] {
  if (!existsSync(modules)) return [];
  return readdirSync(modules, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap(({ name }) => {
      const folder = join(modules, name);
      return name.startsWith('@')
        ? readdirSync(folder, { withFileTypes: true })
            .filter((entry) => entry.isDirectory())
            .map((entry) => join(folder, entry.name))
        : [folder];
    })
    .flatMap((folder) => [folder, ...packagesOf(join(folder, 'node_modules'))]);
}

/** Follows what packages depend on, as Node would find it. Types are for compilers. */
function reach(folder: string, top: string, needed: Set<string>): void {
  if (needed.has(folder)) return;
  needed.add(folder);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const peers = Object.keys(manifest.peerDependencies ?? {}).filter(
    (name) => manifest.peerDependenciesMeta?.[name]?.optional !== true,
  );
  const names = [
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.optionalDependencies ?? {}),
    ...peers,
  ];
  for (const name of names) {
    if (name.startsWith('@types/')) continue;
    if (name.startsWith('@pitwall/')) {
      const own = { runtime: 'protocol/runtime' }[name.slice('@pitwall/'.length)] ?? name.slice('@pitwall/'.length);
      reach(join(top, own), top, needed);
      continue;
    }
    for (let at = folder; ; at = dirname(at)) {
      const found = join(at, 'node_modules', name);
      if (existsSync(found)) {
        reach(found, top, needed);
        break;
      }
      // Optional, and not for this kind of computer.
      if (at === top) break;
    }
  }
}

/** What no program reads while it runs: types, sources, examples, settings of tools, and binaries of other systems. Licences stay. */
const unread = /\.(d\.[cm]?ts|map|md|markdown|flow|tsbuildinfo|gyp|gypi|nycrc|cc|cpp|c|h|hpp|o|a|sh)$|\.test\.js$/i;
const unreadFolders = new Set([
  'test',
  'tests',
  '__tests__',
  'example',
  'examples',
  'docs',
  'doc',
  'benchmark',
  'benchmarks',
  'bench',
  '.github',
  '.vscode',
  'coverage',
  'integration',
]);
const settings = /^(\.|tsconfig|eslint)/;
const kept = /^(licen[cs]e|copying|notice|authors)/i;

export function prune(folder: string, architecture: Architecture, top = true): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name === 'node_modules') continue;
      // Deeper down such a name is part of the program: yaml/dist/doc.
      if ((top && unreadFolders.has(entry.name)) || isForOthers(path, architecture)) rmSync(path, { recursive: true });
      else prune(path, architecture, false);
    } else if (
      ((unread.test(entry.name) || settings.test(entry.name)) && !kept.test(entry.name)) ||
      // A site of the package's own documentation, which asks others for its scripts.
      (top && entry.name === 'index.html') ||
      isForOthers(path, architecture)
    )
      rmSync(path);
  }
}

/** Builds for other computers, in packages that carry all of them; sources that an addon was compiled from. */
function isForOthers(path: string, { npm: cpu }: Architecture): boolean {
  const onnx = /onnxruntime-node\/bin\/napi-v\d+\/(\w+)(?:\/(\w+))?$/.exec(path);
  if (onnx !== null) return onnx[1] !== 'linux' || (onnx[2] !== undefined && onnx[2] !== cpu);
  const serial = /bindings-cpp\/prebuilds\/([^/]+)(?:\/(.+))?$/.exec(path);
  if (serial !== null) return serial[1] !== `linux-${cpu}` || (serial[2]?.includes('musl') ?? false);
  const bare = /\/bare-[\w-]+\/prebuilds$/.test(path);
  // Beside koffi's sources lies a little of what it runs with.
  const koffi = /\/koffi\/(vendor|lib|src\/koffi\/src\/.*\.(?!c?js$)\w+)$/.test(path);
  return bare || koffi || /\/(better-sqlite3|epoll)\/(deps|src)$/.test(path);
}

/** Bytes of all files below a folder; a link counts nothing. */
export function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
