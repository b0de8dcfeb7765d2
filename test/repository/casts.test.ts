import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What says to the compiler that it is wrong, whatever it knows. */
const cast = /\bas (?:unknown as|never)\b/;

/** Where there is one nevertheless, each with its reason beside it. */
const others = ['agent/src/model/import/protobuf-message.ts', 'controller/src/store/other-tables.ts'];

it('shipped sources say of nothing that it is of any type that is wanted', () => {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((file) =>
      /^(protocol|protocol\/runtime|firmware-config|agent|controller|controller\/web)\/src\//.test(file),
    )
    .filter((file) => /\.tsx?$/.test(file) && !/\.(test|fixture)\.tsx?$/.test(file));
  expect(files.length).toBeGreaterThan(500);
  const found = files.filter((file) =>
    readFileSync(`${root}/${file}`, 'utf8')
      .split('\n')
      .some((line) => cast.test(line.replace(/'[^']*'|\/\/.*|\/?\*.*/g, ''))),
  );
  expect(found).toEqual(others);
});
