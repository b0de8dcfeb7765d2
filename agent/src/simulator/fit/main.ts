/**
 * Fits the tyres to simtrace logs (.csv, .csv.gz) and checks them on others:
 *   node agent/dist/simulator/fit/main.js FIT.csv … --check CHECK.csv …
 * Prints the constants as they stand in physics-constants.ts, and the distance after one second for every log.
 */
import { basename } from 'node:path';
import { physicsConstants, positionErrors, quantile, readSimtrace } from '../index.js';
import { search } from './search.js';

const rounds = 14;
const files = process.argv.slice(2);
const split = files.indexOf('--check');
const fitFiles = split < 0 ? files : files.slice(0, split);
const checkFiles = split < 0 ? [] : files.slice(split + 1);
if (fitFiles.length === 0) {
  console.error('Usage: node agent/dist/simulator/fit/main.js FIT.csv … --check CHECK.csv …');
  process.exit(2);
}
const found = search(
  fitFiles.map((file) => readSimtrace(file).rows),
  physicsConstants,
  rounds,
  (round, loss) => console.error(`round ${round} of ${rounds}: ${loss.toFixed(4)} m`),
);
const lines = Object.entries(found).map(([name, value]) => `  ${name}: ${Number(value.toPrecision(4))},`);
console.log(`{\n${lines.join('\n')}\n}`);
const metres = (errors: number[]) =>
  `median ${quantile(errors, 0.5).toFixed(3)} m, 90% ${quantile(errors, 0.9).toFixed(3)} m`;
for (const file of fitFiles)
  console.log(`fitted   ${basename(file)}: ${metres(positionErrors(readSimtrace(file).rows, found))}`);
const all: number[] = [];
for (const file of checkFiles) {
  const errors = positionErrors(readSimtrace(file).rows, found);
  all.push(...errors);
  console.log(`checked  ${basename(file)}: ${metres(errors)}`);
}
if (all.length > 0) console.log(`checked  all ${checkFiles.length}: ${metres(all)}`);
