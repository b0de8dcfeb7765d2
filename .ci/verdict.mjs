// Adds up what the suite said. A file that failed is run again, alone, to tell what kind of failure it is: what passes then is flaky, what
// fails again is broken. Either is a failure, and both outputs are shown.
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

const flaky = [];
for (const result of failedFiles) {
  const file = relative(process.cwd(), result.name);
  console.log(`\nfailed: ${file}\nits output in the suite:`);
  if (result.message) console.log(result.message);
  for (const { fullName, failureMessages } of failedTests(result))
    console.log([fullName, ...failureMessages].join('\n'));
  console.log('once more, alone:');
  // It writes its results over those of the suite, which are read already.
  const { status } = spawnSync('npx', ['--no-install', 'vitest', 'run', file], { stdio: 'inherit' });
  if (status === 0) flaky.push(file);
  console.log(status === 0 ? `flaky: ${file}` : `failed again: ${file}`);
}

if (flaky.length > 0)
  console.log(`\nflaky: failed beside others, passed alone:${flaky.map((file) => `\n  ${file}`).join('')}`);
console.log(`${suite.numPassedTests} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
