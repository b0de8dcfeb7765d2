import { errorCodes } from '@pitwall/protocol';

/** The documents that list what the code defines: file, and the text it must hold. `npm run docs` writes them. */
export const documents: Readonly<Record<string, () => string>> = {
  'docs/errors.md': () =>
    [
      '# Errors',
      '',
      'Every error that Pitwall reports has one of these codes: on the command line at the start of the line, over HTTP in',
      '`error.code`, in a car’s reply in `code`. The message beside it says what is wrong, where, and what to do.',
      '',
      '| code | meaning |',
      '|---|---|',
      ...Object.entries(errorCodes)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([code, meaning]) => `| \`${code}\` | ${meaning} |`),
      '',
    ].join('\n'),
};
