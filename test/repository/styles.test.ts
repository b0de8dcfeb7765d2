import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const web = new URL('../../controller/web/', import.meta.url);
const sources = fileURLToPath(new URL('src/', web));
const styles = join(dirname(createRequire(web).resolve('@mantine/core/styles.css')), 'styles');
const loaded = readFileSync(join(sources, 'theme/mantine.ts'), 'utf8');

/** Names that pages take from Mantine. */
const used = new Set(
  readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.tsx'))
    .flatMap((file) => [
      ...readFileSync(join(sources, file), 'utf8').matchAll(/import \{([^}]*)\} from '@mantine\/core'/g),
    ])
    .flatMap(([, names = '']) => names.split(',').map((name) => name.replace('type ', '').trim())),
);

it('loads the styles of every component of Mantine that a page uses', () => {
  expect(used).toContain('Button');
  const styled = [...used].filter((name) => existsSync(join(styles, `${name}.layer.css`)));
  expect(styled.filter((name) => !loaded.includes(`/${name}.layer.css`))).toEqual([]);
});
