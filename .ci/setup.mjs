// Makes a clone ready: installs, builds, and with --test brings what the tests need. Quick when there is nothing to do.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { debianPackages, firmwareHex } from './needs.mjs';

const root = join(import.meta.dirname, '..');
process.chdir(root);
const forTests = process.argv.includes('--test');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Pitwall needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

/** Runs a command; its output is shown only when it fails. */
function run(what, command, args, options = {}) {
  console.log(`${what} …`);
  const begun = Date.now();
  const done = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 28, ...options });
  if (done.status !== 0) {
    console.error(`${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}`);
    console.error(`${what} failed: "${command} ${args.join(' ')}" (above is what it said).`);
    process.exit(1);
  }
  console.log(`${what}: done in ${Math.round((Date.now() - begun) / 1000)} s`);
}

function digest(paths) {
  const hash = createHash('sha256');
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort())
        if (name !== 'node_modules' && name !== 'dist') visit(join(path, name));
    } else hash.update(path).update(readFileSync(path));
  };
  paths.forEach(visit);
  return hash.digest('hex');
}

/** Does `work` only when the content of `paths` changed since it was last done in this clone. */
function whenChanged(name, paths, output, work) {
  const stamp = join('node_modules', '.cache', 'pitwall', name);
  const now = digest(paths);
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return;
  work();
  mkdirSync(join('node_modules', '.cache', 'pitwall'), { recursive: true });
  writeFileSync(stamp, now);
}

/**
 * Addons are compiled against the headers that came with this Node, where they did: nothing has to be fetched for it. Nor does
 * onnxruntime-node fetch what only graphics cards need; in .npmrc npm 11 would warn of its setting before our first line.
 */
const headers = join(dirname(process.execPath), '..');
const buildEnv = {
  ...process.env,
  ONNXRUNTIME_NODE_INSTALL: 'skip',
  ...(existsSync(join(headers, 'include', 'node', 'node_api.h')) ? { npm_config_nodedir: headers } : {}),
};

const npm = process.env.npm_execpath ? [process.execPath, [process.env.npm_execpath]] : ['npm', []];

whenChanged('install', ['package-lock.json', '.npmrc'], 'node_modules/.bin/tsc', () =>
  run(
    'Installing packages (the first time takes about two minutes)',
    npm[0],
    [...npm[1], 'ci', '--no-fund', '--no-audit'],
    { env: buildEnv },
  ),
);
const sources = ['protocol', 'protocol/runtime', 'firmware-config', 'agent', 'controller', 'test'];
whenChanged(
  'types',
  [
    'tsconfig.base.json',
    ...sources.flatMap((name) => [`${name}/src`, `${name}/tsconfig.json`]),
    'controller/web/src',
    'test',
  ],
  'controller/dist/main.js',
  () => run('Building', process.execPath, ['node_modules/typescript/bin/tsc', '-b']),
);
whenChanged('pages', ['controller/web', 'protocol/src', 'protocol/runtime/src'], 'controller/web/dist/index.html', () =>
  run('Building the pages', process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build'], {
    cwd: 'controller/web',
  }),
);

whenChanged(
  'help',
  ['docs', 'test/docs/help', 'README.md', 'CHANGELOG.md', 'firmware-config/README.md'],
  'controller/web/help/index.html',
  () => run('Building the help', process.execPath, ['test/dist/docs/help/write.js']),
);

if (forTests) {
  const missing = debianPackages.filter(({ has }) => !has.some((path) => existsSync(path)));
  if (missing.length > 0) {
    const names = missing.flatMap(({ packages }) => packages);
    if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      run('Looking up Debian packages', 'apt-get', ['update', '-q'], { env });
      run(`Installing ${names.join(' ')}`, 'apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], {
        env,
      });
    } else {
      for (const { packages, what } of missing)
        console.log(
          `Missing: ${packages.join(' ')} (${what}). Tests that need it are skipped; install it with: sudo apt-get install ${packages.join(' ')}`,
        );
    }
  }
  if (!existsSync(firmwareHex.path)) {
    const folder = join('node_modules', '.cache', 'pitwall');
    mkdirSync(folder, { recursive: true });
    run('Fetching the StandardFirmata firmware', npm[0], [
      ...npm[1],
      'pack',
      firmwareHex.package,
      '--pack-destination',
      folder,
    ]);
    const tarball = readdirSync(folder).find((name) => name.startsWith('avrgirl-arduino') && name.endsWith('.tgz'));
    const hex = execFileSync('tar', ['-xzOf', join(folder, tarball), firmwareHex.member]);
    writeFileSync(firmwareHex.path, hex);
  }
}
