import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../.ci/verdict.mjs', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-verdict-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Result {
  readonly file: string;
  readonly passed?: string[];
  readonly failed?: Record<string, string>;
  /** Failed outside its tests, with these words. */
  readonly message?: string;
}

/** What vitest's JSON reporter writes (as Jest's): github.com/vitest-dev/vitest, `packages/vitest/src/node/reporters/json.ts`. */
function written(results: readonly Result[], success: boolean) {
  const testResults = results.map(({ file, passed = [], failed = {}, message = '' }) => ({
    name: join(folder, file),
    status: message !== '' || Object.keys(failed).length > 0 ? 'failed' : 'passed',
    message,
    assertionResults: [
      ...passed.map((fullName) => ({ fullName, status: 'passed', failureMessages: [] })),
      ...Object.entries(failed).map(([fullName, why]) => ({ fullName, status: 'failed', failureMessages: [why] })),
    ],
  }));
  const count = (status: string) =>
    testResults.flatMap((one) => one.assertionResults).filter((one) => one.status === status).length;
  return { success, numPassedTests: count('passed'), numFailedTests: count('failed'), testResults };
}

/** The script on these results; a file that is run again says so, and fails if it is in `failsAgain`. */
function verdict(results: readonly Result[], { success = false, failsAgain = [] as string[] } = {}) {
  const npx = join(folder, 'npx');
  writeFileSync(
    npx,
    `#!/bin/sh\necho "second output of $4"\ncase " ${failsAgain.join(' ')} " in *" $4 "*) exit 1 ;; esac\n`,
  );
  chmodSync(npx, 0o755);
  const file = join(folder, 'results.json');
  writeFileSync(file, JSON.stringify(written(results, success)));
  const { status, stdout } = spawnSync(process.execPath, [script, file], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` },
  });
  return { status, lines: stdout.trimEnd().split('\n') };
}

describe('what the suite came to', () => {
  it('is green when all passed, and runs nothing again', () => {
    const { status, lines } = verdict([{ file: 'a.test.ts', passed: ['one', 'two'] }], { success: true });
    expect(lines).toEqual(['2 passed, 0 failed']);
    expect(status).toBe(0);
  });

  it('calls flaky what passes alone, shows all outputs, and names it at the end', () => {
    const { status, lines } = verdict([
      { file: 'a.test.ts', passed: ['one'], failed: { 'a race ends': 'Error: expected 3 laps, had 2' } },
      { file: 'b.test.ts', passed: ['three'] },
    ]);
    expect(lines).toEqual([
      '',
      'failed: a.test.ts',
      'its output in the suite:',
      'a race ends',
      'Error: expected 3 laps, had 2',
      'once more, alone:',
      'second output of a.test.ts',
      'flaky: a.test.ts',
      '',
      'flaky: failed beside others, passed alone:',
      '  a.test.ts',
      '3 passed, 0 failed',
    ]);
    expect(status).toBe(0);
  });

  it('is red where more than two files are flaky', () => {
    const flaky = (count: number) =>
      verdict(Array.from({ length: count }, (_, at) => ({ file: `${at}.test.ts`, failed: { one: 'Error: late' } })));
    expect(flaky(2).lines.at(-1)).toBe('2 passed, 0 failed');
    const { status, lines } = flaky(3);
    expect(lines.at(-1)).toBe('0 passed, 3 failed');
    expect(status).toBe(1);
  });

  it('says what failed twice, apart from what is flaky', () => {
    const { status, lines } = verdict(
      [
        { file: 'a.test.ts', failed: { one: 'Error: 1', two: 'Error: 2' } },
        { file: 'b.test.ts', failed: { three: 'Error: 3' } },
      ],
      { failsAgain: ['a.test.ts'] },
    );
    expect(lines).toContain('failed again: a.test.ts');
    expect(lines).not.toContain('flaky: a.test.ts');
    expect(lines.slice(-3)).toEqual([
      'flaky: failed beside others, passed alone:',
      '  b.test.ts',
      '1 passed, 2 failed',
    ]);
    expect(status).toBe(1);
  });

  it('counts a file that failed outside its tests, and shows why', () => {
    const { status, lines } = verdict([{ file: 'a.test.ts', message: 'Error: Cannot find module x' }], {
      failsAgain: ['a.test.ts'],
    });
    expect(lines).toContain('Error: Cannot find module x');
    expect(lines.at(-1)).toBe('0 passed, 1 failed');
    expect(status).toBe(1);
  });

  it('counts a suite that failed outside all files', () => {
    const { status, lines } = verdict([{ file: 'a.test.ts', passed: ['one'] }]);
    expect(lines).toEqual(['1 passed, 1 failed']);
    expect(status).toBe(1);
  });
});
