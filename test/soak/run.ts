import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** What the suite tries a few times, or with some thousand sequences, again and again: the same test, told how often. */
const soaks = {
  laps: { project: 'protocol', file: 'protocol/src/race/lap-properties.test.ts', sequences: 200_000, alone: false },
  // How many a second one process takes is part of what is shown.
  import: { project: 'test', file: 'test/model/mutated.test.ts', sequences: 20_000, alone: true },
  // A million of them; a real controller and real firmware have the machine for themselves.
  protocols: { project: 'test', file: 'test/protocols/protocols.test.ts', sequences: 1_000_000, alone: true },
  // Their processes take the machine for themselves.
  kills: { project: 'test', file: 'test/race-faults/kills.test.ts', sequences: 200, alone: true },
  forwarding: { project: 'test', file: 'test/leaderboard/forwarding.test.ts', sequences: 5000, alone: true },
  'second-opinion': { project: 'test', file: 'test/model/second-opinion.test.ts', sequences: 10_000, alone: true },
} as const;

const [name, given, ...rest] = process.argv.slice(2);
if (name === undefined || !Object.hasOwn(soaks, name) || !/^[1-9]\d*$/.test(given ?? '1') || rest.length > 0) {
  console.error(`Usage: npm run soak -- NAME [HOW-OFTEN]\nNAME is one of: ${Object.keys(soaks).join(', ')}`);
  process.exit(2);
}
const { project, file, alone, ...usual } = soaks[name as keyof typeof soaks];
const sequences = Number(given ?? usual.sequences);
const began = performance.now();
// Each process draws a seed of its own; together they try all sequences.
const processes = alone ? 1 : Math.min(availableParallelism(), Math.ceil(sequences / 1000));
const share = Math.ceil(sequences / processes);
const codes = await Promise.all(Array.from({ length: processes }, () => soak(share)));
console.log(`${name}: ${processes} × ${share} in ${Math.round((performance.now() - began) / 1000)} s`);
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
