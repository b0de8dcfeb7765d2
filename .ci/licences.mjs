// `npm run licences`: under which licence each package of others is, what proves it, what runs at installation.
import { readFileSync } from 'node:fs';
import { packagesOf, supplyFaults } from './supply.mjs';

const read = (file) => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));
const lock = read('package-lock.json');
const { allowScripts } = read('package.json');
const packages = packagesOf(lock);
const byLicence = new Map();
for (const one of packages) byLicence.set(one.licence, [...(byLicence.get(one.licence) ?? []), one]);
for (const [licence, some] of [...byLicence].sort((a, b) => b[1].length - a[1].length)) {
  console.log(`${licence} (${some.length})`);
  for (const { name, version, dev } of some) console.log(`  ${name} ${version}${dev ? ' (to build and test)' : ''}`);
}
const scripts = packages
  .filter(({ hasInstallScript }) => hasInstallScript)
  .map(({ name }) => `${name}: ${allowScripts[name] ? 'runs' : 'does not run'}`);
console.log(`\nScripts at installation: ${scripts.join(', ')}.`);
const faults = supplyFaults(lock, allowScripts);
for (const fault of faults) console.error(fault);
console.log(`${packages.length} packages, ${faults.length} faults.`);
process.exitCode = faults.length === 0 ? 0 : 1;
