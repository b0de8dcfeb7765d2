import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const sources = ['protocol/src', 'firmware-config/src', 'agent/src', 'controller/src', 'controller/web/src'];

/** Thousandths, or microseconds made seconds, as text: how a second way of writing a lap time begins. It would round. */
const rounds = /\.toFixed\(3\)|(?:1e6|1_000_000|1000000|1e3|1_?000)\)+\.toFixed\([^01]?\)/;

/** Where it is no time of a lap. */
const others: Readonly<Record<string, string>> = {
  'protocol/src/track/build.ts': 'metres',
  'agent/src/evaluation/track-map.ts': 'metres',
  'agent/src/simulator/fit/main.ts': 'metres',
  'agent/src/model/run/onnx-policy.ts': 'a sum of probabilities',
  'agent/src/commands/model.ts': 'multiplications',
  'agent/src/commands/simulate.ts': 'metres, and percent of a lap',
  'agent/src/commands/track.ts': 'metres',
};

it('no source writes a time of a lap by itself: lapTime of protocol/ranking does', () => {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', ...sources], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((file) => /\.tsx?$/.test(file) && !/\.(test|fixture)\.tsx?$/.test(file));
  expect(files.length).toBeGreaterThan(500);
  const found = new Map<string, string>();
  for (const file of files) {
    const line = readFileSync(`${root}${file}`, 'utf8')
      .split('\n')
      .find((text) => rounds.test(text));
    if (line !== undefined) found.set(file, line.trim());
  }
  const wrong = [...found].filter(([file]) => others[file] === undefined);
  expect(wrong, 'write times with lapTime, or say in this test why it is none').toEqual([]);
  expect(Object.keys(others).filter((file) => !found.has(file))).toEqual([]);
});
