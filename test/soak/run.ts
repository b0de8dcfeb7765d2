import { spawnSync } from 'node:child_process';

/** Properties that a suite tries with some thousand sequences, with many more. */
const soaks = {
  laps: { project: 'protocol', file: 'protocol/src/race/lap-properties.test.ts' },
} as const;

const [name, sequences = '200000', ...rest] = process.argv.slice(2);
if (name === undefined || !Object.hasOwn(soaks, name) || !/^[1-9]\d*$/.test(sequences) || rest.length > 0) {
  console.error(`Usage: npm run soak -- NAME [SEQUENCES]\nNAME is one of: ${Object.keys(soaks).join(', ')}`);
  process.exit(2);
}
const { project, file } = soaks[name as keyof typeof soaks];
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', project, file, '--testTimeout', '0'];
const { status } = spawnSync(process.execPath, vitest, {
  cwd: new URL('../../..', import.meta.url),
  env: { ...process.env, PITWALL_SEQUENCES: sequences },
  stdio: 'inherit',
});
process.exit(status ?? 1);
