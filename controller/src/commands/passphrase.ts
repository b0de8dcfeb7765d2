import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { PitwallError } from '@pitwall/protocol';

/**
 * A passphrase: the first line of a file, or asked for on the terminal, where it is not shown. It is no argument, for those are
 * read by everybody on the machine.
 * @param twice where a mistake would be found too late
 * @throws PitwallError `config-invalid`
 */
export async function passphraseFrom(file: string | undefined, { twice = false } = {}): Promise<string> {
  if (file !== undefined) return firstLine(file);
  if (!process.stdin.isTTY)
    throw new PitwallError(
      'config-invalid',
      'No terminal can ask for the passphrase: put it in a file and name it with --passphrase-file.',
    );
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  const ask = async (question: string): Promise<string> => {
    process.stderr.write(question);
    const answer = await terminal.question('');
    process.stderr.write('\n');
    return answer;
  };
  try {
    const passphrase = await ask('Passphrase: ');
    if (twice && (await ask('Once more: ')) !== passphrase)
      throw new PitwallError('config-invalid', 'The two passphrases are not the same.');
    return passphrase;
  } finally {
    terminal.close();
  }
}

function firstLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)[0] ?? '';
  } catch (cause) {
    throw new PitwallError(
      'config-invalid',
      `The passphrase cannot be read from ${file}: ${(cause as Error).message}.`,
      { cause },
    );
  }
}
