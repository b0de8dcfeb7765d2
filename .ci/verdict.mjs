// Adds up what the suite said. A file that failed is run again, alone, twice at most, to tell what kind of failure it is: what passes
// then is flaky, what never passes is broken. All outputs are shown. The suite shares its machine with strangers, and races in real time:
// so many flaky files stop nothing yet, each of them named at the end for somebody to mend; more of them are a failure.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [, , results] = process.argv;
const suite = JSON.parse(readFileSync(results, 'utf8'));
const failedFiles = suite.testResults.filter(({ status }) => status === 'failed');
const failedTests = ({ assertionResults }) => assertionResults.filter(({ status }) => status === 'failed');

let failed = suite.numFailedTests;
// A file can fail outside all its tests: in an import, or a hook. The suite can fail outside all files: an unhandled rejection.
failed += failedFiles.filter((file) => failedTests(file).length === 0).length;
if (!suite.success && failed === 0) failed = 1;

const mostFlaky = 2;
const flaky = [];
let flakyTests = 0;
for (const result of failedFiles) {
  const file = relative(process.cwd(), result.name);
  console.log(`\nfailed: ${file}\nits output in the suite:`);
  if (result.message) console.log(result.message);
  for (const { fullName, failureMessages } of failedTests(result))
    console.log([fullName, ...failureMessages].join('\n'));
  console.log('once more, alone:');
  // It writes its results over those of the suite, which are read already.
  const alone = () => spawnSync('npx', ['--no-install', 'vitest', 'run', file], { stdio: 'inherit' }).status;
  const status = alone() && alone();
  if (status === 0) {
    flaky.push(file);
    flakyTests += Math.max(1, failedTests(result).length);
  }
  console.log(status === 0 ? `flaky: ${file}` : `failed again: ${file}`);
}

if (flaky.length > 0)
  console.log(`\nflaky: failed beside others, passed alone:${flaky.map((file) => `\n  ${file}`).join('')}`);
const forgiven = flaky.length > mostFlaky ? 0 : flakyTests;
console.log(`${suite.numPassedTests + forgiven} passed, ${failed - forgiven} failed`);
process.exitCode = failed > forgiven ? 1 : 0;
