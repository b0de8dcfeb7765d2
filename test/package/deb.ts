import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { command } from './command.js';
import { sizeOf } from './node-modules.js';
import type { Architecture, Program } from './programs.js';
import { type Built, normalize } from './stage.js';

/** Builds a Debian package of a staged program in `out`; its file. */
export function buildDeb(
  built: Built,
  program: Program,
  architecture: Architecture,
  staged: string,
  out: string,
): string {
  const { repository, version, seconds, cache } = built;
  const { name, command: command_ } = program;
  const tree = join(cache, `deb-${name}-${architecture.debian}`);
  rmSync(tree, { recursive: true, force: true });
  const at = (...parts: string[]) => {
    const path = join(tree, ...parts);
    mkdirSync(join(path, '..'), { recursive: true });
    return path;
  };
  cpSync(staged, at('usr/lib', name), { recursive: true, verbatimSymlinks: true });
  symlinkSync(`../lib/${name}/bin/${command_}`, at('usr/bin', command_));
  const doc = join('usr/share/doc', name);
  writeFileSync(at(doc, 'copyright'), copyright(readFileSync(join(repository, 'LICENSE'), 'utf8'), program));
  writeFileSync(at(doc, 'changelog.gz'), gzipSync(changelog(program, version, seconds), { level: 9 }));
  writeFileSync(at('usr/share/lintian/overrides', name), overrides(program));
  const source = join(repository, 'firmware-config/debian', name);
  mkdirSync(join(tree, 'DEBIAN'));
  for (const script of readdirSync(source)) {
    if (script.endsWith('.service')) cpSync(join(source, script), at('usr/lib/systemd/system', script));
    else if (script.endsWith('.yaml')) cpSync(join(source, script), at('etc/pitwall', script));
    else
      writeFileSync(
        join(tree, 'DEBIAN', script),
        readFileSync(join(source, script), 'utf8').replaceAll('@VERSION@', version),
      );
  }
  normalize(tree, seconds);
  const kilobytes = Math.ceil(sizeOf(tree) / 1024);
  writeFileSync(join(tree, 'DEBIAN/control'), control(program, architecture, version, kilobytes));
  writeFileSync(join(tree, 'DEBIAN/md5sums'), md5sums(tree));
  normalize(tree, seconds);
  for (const file of readdirSync(join(tree, 'DEBIAN')))
    if (/^(pre|post)/.test(file)) chmodSync(join(tree, 'DEBIAN', file), 0o755);
  const deb = join(out, `${name}_${version}_${architecture.debian}.deb`);
  command('dpkg-deb', ['--root-owner-group', '-Zxz', '-z6', '--build', tree, deb], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(seconds), XZ_DEFAULTS: '--threads=1' },
  });
  rmSync(tree, { recursive: true });
  return deb;
}

const control = (
  { name, summary, description, glibc, recommends }: Program,
  { debian }: Architecture,
  version: string,
  kilobytes: number,
) => `Package: ${name}
Version: ${version}
Architecture: ${debian}
Maintainer: The Pitwall developers <pitwall@localhost.localdomain>
Installed-Size: ${kilobytes}
Depends: libc6 (>= ${glibc}), libstdc++6 (>= ${glibc === '2.28' ? '8' : '11'}), libgcc-s1
Recommends: ${recommends}
Section: misc
Priority: optional
Description: ${summary.replace('’', "'")}
${wrapped(description)}
`;

/** Lines of at most 79 characters, each begun with a space (deb-control(5)). */
const wrapped = (text: string): string => text.replace(/(.{1,77})(\s+|$)/g, ' $1\n').trimEnd();

function md5sums(tree: string): string {
  const files = command('find', ['usr', '-type', 'f', '-print'], { cwd: tree }).trim().split('\n').sort();
  return command('md5sum', files, { cwd: tree });
}

const copyright = (
  licence: string,
  { name }: Program,
) => `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Pitwall
Comment: /usr/lib/${name}/LICENCES.txt has the licences of everything of others inside, sbom.cdx.json beside it names it.

Files: *
Copyright: 2026 The Pitwall developers
License: Apache-2.0
 On Debian systems the text stands in /usr/share/common-licenses/Apache-2.0${licence.includes('Apache License') ? '' : ' (as amended)'}.
`;

const changelog = ({ name }: Program, version: string, seconds: number) => `${name} (${version}) stable; urgency=medium

  * See CHANGELOG.md of the repository.

 -- The Pitwall developers <pitwall@localhost.localdomain>  ${new Date(seconds * 1000).toUTCString().replace('GMT', '+0000')}
`;

/** What lintian says of every package that brings its own Node and modules; reasons stand in docs/install.md. */
const overrides = ({ name }: Program) =>
  [
    // The project has no address for mail.
    'bogus-mail-host',
    'bogus-mail-host-in-debian-changelog',
    'embedded-library',
    'embedded-javascript-library',
    'statically-linked-binary',
    'shared-library-is-executable',
    'shared-library-lacks-prerequisites',
    'library-not-linked-against-libc',
    'hardening-no-pie',
    'hardening-no-fortify-functions',
    'hardening-no-bindnow',
    'no-manual-page',
    'extra-license-file',
    'package-installs-nonbinary-perl-in-usr-lib-perl5',
    'executable-not-elf-or-script',
    'script-not-executable',
    'unusual-interpreter',
    'truetype-font-prohibits-installable-embedding',
    'package-contains-documentation-outside-usr-share-doc',
    'bad-whatis-entry',
    'custom-library-search-path',
  ]
    .map((tag) => `${name}: ${tag}\n`)
    .join('');
