import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { type ErrorCode, errorCodes, PitwallError } from '@pitwall/protocol';
import { endingWithParent } from '@pitwall/runtime';

/** Of what it says on its error stream. */
const mostWords = 20_000;
/** However busy the machine is: three minutes of video take seconds, ms. */
const patienceMs = 3_600_000;

/**
 * Runs `pitwall-agent recording …` at the lowest priority: it takes what time of the processor is left.
 * @throws PitwallError as the agent says it; `output-failed` where it says nothing
 */
export async function recordingCommand(
  agent: readonly string[],
  args: readonly string[],
  { folder, signal }: { readonly folder: string; readonly signal: AbortSignal },
): Promise<void> {
  const [command, ...rest] = endingWithParent('KILL', [...agent, 'recording', ...args]) as [string, ...string[]];
  const child = spawn(command, rest, {
    cwd: folder,
    // Nothing of this process's: no secret, no database.
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: patienceMs,
    killSignal: 'SIGKILL',
    signal,
  });
  if (child.pid !== undefined) setPriority(child.pid, 19);
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (words.length < mostWords) words += text;
  });
  const [code, killed] = (await once(child, 'close')) as [number | null, string | null];
  if (code !== 0) throw refusalOf(words.replaceAll(`${folder}/`, ''), killed ?? `code ${code}`);
}

/** The agent's last word is `code: sentence`. */
function refusalOf(words: string, end: string): PitwallError {
  for (const line of words.trimEnd().split('\n').reverse()) {
    const [, code = '', sentence = ''] = /^([a-z-]+): (.*)$/.exec(line) ?? [];
    if (Object.hasOwn(errorCodes, code)) return new PitwallError(code as ErrorCode, sentence);
  }
  return new PitwallError('output-failed', `pitwall-agent ended with ${end}, and said nothing.`);
}
