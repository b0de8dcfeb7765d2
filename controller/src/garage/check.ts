import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ErrorCode, errorCodes, isPitwallError, PitwallError, type Sha256 } from '@pitwall/protocol';
import { NetworkQuestion } from '@pitwall/protocol/policy';

export interface ModelCheckOptions {
  /** The command that starts the agent, with what goes before its arguments. */
  readonly agent: readonly string[];
  /** What goes before that so that it runs confined. */
  readonly confinement: () => { readonly prefix: readonly string[] };
  /** Where files lie while they are looked at; absent: the system's folder for temporary files. */
  readonly scratch?: string | undefined;
  readonly log: (message: string) => void;
  /** However busy the machine is, ms. */
  readonly patienceMs?: number;
}

/** Of so many models it is remembered what came of them. */
const mostVerdicts = 200;
/** Of what the agent says on its error stream. */
const mostWords = 20_000;
/** These are the model's, not this machine's. */
const refusals: ReadonlySet<string> = new Set([
  'archive-invalid',
  'archive-too-large',
  'graph-invalid',
  'graph-too-large',
  'graph-unsupported',
  'metadata-invalid',
  'observation-invalid',
  'output-invalid',
]);

/**
 * Looks at models as cars do, before they are kept, so that a racer hears at the door what is wrong: the agent loads and tries them
 * in a process of its own, confined, one model at a time.
 */
export class ModelCheck {
  readonly #options: ModelCheckOptions;
  #turn: Promise<unknown> = Promise.resolve();
  /** Racers hand one file in at several doors, and again when it was refused. */
  readonly #verdicts = new Map<Sha256, Promise<boolean>>();
  readonly #stopping = new AbortController();

  constructor(options: ModelCheckOptions) {
    this.#options = options;
  }

  /** @throws PitwallError as the agent refuses it; where this machine cannot check, nothing is refused, and the log says so. */
  async check(hash: Sha256, open: () => Promise<AsyncIterable<Uint8Array>>): Promise<void> {
    const known = this.#verdicts.get(hash);
    const verdict =
      known ?? this.#inTurn(async () => await this.#run(await open(), (file) => ['model', 'check', file]));
    if (known === undefined) this.#remember(hash, verdict);
    await verdict;
  }

  #remember(hash: Sha256, verdict: Promise<boolean>): void {
    this.#verdicts.set(hash, verdict);
    const [oldest] = this.#verdicts.keys();
    if (this.#verdicts.size > mostVerdicts && oldest !== undefined) this.#verdicts.delete(oldest);
    // What was not looked at may be, the next time.
    const forget = () => this.#verdicts.delete(hash);
    verdict.then(
      (looked) => looked || forget(),
      (error: unknown) => (isPitwallError(error) && refusals.has(error.code)) || forget(),
    );
  }

  /**
   * The model with what its racer says of it, as a file that the agent writes and checks, handed to `use`.
   * @throws PitwallError as the agent refuses either, `request-refused` where this machine cannot
   */
  async describe<T>(
    model: AsyncIterable<Uint8Array>,
    description: string,
    use: (described: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<T> {
    return await this.#inTurn(async () => {
      let used: { readonly by: T } | undefined;
      await this.#run(
        model,
        async (file, folder) => {
          await writeFile(join(folder, 'pitwall.yaml'), description);
          return ['model', 'describe', file, '--with', join(folder, 'pitwall.yaml'), '--out', join(folder, 'out')];
        },
        async (folder) => {
          used = { by: await use(createReadStream(join(folder, 'out'))) };
        },
      );
      if (used === undefined)
        throw new PitwallError(
          'request-refused',
          'Models cannot be described here; put the pitwall.yaml into the archive.',
        );
      return used.by;
    });
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return await done;
  }

  /** Idempotent. What is being looked at is not taken. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#turn;
  }

  /** Runs the agent on the model; `after` only where it did what it was asked. @returns whether it could */
  async #run(
    model: AsyncIterable<Uint8Array>,
    what: (file: string, folder: string) => readonly string[] | Promise<readonly string[]>,
    after: (folder: string) => Promise<void> = async () => {},
  ): Promise<boolean> {
    const stopped = () => new PitwallError('request-refused', 'The controller stops; send the model again later.');
    if (this.#stopping.signal.aborted) throw stopped();
    const { agent, confinement, scratch = tmpdir(), log, patienceMs = 120_000 } = this.#options;
    await mkdir(scratch, { recursive: true });
    const folder = await mkdtemp(join(scratch, 'pitwall-check-'));
    try {
      const file = join(folder, 'model');
      await pipeline(Readable.from(model), createWriteStream(file));
      const [command, ...args] = [...confinement().prefix, ...agent, ...(await what(file, folder))];
      const child = spawn(command as string, args, {
        cwd: folder,
        // Nothing of this process's: no secret, no database.
        env: { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8' },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: patienceMs,
        killSignal: 'SIGKILL',
        signal: this.#stopping.signal,
      });
      let words = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        if (words.length < mostWords) words += text;
      });
      let asked = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        if (asked.length < mostWords) asked += text;
      });
      const [code, killed] = (await once(child, 'close')) as [number | null, string | null];
      if (code === 0) {
        await after(folder);
        return true;
      }
      const refusal = refusalOf(words.replaceAll(`${folder}/`, ''), questionIn(asked));
      if (refusal !== undefined) throw refusal;
      if (this.#stopping.signal.aborted) throw stopped();
      log(`A model could not be checked here (${killed ?? `exit code ${code}`}); cars check it again.`);
    } catch (error) {
      if (error instanceof PitwallError) throw error;
      if (this.#stopping.signal.aborted) throw stopped();
      log(`A model could not be checked here (${(error as Error).message}); cars check it again.`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return false;
  }
}

/** The agent's last word is `code: sentence`. */
function refusalOf(words: string, question: NetworkQuestion | undefined): PitwallError | undefined {
  for (const line of words.trimEnd().split('\n').reverse()) {
    const [, code = '', sentence = ''] = /^([a-z-]+): (.*)$/.exec(line) ?? [];
    if (Object.hasOwn(errorCodes, code))
      return refusals.has(code)
        ? new PitwallError(code as ErrorCode, sentence, question === undefined ? {} : { details: { question } })
        : undefined;
  }
  return undefined;
}

/** What may be asked of whoever hands the model in: a line of JSON. */
function questionIn(said: string): NetworkQuestion | undefined {
  const line = said.split('\n').find((one) => one.startsWith('{"question":'));
  if (line === undefined) return undefined;
  try {
    return NetworkQuestion.safeParse((JSON.parse(line) as { question: unknown }).question).data;
  } catch {
    return undefined;
  }
}
