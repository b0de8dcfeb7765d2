/**
 * `npm run package`: builds packages of both programs for both kinds of computers into `packages/`. Arguments choose: a program, an
 * architecture, `--check` (installs and runs what was built, in folders of its own), `--npm` (npm tarballs alone).
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { releaseComment } from '@pitwall/runtime';
import { glibcOf } from './addons.js';
import { check } from './check.js';
import { command } from './command.js';
import { buildDeb } from './deb.js';
import { signer } from './minisign.js';
import { sizeOf } from './node-modules.js';
import { npmTarballs } from './npm-tarballs.js';
import { type Architecture, architectures, type Program, programs } from './programs.js';
import { type Built, nativeFiles, normalize, stage, tarball, writeManifest } from './stage.js';

const repository = resolve(import.meta.dirname, '../../..');
const words = process.argv.slice(2);
const flags = new Set(words.filter((word) => word.startsWith('--')));
const chosen = (name: string) => words.includes(name);
const known = [...programs.map(({ name }) => name), ...architectures.map(({ debian }) => debian), '--check', '--npm'];
const wrong = words.filter((word) => !(known as string[]).includes(word) && !word.startsWith('--out='));
if (wrong.length > 0) {
  console.error(`Usage: npm run package [-- PROGRAM… ARCHITECTURE… --npm --check --out=FOLDER]\n${known.join(', ')}`);
  process.exit(2);
}
const some = <T>(all: readonly T[], name: (one: T) => string): readonly T[] => {
  const named = all.filter((one) => chosen(name(one)));
  return named.length > 0 ? named : all;
};

const needed = ['dpkg-deb', 'readelf', ...some(architectures, ({ debian }) => debian).map(({ gnu }) => `${gnu}-g++`)];
const missing = needed.filter((name) => !existsSync(join('/usr/bin', name)));
if (missing.length > 0) {
  console.error(
    `NOT BUILT: ${missing.join(', ')} missing (Debian: dpkg binutils g++ g++-aarch64-linux-gnu g++-x86-64-linux-gnu).`,
  );
  process.exit(1);
}
for (const [built, how] of [
  ['agent/dist/main.js', 'npm run build'],
  ['controller/web/dist/index.html', 'npm run build'],
  ['controller/web/help/index.html', 'npm run docs'],
] as const)
  if (!existsSync(join(repository, built))) {
    console.error(`NOT BUILT: ${built} is missing; first: ${how}`);
    process.exit(1);
  }

const out = resolve(
  words.find((word) => word.startsWith('--out='))?.slice('--out='.length) ?? join(repository, 'packages'),
);
const cache = join(repository, 'node_modules/.cache/pitwall/package');
const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string };
const key = process.env.PITWALL_SIGNING_KEY;
const signing = key === undefined ? undefined : signer(readFileSync(key, 'utf8'));
const built: Built = {
  repository,
  publicKey: signing?.publicKey,
  cache,
  version,
  // reproducible-builds.org: the time of the last commit, or what the environment says.
  seconds: Number(
    process.env.SOURCE_DATE_EPOCH ?? command('git', ['log', '-1', '--format=%ct'], { cwd: repository }).trim(),
  ),
};
mkdirSync(out, { recursive: true });
let good = true;
const row = (name: string, value: string, ok = true) => {
  good &&= ok;
  console.log(`${ok ? 'ok    ' : 'MISSED'}  ${name.padEnd(62)} ${value}`);
};
const megabytes = (bytes: number) => Math.ceil(bytes / 1e6);

/** Both kinds of package of one program for one kind of computer, in a folder. */
function build(program: Program, architecture: Architecture, to: string): void {
  const folder = `${program.name}-${version}-linux-${architecture.npm}`;
  const staged = join(cache, 'stage', folder);
  stage(built, program, architecture, staged);
  const installed = sizeOf(staged);
  const glibc = glibcOf(nativeFiles(staged));
  const deb = buildDeb(built, program, architecture, staged, to);
  const { packed, installed: most } = program.most;
  row(basename(deb), `${megabytes(statSync(deb).size)} MB, ≤ ${packed}`, statSync(deb).size <= packed * 1e6);
  row('  installed', `${megabytes(installed)} MB, ≤ ${most}`, installed <= most * 1e6);
  row('  glibc', `${glibc}, ≤ ${program.glibc}`, minor(glibc) <= minor(program.glibc));
  const installer = join(repository, 'firmware-config/portable', `${program.name}-install`);
  if (existsSync(installer)) cpSync(installer, join(staged, `${program.name}-install`));
  writeManifest(staged);
  normalize(staged, built.seconds);
  const archive = join(to, `${folder}.tar.gz`);
  tarball(join(cache, 'stage'), folder, archive, built.seconds);
  row(basename(archive), `${megabytes(statSync(archive).size)} MB`);
  rmSync(`${archive}.minisig`, { force: true });
  // By which a car takes it as an update.
  if (signing !== undefined && program.name === 'pitwall-agent') {
    const comment = releaseComment({ version, architecture: architecture.npm });
    writeFileSync(`${archive}.minisig`, signing.sign(readFileSync(archive), comment));
  }
  rmSync(staged, { recursive: true });
}
const minor = (version: string) => Number(version.split('.')[1]);

/** Builds the agent for this computer once more: the same bytes. */
function buildAgain(): void {
  const again = join(cache, 'again');
  rmSync(again, { recursive: true, force: true });
  mkdirSync(again);
  const here = architectures.find(({ npm }) => npm === process.arch);
  if (here === undefined) return;
  build(programs[0]!, here, again);
  for (const file of readdirSync(again)) {
    const same = readFileSync(join(again, file)).equals(readFileSync(join(out, file)));
    row(`${file}, built again`, same ? 'the same bytes' : 'other bytes', same);
  }
  rmSync(again, { recursive: true });
}

if (!flags.has('--npm'))
  for (const program of some(programs, ({ name }) => name))
    for (const architecture of some(architectures, ({ debian }) => debian)) build(program, architecture, out);
for (const file of npmTarballs(repository, out)) row(file, `${megabytes(statSync(join(out, file)).size)} MB`);

const sums = readdirSync(out)
  .filter((name) => /\.(deb|tgz|tar\.gz)$/.test(name))
  .sort()
  .map(
    (name) =>
      `${createHash('sha256')
        .update(readFileSync(join(out, name)))
        .digest('hex')}  ${name}\n`,
  )
  .join('');
writeFileSync(join(out, 'SHA256SUMS.new'), sums);
renameSync(join(out, 'SHA256SUMS.new'), join(out, 'SHA256SUMS'));
rmSync(join(out, 'SHA256SUMS.minisig'), { force: true });
if (signing === undefined)
  console.log('NOT SIGNED: PITWALL_SIGNING_KEY names no file with an Ed25519 key (docs/install.md).');
else {
  const { publicKey, sign } = signing;
  writeFileSync(join(out, 'SHA256SUMS.minisig'), sign(Buffer.from(sums), `pitwall ${version}`));
  row('SHA256SUMS.minisig', `minisign -Vm SHA256SUMS -P ${publicKey}`);
}
if (flags.has('--check')) {
  buildAgain();
  good = (await check(out, version)) && good;
}
process.exit(good ? 0 : 1);
