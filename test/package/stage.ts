import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { compileAddon, strip } from './addons.js';
import { command } from './command.js';
import { installModules, prune } from './node-modules.js';
import { nodeProgram } from './node-program.js';
import type { Architecture, Program } from './programs.js';
import { componentsOf, licences, sbom } from './sbom.js';

export interface Built {
  readonly repository: string;
  readonly cache: string;
  readonly version: string;
  /** The public key by which this build is signed; undefined: it is not. */
  readonly publicKey: string | undefined;
  /** Of every file in a package, s since 1970: the same source gives the same bytes. */
  readonly seconds: number;
}

/**
 * A program's own folder, the same in every kind of package: `bin/` (the command, Node), `app/` (as in the repository), `ARCHITECTURE`,
 * `sbom.cdx.json`, `LICENCES.txt`, `release.pub` (by which its updates must be signed), and `MANIFEST`: the SHA-256 of each file, by which an
 * installer knows that it is whole.
 */
export function stage(built: Built, program: Program, architecture: Architecture, folder: string): void {
  const { repository, cache, version, seconds, publicKey } = built;
  const node = nodeProgram(cache, architecture);
  const app = join(folder, 'app');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(app, { recursive: true });
  installModules(repository, app, program, architecture);
  for (const addon of program.addons) {
    const at = join(app, 'node_modules', addon.name, addon.file);
    mkdirSync(dirname(at), { recursive: true });
    cpSync(compileAddon(cache, join(repository, 'node_modules'), addon, architecture, node), at);
  }
  keepOnly(app, program);
  for (const file of program.files) {
    rmSync(join(app, file), { recursive: true, force: true });
    cpSync(join(repository, file), join(app, file), { recursive: true });
  }
  for (const own of ['protocol', 'firmware-config', program.workspace]) prune(join(app, own), architecture, false);
  mkdirSync(join(folder, 'bin'));
  cpSync(join(node, 'bin/node'), join(folder, 'bin/node'));
  for (const file of nativeFiles(folder)) strip(file, architecture);
  writeFileSync(join(folder, 'bin', program.command), launcher(repository, program, version));
  const components = componentsOf(app, node);
  writeFileSync(join(folder, 'sbom.cdx.json'), sbom(program, version, components, seconds));
  writeFileSync(join(folder, 'LICENCES.txt'), licences(program, components));
  if (publicKey !== undefined) writeFileSync(join(folder, 'release.pub'), `${publicKey}\n`);
  writeFileSync(join(folder, 'ARCHITECTURE'), `${architecture.npm}\n`);
  normalize(folder, seconds);
  writeManifest(folder);
  normalize(folder, seconds);
}

/** Of the workspaces npm laid manifests and commands; what a program does not run with goes. */
function keepOnly(app: string, { files }: Program): void {
  for (const name of readdirSync(app)) {
    if (name === 'node_modules' || files.some((file) => file === name || file.startsWith(`${name}/`))) continue;
    rmSync(join(app, name), { recursive: true });
  }
  // Links of npm to the workspaces; what they lead to is there, or they go.
  const links = join(app, 'node_modules/@pitwall');
  for (const name of readdirSync(links)) {
    const own = name === 'runtime' ? 'protocol/runtime' : name;
    if (!files.includes(`${own}/package.json`)) rmSync(join(links, name));
  }
}

/** The command of a program: of the agent what chooses its version, of the others what starts their own Node. */
export function launcher(repository: string, program: Program, version: string): string {
  const { command, flags, bin } = program;
  const own = join(repository, 'firmware-config/portable', command);
  const given = flags.map((flag) => `${flag} `).join('');
  if (existsSync(own)) return readFileSync(own, 'utf8').replaceAll('@FLAGS@', given).replaceAll('@VERSION@', version);
  return `#!/bin/sh
# Found through links (/usr/bin/${command}), it starts its own Node.
here=$(dirname "$(readlink -f "$0")")
exec "$here/node" ${given}"$here/../app/${bin}" "$@"
`;
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();

/** The SHA-256 of each file, by which an installer, and a car that takes it as an update, know that it is whole. */
export function writeManifest(folder: string): void {
  const lines = filesOf(folder)
    .filter((file) => file !== 'MANIFEST')
    .map(
      (file) =>
        `${createHash('sha256')
          .update(readFileSync(join(folder, file)))
          .digest('hex')}  ${file}\n`,
    );
  writeFileSync(join(folder, 'MANIFEST'), lines.join(''));
}

/** Modes and times that do not depend on who built it. */
export function normalize(folder: string, seconds: number): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) continue;
    const runs = entry.isDirectory() || isProgram(relative(folder, path));
    chmodSync(path, runs ? 0o755 : 0o644);
    utimesSync(path, seconds, seconds);
  }
  chmodSync(folder, 0o755);
  utimesSync(folder, seconds, seconds);
}

/** What is started by its path, in a staged program and in a package of it. */
const isProgram = (path: string): boolean => /^(usr\/lib\/[\w-]+\/)?(bin\/[\w-]+|[\w-]+-install)$/.test(path);

/** What of the staged program the dynamic linker loads. */
export const nativeFiles = (folder: string): string[] =>
  filesOf(folder)
    .filter((file) => /\.(node|so(\.[\d.]+)?)$/.test(file) || file === 'bin/node')
    .map((file) => join(folder, file));

/** A tar archive whose bytes follow from its content alone. */
export function tarball(parent: string, name: string, out: string, seconds: number): void {
  const tar = out.replace(/\.gz$/, '');
  command('tar', [
    '--sort=name',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    `--mtime=@${seconds}`,
    '--format=gnu',
    '-C',
    parent,
    '-cf',
    tar,
    name,
  ]);
  rmSync(out, { force: true });
  command('gzip', ['-n', '-9', tar]);
  if (statSync(out).size === 0) throw new Error(`${out} is empty.`);
}
