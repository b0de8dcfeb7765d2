import { readdirSync } from 'node:fs';
import type { Bench, Figure } from './report.js';

const notBenches = new Set([
  'run.js',
  'report.js',
  'bare-network.js',
  'leaderboard-fill.js',
  'people-fill.js',
  'race-log.js',
]);
const here = new URL('.', import.meta.url);
const names = readdirSync(here)
  .filter((file) => file.endsWith('.js') && !notBenches.has(file))
  .map((file) => file.slice(0, -'.js'.length))
  .sort();
const [name, ...flags] = process.argv.slice(2);
const json = flags.includes('--json');

if (name === undefined || !names.includes(name) || flags.some((flag) => flag !== '--json')) {
  console.error(`Usage: npm run bench -- NAME [--json]\nNAME is one of: ${names.join(', ')}`);
  process.exit(2);
}

const bench = (await import(new URL(`${name}.js`, here).href)) as Bench;
let missed = 0;
await bench.run((figure: Figure) => {
  if (!figure.ok) missed += 1;
  if (json) {
    console.log(JSON.stringify({ bench: name, ...figure }));
    return;
  }
  const compared =
    figure.ratio === undefined ? '' : `  ratio ${figure.ratio.toFixed(2)} to ${figure.baseline?.toPrecision(4)}`;
  console.log(
    `${figure.ok ? 'ok    ' : 'MISSED'}  ${figure.figure}: ${figure.value.toPrecision(4)} ${figure.unit}  (bar ${figure.bar})${compared}`,
  );
});
process.exit(missed === 0 ? 0 : 1);
