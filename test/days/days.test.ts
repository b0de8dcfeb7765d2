import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { folder, MutatedCopy, mutants } from './mutants.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The command, in a process of its own: days need it for themselves. */
function days(...flags: string[]): { status: number | null; text: string } {
  const run = join(root, 'test/dist/days/run.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [run, ...flags], { encoding: 'utf8' });
  return { status, text: stdout === '' ? stderr : stdout };
}

describe('a simulated race day', () => {
  it('holds what is promised, on 20 of 20 minutes each', { timeout: 400_000 }, () => {
    const { status, text } = days('--seed', '1', '--days', '20', '--minutes', '20', '--no-shrink');
    expect(text).not.toContain('FOUND');
    expect(status).toBe(0);
    // Something was judged.
    const count = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1]);
    expect(count('crossings')).toBeGreaterThan(1000);
    expect(count('laps')).toBeGreaterThan(300);
    expect(count('pulses')).toBeGreaterThan(100_000);
    expect(count('happenings')).toBeGreaterThan(300);
  });

  it('is the same to the byte, alone and among others', () => {
    const alone = days('--seed', '4', '--minutes', '2', '--print').text;
    const others = days('--seed', '3', '--days', '2', '--minutes', '2', '--print').text;
    const printed = alone.slice(0, alone.indexOf('\ncrossings:'));
    expect(printed.split('\n').length).toBeGreaterThan(20);
    expect(others).toContain(printed);
  });

  it('refuses what is no number', () => {
    expect(days('--days', 'many')).toMatchObject({ status: 2, text: expect.stringContaining('Usage') });
  });
});

describe('a defect that is put back', () => {
  it.each(mutants)('%s still applies', (mutant) => {
    execFileSync('git', ['apply', '--check', join(folder, `${mutant}.patch`)], { cwd: root, stdio: 'pipe' });
  });

  it('is found', { timeout: 400_000 }, () => {
    const copy = new MutatedCopy();
    try {
      const { days: needed, finding } = copy.find('acknowledged-before-it-is-on-disk', { days: 10, minutes: 10 });
      expect(needed).toBeDefined();
      expect(finding).toContain('is acknowledged, and not on disk');
    } finally {
      copy.end();
    }
  });
});
