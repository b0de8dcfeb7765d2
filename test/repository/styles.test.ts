import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const web = new URL('../../controller/web/', import.meta.url);
const sources = fileURLToPath(new URL('src/', web));
const styles = join(dirname(createRequire(web).resolve('@mantine/core/styles.css')), 'styles');
const loaded = readFileSync(join(sources, 'theme/mantine.ts'), 'utf8');

/** What each page takes from Mantine, and the page's own text: a part that is loaded later may bring its styles itself. */
const pages = readdirSync(sources, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.tsx'))
  .map((file) => readFileSync(join(sources, file), 'utf8'))
  .map((text) => ({
    text,
    used: [...text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)]
      .flatMap(([, names = '']) => names.split(','))
      .map((name) => name.replace('type ', '').trim()),
  }));

it('loads the styles of every component of Mantine that a page uses', () => {
  expect(pages.flatMap(({ used }) => used)).toContain('Button');
  const without = pages.flatMap(({ text, used }) =>
    used.filter((name) => {
      const file = `/${name}.layer.css`;
      return existsSync(join(styles, file)) && !loaded.includes(file) && !text.includes(file);
    }),
  );
  expect(without).toEqual([]);
});
