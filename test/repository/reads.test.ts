import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A read that takes the connection that writes, and so waits for whoever's commit is under way. */
const reads = /(this\.#db|\.as<\w+>\(\))\s*\.selectFrom\(\s*'(\w+)'/g;
/** Of a class that only reads. */
const onlyReads = /get #db\(\)[^{]*\{\s*return this\.[#.\w]+\.reading</;

/** What reads there nevertheless: file and table, and why. */
const others: Readonly<Record<string, string>> = {
  'controller/src/submissions/queue.ts submissions': 'who sweeps wants the newest leases, and writes next',
  'controller/src/submissions/registrar.ts submissions': 'looks for work, and writes next',
  'controller/src/leaderboard/webhooks.ts leaderboard_webhooks': 'looks for work, and writes next',
  'controller/src/leaderboard/racers.ts leaderboard_boards': 'goes through all boards to write to each',
  'controller/src/forwarding/forwarder.ts forwarding_deliveries': 'looks for work, and writes next',
  'controller/src/race/log/race-logs.ts races': 'of the only writer of race logs, at its start',
  'controller/src/race/log/race-logs.ts race_log': 'of the only writer of race logs, when it loads one',
  'controller/src/race/cars/e-stops.ts car_e_stops': 'once, at the start',
};

it('what is only read is read by store.reading, not by store.as', () => {
  const files = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', 'controller/src'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  )
    .split('\0')
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(100);
  const found = files.flatMap((file) => {
    const text = readFileSync(`${root}/${file}`, 'utf8');
    return [...text.matchAll(reads)]
      .filter(([, from]) => from !== 'this.#db' || !onlyReads.test(text))
      .map(([, , table]) => `${file} ${table}`);
  });
  expect(found.filter((one) => !Object.hasOwn(others, one))).toEqual([]);
  expect(Object.keys(others).filter((one) => !found.includes(one))).toEqual([]);
});
