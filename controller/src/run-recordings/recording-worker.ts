import { mkdir, readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPitwallError, PitwallError, type RaceId } from '@pitwall/protocol';
import type { LogRecord, RaceState } from '@pitwall/protocol/race';
import type { Timers } from '@pitwall/runtime';
import { limits } from '../limits/index.js';
import { recordingCommand } from './agent-command.js';
import { type Asking, fetchRecording, findRecordings } from './car-recordings.js';
import { fileNames, type RunFiles } from './run-files.js';
import type { KnownRun, RunRecordings } from './run-recordings.js';
import { type RunTime, runTimeOf } from './run-time.js';

export interface RecordingWorkerOptions {
  readonly recordings: RunRecordings;
  readonly files: RunFiles;
  readonly cars: Asking;
  /** The log of a race, and what it comes to. */
  readonly raceOf: (race: RaceId) => Promise<{ readonly state: RaceState; readonly records: readonly LogRecord[] }>;
  /** Whether a run is under way anywhere: whatever is fetched then is fetched slowly. */
  readonly isUnderWay: () => boolean;
  /** The command that starts the agent. */
  readonly agent: readonly string[];
  readonly timers: Timers;
  readonly epoch: () => number;
  readonly log: { warn(details: object, message: string): void };
}

/** These pass by themselves: the car comes back, or stands again. */
const passing: ReadonlySet<string> = new Set(['car-silent', 'command-refused', 'command-expired', 'store-unavailable']);
/** How long after nothing could be done it is tried again, ms; and how often it is looked for what is too old. */
const againMs = 5000;
const expiryMs = 3_600_000;

/** Fetches the recordings of confirmed runs from their cars and has videos made of them: one at a time, whenever nothing hinders. */
export class RecordingWorker {
  readonly #options: RecordingWorkerOptions;
  #stopping = new AbortController();
  #work: Promise<void> | undefined;
  #current: { readonly run: string; readonly ending: AbortController; readonly done: Promise<void> } | undefined;
  #wake: (() => void) | undefined;
  #woken = false;
  #expired = Number.NEGATIVE_INFINITY;
  /** When a car was asked for a part last. */
  #asked = Number.NEGATIVE_INFINITY;

  constructor(options: RecordingWorkerOptions) {
    this.#options = options;
    options.recordings.onDelete((run) => this.#letGo(run));
  }

  async start(): Promise<void> {
    await this.#options.files.start();
    await this.#options.recordings.takeUp();
    this.#work = this.#rounds();
  }

  /** Something was confirmed. */
  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  /** Idempotent. What is under way begins again at the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#current?.ending.abort();
    this.#wake?.();
    await this.#work;
  }

  async #letGo(run: string): Promise<void> {
    if (this.#current?.run !== run) return;
    this.#current.ending.abort();
    await this.#current.done;
  }

  async #rounds(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#woken = false;
      const moved = await this.#round().catch((error: Error) => {
        this.#options.log.warn({ error: error.message }, 'recordings of runs wait');
        return false;
      });
      if (!moved && !this.#woken && !signal.aborted) await this.#pause(againMs, signal);
    }
  }

  /** Whether one came to its end. */
  async #round(): Promise<boolean> {
    const { recordings, epoch } = this.#options;
    if (epoch() - this.#expired > expiryMs) {
      await recordings.expire();
      this.#expired = epoch();
    }
    for (const run of await recordings.pending()) {
      if (this.#stopping.signal.aborted) return false;
      if (await this.#inTurn(run)) return true;
    }
    return false;
  }

  async #inTurn(run: KnownRun): Promise<boolean> {
    const ending = new AbortController();
    let isDone = () => {};
    const done = new Promise<void>((resolve) => {
      isDone = resolve;
    });
    this.#current = { run: run.run, ending, done };
    try {
      return await this.#try(run, ending.signal);
    } finally {
      this.#current = undefined;
      isDone();
    }
  }

  async #try(known: KnownRun, signal: AbortSignal): Promise<boolean> {
    const { recordings, log } = this.#options;
    const { run } = known;
    try {
      await this.#make(known, signal);
      await recordings.set(run, 'there');
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      const { message } = error as Error;
      if (isPitwallError(error) && passing.has(error.code)) {
        // A car may be away for days: nothing is written as long as nothing changes.
        const now = await recordings.about(known.race, run);
        if (now.state !== 'waiting' || now.why !== message) await recordings.set(run, 'waiting', message);
        return false;
      }
      log.warn({ run, error: message }, 'a recording of a run, or its video, failed');
      await recordings.set(run, 'failed', message);
      return true;
    }
  }

  async #make({ race, run, car }: KnownRun, signal: AbortSignal): Promise<void> {
    const { recordings, files } = this.#options;
    const { state, records } = await this.#options.raceOf(race);
    const found = state.runs.find((one) => one.runId === run);
    const time = found === undefined ? undefined : runTimeOf(found, records);
    if (time === undefined) throw new PitwallError('not-found', 'The log of the race does not tell when this run was.');
    await this.#demandRoom();
    const folder = files.folder(run);
    // What an earlier process had begun to write.
    for (const name of await readdir(folder).catch(() => [])) if (name.endsWith('.part')) await rm(join(folder, name));
    const ahead = await this.#record({ run, car, time }, signal);
    await recordings.set(run, 'making');
    const tell = { folder, signal };
    const laps = time.laps.map((lap) => ({ ...lap, at: lap.at + ahead }));
    await writeFile(join(folder, 'laps.json'), JSON.stringify(laps));
    const video = (name: string, ...how: string[]) =>
      recordingCommand(
        this.#options.agent,
        ['video', fileNames.recording, '--laps', 'laps.json', '--out', name, ...how],
        tell,
      );
    await video(fileNames.video);
    if (laps.some(({ valid }) => valid)) await video(fileNames.highlight, '--highlight');
    else await rm(join(folder, fileNames.highlight), { force: true });
  }

  /** Fetches what is not here yet. @returns the car's wall clock minus ours, ms */
  async #record(
    { run, car, time }: Pick<KnownRun, 'run' | 'car'> & { readonly time: RunTime },
    signal: AbortSignal,
  ): Promise<number> {
    const { recordings, files, cars, epoch, agent } = this.#options;
    const folder = files.folder(run);
    const clock = join(folder, 'clock.json');
    if (await files.has(run, 'recording')) return await aheadIn(clock);
    // Its last part is on the car's disk by then.
    if (epoch() < time.to + 1000) await this.#pause(time.to + 1000 - epoch(), signal);
    const { recordings: wanted, ahead } = await findRecordings(cars, car, time, epoch);
    await recordings.set(run, 'fetching');
    const parts = join(folder, 'parts');
    const fetched: string[] = [];
    for (const one of wanted)
      fetched.push(await fetchRecording(cars, car, one, { folder: parts, pace: () => this.#pace(signal) }));
    await writeFile(clock, JSON.stringify({ ahead }));
    const [from, to] = [Math.floor(time.from + ahead), Math.ceil(time.to + ahead)];
    // Nothing but this run: the car may have driven another's before and after, in the same file.
    await recordingCommand(
      agent,
      ['cut', ...fetched, '--from', `${from}`, '--to', `${to}`, '--out', fileNames.recording],
      { folder, signal },
    );
    await rm(parts, { recursive: true });
    return ahead;
  }

  async #pace(signal: AbortSignal): Promise<void> {
    const { alone, besideARun } = limits.runRecordings.partMs;
    const between = this.#options.isUnderWay() ? besideARun : alone;
    // The wall clock may be set meanwhile.
    const wait = Math.min(between, this.#asked + between - this.#options.epoch());
    if (wait > 0) await this.#pause(wait, signal);
    this.#asked = this.#options.epoch();
    signal.throwIfAborted();
  }

  /** A full disk would stop the race. @throws PitwallError `store-unavailable` */
  async #demandRoom(): Promise<void> {
    const { files } = this.#options;
    await mkdir(files.root, { recursive: true, mode: 0o700 });
    const { bsize, bavail } = await statfs(files.root);
    const { freeBytes } = limits.runRecordings;
    if (bsize * bavail < freeBytes)
      throw new PitwallError(
        'store-unavailable',
        `Less than ${freeBytes / 2 ** 30} GB are free on the controller’s disk: make room for recordings of runs.`,
      );
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const { timers } = this.#options;
    await new Promise<void>((resolve) => {
      const end = () => {
        timers.clear(timer);
        signal.removeEventListener('abort', end);
        this.#wake = undefined;
        resolve();
      };
      const timer = timers.set(end, ms);
      signal.addEventListener('abort', end, { once: true });
      if (signal === this.#stopping.signal) this.#wake = end;
    });
  }
}

async function aheadIn(path: string): Promise<number> {
  const { ahead } = JSON.parse(await readFile(path, 'utf8')) as { ahead: number };
  return ahead;
}
