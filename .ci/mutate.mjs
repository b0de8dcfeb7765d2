// Mutation testing of the rules of racing and ranking by protocol's own tests: `npm run mutate [-- src/race/run.ts …]`, from
// protocol/. Stryker is 150 packages that nothing else needs: it is installed by this command, beside the caches, and not in CI.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// 10 wants Node 22.
const version = '9.6.1';
const root = join(import.meta.dirname, '..');
const tools = join(root, 'node_modules', '.cache', 'pitwall', 'stryker');
const report = join(tools, 'report.json');
const least = 85;

function run(command, args, cwd, env = {}) {
  const done = spawnSync(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

const runner = join(tools, 'node_modules', '@stryker-mutator', 'vitest-runner');
if (!existsSync(runner)) {
  mkdirSync(tools, { recursive: true });
  writeFileSync(join(tools, 'package.json'), '{ "private": true }');
  const packages = ['core', 'vitest-runner'].map((name) => `@stryker-mutator/${name}@${version}`);
  // Without its peers: the Vitest that it runs is ours, found above it.
  run('npm', ['install', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund', ...packages], tools);
}

/** The mutants of some files, and what became of each. */
function mutate(folder, files) {
  const config = join(tools, 'stryker.config.json');
  const options = {
    mutate: files,
    testRunner: 'vitest',
    plugins: [join(runner, 'dist', 'src', 'index.js')],
    vitest: { configFile: 'testing/mutation.config.ts', related: true },
    reporters: ['clear-text', 'json'],
    jsonReporter: { fileName: report },
    clearTextReporter: { allowColor: false, logTests: false, allowEmojis: false },
    allowConsoleColors: false,
    concurrency: 1,
    timeoutMS: 10_000,
    tempDirName: '.stryker-tmp',
    // The copy lies in protocol/, whose tsconfig.json serves it too: its own would look for ours in the wrong folder.
    ignorePatterns: ['dist', 'runtime', 'node_modules', '**/tsconfig.json'],
  };
  writeFileSync(config, JSON.stringify(options));
  const stryker = join(tools, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
  run(process.execPath, [stryker, 'run', config], join(root, 'protocol'), { PITWALL_MUTATE: folder });
  return Object.values(JSON.parse(readFileSync(report, 'utf8')).files).flatMap(({ mutants }) => mutants);
}

const given = process.argv.slice(2);
let isEnough = true;
for (const folder of ['ranking', 'race']) {
  const files = given.filter((file) => file.startsWith(`src/${folder}/`));
  if (given.length > 0 && files.length === 0) continue;
  const mutants = mutate(folder, files.length > 0 ? files : [`src/${folder}/**/*.ts`, '!src/**/*.test.ts']);
  const count = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
  // Of those that a test could notice: one that does not compile or run is none.
  const noticed = count('Killed', 'Timeout');
  const all = noticed + count('Survived', 'NoCoverage');
  const percent = all === 0 ? 100 : (100 * noticed) / all;
  console.log(`${folder}: ${noticed} of ${all} mutants noticed, ${percent.toFixed(1)} %`);
  if (given.length === 0 && percent < least) isEnough = false;
}
if (!isEnough) {
  console.error(`Less than ${least} %: read what survived above, and add the test that notices it.`);
  process.exit(1);
}
