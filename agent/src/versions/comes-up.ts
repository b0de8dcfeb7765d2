import { join } from 'node:path';
import { PitwallError } from '@pitwall/protocol';
import { runProgram } from './run-program.js';

/** Node starts on a car's small computer in seconds, with only what the driving leaves. */
const patience = 120_000;

/**
 * Starts an unpacked version in a process of its own: it is the version that it says, its native parts load, and it can read this car's
 * configuration and load its model. Nothing of the car is touched.
 * @throws PitwallError `update-refused`
 */
export async function demandComesUp(tree: string, version: string, config: string | undefined): Promise<void> {
  const program = join(tree, 'bin/pitwall-agent');
  // It is to look, not to choose.
  const env = { ...process.env, PITWALL_PACKAGED: version };
  const refused = (said: string) =>
    new PitwallError('update-refused', `Version ${version} does not start on this car: ${gist(said)}`);
  const named = await runProgram(program, ['--version'], { env, patience }).catch((error: Error) => {
    throw refused(error.message);
  });
  if (named.code !== 0 || named.said !== version) throw refused(named.said || 'it says nothing');
  if (config === undefined) return;
  const looked = await runProgram(program, ['doctor', '--beside', '--config', config], { env, patience });
  if (looked.code !== 0) throw refused(looked.said || 'it took too long');
}

/** Of a stack trace its error, of a table all lines. */
const gist = (said: string): string =>
  (/^\w*Error.*: .*$/m.exec(said)?.[0] ?? said.trim().replaceAll(/\s*\n\s*/g, '; ')).slice(0, 1000);
