import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ErrorCode, errorCodes } from '@pitwall/protocol';
import { Evaluation, type EvaluationProgress } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { Confinement, Limits } from './confinement.js';
import type { EvaluationJob } from './job.js';

/** How an evaluation ended. `fault`: the model's, for good. `crash`: whatever else; trying again may help. */
export type AgentEnd =
  | { readonly type: 'done'; readonly evaluation: Evaluation; readonly folder: string }
  | { readonly type: 'fault'; readonly code: ErrorCode; readonly reason: string }
  | { readonly type: 'crash'; readonly reason: string };

export interface AgentOptions {
  /** The command that starts the agent, with what goes before its arguments. */
  readonly agent: readonly string[];
  readonly limits: Limits;
  /** How many checkpoints of a submission are driven at once, each in a process; absent: one. */
  readonly processes?: number;
  /** Asked for with each evaluation, so that a controller that evaluates nothing need not find out. */
  readonly confinement: () => Confinement;
  /** Where jobs have their folders. */
  readonly scratch?: string | undefined;
}

/** What a lap of `evaluate --progress` says. */
const ToldLap = z.object({
  checkpoint: z.number().int().positive(),
  checkpoints: z.number().int().positive(),
  lap: z.number().int().positive(),
  laps: z.number().int().positive(),
});

/** Codes that say something of the model, and the same on every machine. */
const modelFaults: ReadonlySet<string> = new Set([
  'archive-invalid',
  'archive-too-large',
  'checkpoint-unknown',
  'evaluation-empty',
  'graph-invalid',
  'graph-too-large',
  'graph-unsupported',
  'metadata-invalid',
  'observation-invalid',
  'output-invalid',
]);

/** So much of what it prints is kept, bytes. */
const mostOutput = 4_000_000;

const prefix = 'pitwall-evaluation-';

/** Forgets what workers of this machine left behind that were killed: their folders begin with their process's id. */
export async function forgetDead(scratch: string | undefined): Promise<void> {
  const root = scratch ?? tmpdir();
  const names = await readdir(root).catch(() => [] as string[]);
  for (const name of names) {
    const pid = Number(name.startsWith(prefix) ? /^\d+/.exec(name.slice(prefix.length))?.[0] : undefined);
    if (pid > 0 && !isAlive(pid)) await rm(join(root, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** A folder for one job, gone when the work is done. */
export async function inFolder<T>(scratch: string | undefined, work: (folder: string) => Promise<T>): Promise<T> {
  const root = scratch ?? tmpdir();
  await mkdir(root, { recursive: true });
  const folder = await mkdtemp(join(root, `${prefix}${process.pid}-`));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Runs `pitwall-agent evaluate` on an archive, confined, and reads what it found. Aborting ends it and everything that it
 * started; then its end says nothing.
 */
export async function runAgent(
  { agent, limits, confinement, processes = 1 }: AgentOptions,
  folder: string,
  {
    archive,
    job,
    uploadedTrack,
    signal,
    onProgress,
  }: {
    archive: AsyncIterable<Uint8Array>;
    job: EvaluationJob;
    /** The file of a track that does not come with the agent. */
    uploadedTrack?: string | undefined;
    signal: AbortSignal;
    onProgress: (progress: EvaluationProgress) => void;
  },
): Promise<AgentEnd> {
  const [file, rules, out] = ['model.tar.gz', 'rules.json', 'out'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await pipeline(Readable.from(archive), createWriteStream(file));
  await writeFile(rules, JSON.stringify(job.rules));
  const { trials, laps } = job.rules;
  const track = uploadedTrack === undefined ? job.track : join(folder, 'track.json');
  if (uploadedTrack !== undefined) await writeFile(track, uploadedTrack);
  const args = [file, '--track', track, '--rules', rules, '--trials', `${trials}`, '--laps', `${laps}`];
  const seed = ['--seed', `${job.seed}`, '--checkpoint', 'all', '--workers', `${processes}`];
  const how = [...seed, '--out', out, '--json', '--progress'];
  const [command, ...rest] = [...confinement().prefix, ...agent, 'evaluate', ...args, ...how];
  const child = spawn(command as string, rest, {
    cwd: folder,
    // Nothing of this process's: no secret, no database.
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let late = false;
  const kill = () => {
    // The whole group: the evaluation of each checkpoint is a process of its own.
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) killGroup(child.pid);
  };
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, limits.timeMs);
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  let said = '';
  const last: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (said.length < mostOutput) said += text;
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    const lap = toldLap(line);
    if (lap !== undefined) return onProgress(lap);
    last.push(line.slice(0, 1000));
    if (last.length > 20) last.shift();
  });
  try {
    const [code, killed] = (await once(child, 'close')) as [number | null, string | null];
    // What it left behind, where it died before its own processes.
    if (child.pid !== undefined) killGroup(child.pid);
    if (late)
      return {
        type: 'fault',
        code: 'evaluation-limit',
        reason: `The evaluation took longer than ${Math.round(limits.timeMs / 1000)} s: too many checkpoints, or too large a network.`,
      };
    return code === 0 ? read(said, out) : endOf(code, killed, last, folder);
  } catch (cause) {
    return { type: 'crash', reason: `The agent could not be started: ${(cause as Error).message}.` };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}

/** A lap that was driven, as the lap that is under way now. */
function toldLap(line: string): EvaluationProgress | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { checkpoint, checkpoints, lap, laps } = ToldLap.parse(JSON.parse(line));
    const over = lap >= laps;
    return {
      checkpoint: over ? Math.min(checkpoint + 1, checkpoints) : checkpoint,
      checkpoints,
      lap: over && checkpoint < checkpoints ? 1 : Math.min(lap + 1, laps),
      laps,
    };
  } catch {
    return undefined;
  }
}

function read(said: string, folder: string): AgentEnd {
  try {
    return { type: 'done', evaluation: Evaluation.parse(JSON.parse(said)), folder };
  } catch {
    return { type: 'crash', reason: 'What the evaluation printed is no evaluation.' };
  }
}

/** The agent's last word is `code: sentence`; without one, it was ended from outside or by a limit. */
function endOf(code: number | null, killed: string | null, last: readonly string[], folder: string): AgentEnd {
  for (const line of [...last].reverse()) {
    const [, known = '', sentence = ''] = /^([a-z-]+): (.*)$/.exec(line) ?? [];
    if (!Object.hasOwn(errorCodes, known)) continue;
    // A racer need not know where a worker keeps its files.
    const reason = sentence.replaceAll(`${folder}/`, '');
    return modelFaults.has(known)
      ? { type: 'fault', code: known as ErrorCode, reason }
      : { type: 'crash', reason: `The evaluation ended: ${reason}` };
  }
  return {
    type: 'crash',
    reason: `The evaluation ended with ${killed ?? `code ${code}`}; a model that needs too much memory ends so.`,
  };
}
