// What the project takes from others, judged by its lock file: under which licence, with which proof of what it is, and what may run
// at installation. Pure: `licences.mjs` and `audit.mjs` print it.

/** Licences that let Pitwall be given on under Apache-2.0, its users' own programs untouched. */
const free = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
]);
/** Free for whoever uses them as they are: changes to their own files would have to be given on. Nothing of theirs is changed here. */
const asTheyAre = new Set(['LGPL-3.0-or-later', 'MPL-2.0']);
/** Whose package says no licence, and which one its own files say. */
const said = { nanotimer: 'MIT', temporal: 'MIT' };

const nameOf = (path) => path.split('node_modules/').at(-1);

/** Whether an SPDX expression of names joined by OR and AND allows it. */
export function mayBeUsed(licence) {
  const bare = licence.replaceAll(/[()]/g, '');
  const one = (name) => free.has(name.trim()) || asTheyAre.has(name.trim());
  if (/\bOR\b/.test(bare) && /\bAND\b/.test(bare)) return false;
  return /\bOR\b/.test(bare) ? bare.split(' OR ').some(one) : bare.split(' AND ').every(one);
}

/** Every package of others in the lock file, by name. */
export function packagesOf(lock) {
  return Object.entries(lock.packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && !link)
    .map(([path, { version, license, integrity, hasInstallScript = false, dev = false }]) => {
      const name = nameOf(path);
      return { name, version, licence: license ?? said[name] ?? 'none said', integrity, hasInstallScript, dev };
    })
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** What must not be, a sentence each. `allowed`: what package.json says of scripts at installation. */
export function supplyFaults(lock, allowed) {
  return packagesOf(lock).flatMap(({ name, version, licence, integrity, hasInstallScript }) => {
    const of = `${name} ${version}`;
    const faults = [];
    if (!mayBeUsed(licence))
      faults.push(
        `${of} has the licence ${licence}: look whether it may be given on, and say so in .ci/supply.mjs, or do without it.`,
      );
    if (!/^sha512-/.test(integrity ?? ''))
      faults.push(`${of} has no SHA-512 in package-lock.json: nothing proves what is installed. Install it anew.`);
    if (hasInstallScript && !(name in allowed))
      faults.push(
        `${of} runs a script when it is installed: allow or forbid it by name in package.json (allowScripts).`,
      );
    return faults;
  });
}

/** What an audit found and nobody accepted, a sentence each; and what was accepted and is not found any more. */
export function auditFaults(report, accepted) {
  const found = new Map();
  for (const { via } of Object.values(report.vulnerabilities ?? {}))
    for (const one of via) if (typeof one === 'object') found.set(String(one.url).split('/').at(-1), one);
  const open = [...found].filter(([id]) => !(id in accepted));
  const past = Object.keys(accepted).filter((id) => !found.has(id));
  return [
    ...open.map(
      ([id, { name, range, severity, title }]) =>
        `${id}: ${severity}, ${name} ${range}: ${title}. Bring it up to date, or accept it with a reason in .ci/accepted-findings.json.`,
    ),
    ...past.map((id) => `${id} is accepted in .ci/accepted-findings.json, and nothing has it any more: take it out.`),
  ];
}
