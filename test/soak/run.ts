import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

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
const began = performance.now();
// Each process draws a seed of its own; together they try all sequences.
const processes = Math.min(availableParallelism(), Math.ceil(Number(sequences) / 1000));
const share = Math.ceil(Number(sequences) / processes);
const codes = await Promise.all(Array.from({ length: processes }, () => soak(share)));
console.log(
  `${processes} × ${share} sequences of each property in ${Math.round((performance.now() - began) / 1000)} s`,
);
process.exit(codes.find((code) => code !== 0) ?? 0);

function soak(count: number): Promise<number> {
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', project, file, '--testTimeout', '0'];
  const child = spawn(process.execPath, vitest, {
    cwd: new URL('../../..', import.meta.url),
    env: { ...process.env, PITWALL_SEQUENCES: String(count) },
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
