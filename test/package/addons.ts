import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { command } from './command.js';
import { type Addon, type Architecture, nodeVersion } from './programs.js';

/**
 * Compiles an addon that the npm registry has no build of, for the packaged Node (headers from its own package) and its kind of computer;
 * kept in the cache. `from`: a `node_modules` with the addon's sources and what its build needs.
 */
export function compileAddon(
  cache: string,
  from: string,
  { name, file }: Addon,
  architecture: Architecture,
  node: string,
): string {
  const { version } = JSON.parse(readFileSync(join(from, name, 'package.json'), 'utf8')) as { version: string };
  const compiler = `${architecture.gnu}-g++`;
  const made = command(compiler, ['-dumpfullversion']).trim();
  const built = join(cache, 'addons', `${name}-${version}-node${nodeVersion}-${architecture.debian}-gcc${made}.node`);
  if (existsSync(built)) return built;
  const folder = join(cache, 'compile', architecture.debian);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  for (const one of new Set([name, ...(name === 'epoll' ? ['nan', 'bindings', 'file-uri-to-path'] : [])]))
    cpSync(join(from, one), join(folder, 'node_modules', one), { recursive: true });
  const at = join(folder, 'node_modules', name);
  rmSync(join(at, 'build'), { recursive: true, force: true });
  command(process.execPath, [nodeGyp(), 'rebuild', '--release', `--arch=${architecture.npm}`, `--nodedir=${node}`], {
    cwd: at,
    env: {
      ...process.env,
      CC: `${architecture.gnu}-gcc`,
      CXX: compiler,
      // The same bytes wherever it is compiled.
      CFLAGS: `-ffile-prefix-map=${folder}=. -ffile-prefix-map=${node}=node`,
      CXXFLAGS: `-ffile-prefix-map=${folder}=. -ffile-prefix-map=${node}=node`,
      LDFLAGS: '-Wl,--build-id=none',
    },
  });
  strip(join(at, file), architecture);
  mkdirSync(dirname(built), { recursive: true });
  cpSync(join(at, file), built);
  rmSync(folder, { recursive: true });
  return built;
}

/** The one that npm itself brings. */
function nodeGyp(): string {
  const npm = process.env.npm_execpath ?? realpathSync(command('which', ['npm']).trim());
  return join(dirname(npm), '../node_modules/node-gyp/bin/node-gyp.js');
}

/** Takes away what only a debugger reads. */
export function strip(file: string, { gnu }: Architecture): void {
  command(`${gnu}-strip`, ['--strip-unneeded', file]);
}

/** Highest version of glibc that one of these files asks for, such as `2.28`. */
export function glibcOf(files: readonly string[]): string {
  const asked = files.flatMap((file) =>
    [...command('readelf', ['--version-info', '--wide', file]).matchAll(/GLIBC_(\d+)\.(\d+)/g)].map(
      ([, major, minor]) => [Number(major), Number(minor)] as const,
    ),
  );
  const [major, minor] = asked.sort((a, b) => b[0] - a[0] || b[1] - a[1])[0] ?? [2, 0];
  return `${major}.${minor}`;
}
