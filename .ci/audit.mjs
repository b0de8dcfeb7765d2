// `npm run audit`: what the registry knows against the packages that we use, less what was accepted with a reason. Where the registry does
// not answer, that is said, and it fails: no answer is no good answer.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { auditFaults } from './supply.mjs';

const { stdout, error } = spawnSync('npm', ['audit', '--json'], { encoding: 'utf8', maxBuffer: 2 ** 26 });
let report;
try {
  report = JSON.parse(stdout);
} catch {
  report = { message: error?.message ?? 'it said nothing that can be read' };
}
if (report.vulnerabilities === undefined) {
  console.error(
    `The registry does not tell what it knows against packages (${report.message ?? report.error?.summary ?? 'no reason given'}). Nothing was checked.`,
  );
  process.exitCode = 1;
} else {
  const accepted = JSON.parse(readFileSync(new URL('accepted-findings.json', import.meta.url), 'utf8'));
  const faults = auditFaults(report, accepted);
  for (const fault of faults) console.error(fault);
  console.log(`${Object.keys(accepted).length} findings are accepted, ${faults.length} are not.`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
