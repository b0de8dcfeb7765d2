import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Release } from '@pitwall/protocol/messages';
import { releaseComment, releaseFile } from '@pitwall/runtime';
import { command } from '../package/command.js';
import { type Signer, signer } from '../package/minisign.js';
import { programs } from '../package/programs.js';
import { launcher, writeManifest } from '../package/stage.js';

const repository = resolve(import.meta.dirname, import.meta.url.includes('/dist/') ? '../../..' : '../..');
const [program] = programs;

/** A key to sign with, made anew. */
export function newSigner(): Signer {
  return signer(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
}

export interface Packed {
  readonly archive: string;
  /** Text of its `.minisig`. */
  readonly signature: string;
  readonly release: Release;
}

export interface Packing {
  readonly architecture?: string;
  /** Done to the unpacked version before its MANIFEST is written. */
  readonly change?: (tree: string) => void;
  /** Done to it after that. */
  readonly harm?: (tree: string) => void;
}

/**
 * The agent of this tree as a package lays it, under another version number: what is built is copied, and Node and the modules of others are
 * links to those that run this test.
 */
export function layAgent(tree: string, version: string, { architecture = process.arch, change }: Packing = {}): string {
  const app = join(tree, 'app');
  const put = (file: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), text, { mode });
  };
  for (const file of program!.files)
    if (file !== 'package.json' && file !== 'agent/models/README.md')
      cpSync(join(repository, file), join(app, file), {
        recursive: true,
        filter: (path) => !/\.(d\.ts|map|tsbuildinfo)$/.test(path),
      });
  const manifest = JSON.parse(readFileSync(join(repository, 'agent/package.json'), 'utf8')) as object;
  put('app/agent/package.json', JSON.stringify({ ...manifest, version }));
  linkModules(join(app, 'node_modules'));
  put('bin/node', `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, 0o755);
  put('bin/pitwall-agent', launcher(repository, program!, version), 0o755);
  put('ARCHITECTURE', `${architecture}\n`);
  change?.(tree);
  writeManifest(tree);
  return tree;
}

/** A signed archive of it, in a folder. */
export function packAgent(folder: string, version: string, by: Signer, packing: Packing = {}): Packed {
  const { architecture = process.arch } = packing;
  const name = { version, architecture };
  const archive = join(folder, releaseFile(name));
  const tree = join(folder, basename(archive, '.tar.gz'));
  layAgent(tree, version, packing);
  packing.harm?.(tree);
  command('tar', ['-czf', archive, '-C', folder, basename(tree)]);
  rmSync(tree, { recursive: true });
  return signed(archive, by.sign(readFileSync(archive), releaseComment(name)), name);
}

export function signed(archive: string, signature: string, name: { version: string; architecture: string }): Packed {
  writeFileSync(`${archive}.minisig`, signature);
  return { archive, signature, release: { ...name, bytes: statSync(archive).size, signature } };
}

/** As node resolves them: links to the repository's, but our own packages, which are this tree's. */
function linkModules(modules: string): void {
  const from = join(repository, 'node_modules');
  mkdirSync(join(modules, '@pitwall'), { recursive: true });
  for (const name of readdirSync(from))
    if (name !== '@pitwall' && !name.startsWith('.')) symlinkSync(join(from, name), join(modules, name));
  for (const [name, path] of [
    ['protocol', 'protocol'],
    ['runtime', 'protocol/runtime'],
    ['firmware-config', 'firmware-config'],
  ] as const)
    symlinkSync(join('../..', path), join(modules, '@pitwall', name));
}

/** Has another command `run`. */
export const instead = (text: string) => (tree: string) =>
  writeFileSync(join(tree, 'app/agent/dist/commands/run.js'), text);
