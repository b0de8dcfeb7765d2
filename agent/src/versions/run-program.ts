import { type SpawnOptions, spawn } from 'node:child_process';

export interface Ended {
  /** null: it was ended by a signal, or took too long. */
  readonly code: number | null;
  readonly said: string;
}

/** Runs a program to its end, or for so many ms. */
export function runProgram(
  program: string,
  args: readonly string[],
  { env, patience = 600_000 }: Pick<SpawnOptions, 'env'> & { patience?: number } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: patience,
      killSignal: 'SIGKILL',
      env,
    });
    let said = '';
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (text: Buffer) => {
        said = (said + text.toString()).slice(-20_000);
      });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, said: said.trim() }));
  });
}
