import { expect, it } from 'vitest';
import { errorLine, PitwallError } from './errors.js';

it('says a name from a file without what would change a terminal or forge another line', () => {
  const name = 'conv\u0000\u001b[2J\u202e\ninternal-error: all is well';
  const error = new PitwallError('graph-invalid', `Node "${name}" is missing.`, { cause: new Error('\u001b[1m why') });
  expect(error.message).toBe('Node "conv\ufffd\ufffd[2J\ufffd\ninternal-error: all is well" is missing.');
  expect(errorLine(error)).toBe(
    'graph-invalid: Node "conv\ufffd\ufffd[2J\ufffd internal-error: all is well" is missing. (cause: \ufffd[1m why)',
  );
});
