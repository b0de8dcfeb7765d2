import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compareVersions, errorLine, PitwallError, type ProgramVersion } from '@pitwall/protocol';
import type { CarVersions, Release, VersionAction } from '@pitwall/protocol/messages';
import { type Download, runInBackground } from '../background/index.js';
import { type Chosen, readChosen, writeChosen } from './chosen.js';
import type { StageVersionTask } from './stage-version.js';
import { VersionFolder } from './version-folder.js';

/** As the launcher says it; undefined on an agent that no launcher started: it is updated as it was installed. */
export interface Launched {
  readonly folder: string;
  /** The packaged version. */
  readonly packaged: ProgramVersion;
}

export interface VersionsParts {
  /** Of this agent. */
  readonly version: ProgramVersion;
  readonly architecture: string;
  readonly launched: Launched | undefined;
  /** Undefined on a car without a link. */
  readonly controller: Download | undefined;
  readonly key: string | undefined;
  readonly config: string | undefined;
  /** Of the car: anything but `disarmed` keeps a version from being changed. */
  readonly phase: () => string;
  /** Ends the agent in order; whoever supervises it starts it again. */
  readonly restart: () => void;
  readonly say: (line: string) => void;
  readonly onChange: () => void;
}

const script = fileURLToPath(new URL('./stage-version-worker.js', import.meta.url));
/** A bad Wi-Fi, and an SD card that also records, ms. */
const patience = 1_800_000;

/** The versions on this car: fetched beside the driving, changed while it stands disarmed. */
export class Versions {
  readonly #parts: VersionsParts;
  readonly #folder: VersionFolder | undefined;
  #staging: { readonly release: Release; readonly done: Promise<void> } | undefined;
  #percent = 0;
  #problem: string | null = null;
  /** What lies on the disk, as it was looked at last: a car that drives reads nothing. */
  #lying: { readonly fetched: readonly ProgramVersion[]; readonly chosen: Chosen | undefined } = {
    fetched: [],
    chosen: undefined,
  };
  #child: ChildProcess | undefined;

  constructor(parts: VersionsParts) {
    this.#parts = parts;
    this.#folder = parts.launched === undefined ? undefined : new VersionFolder(parts.launched.folder);
    this.#look();
  }

  /** What it adds to the car's state; undefined where the agent cannot be updated over the link. */
  get state(): CarVersions | undefined {
    if (this.#folder === undefined) return undefined;
    const { version: current } = this.#parts;
    const { previous, failed } = this.#before();
    const returned = failed === undefined ? null : `Version ${failed} did not come up; ${current} goes on.`;
    return {
      current,
      previous: previous !== undefined && compareVersions(previous, current) < 0 ? previous : null,
      staged: this.#lying.fetched.findLast((one) => compareVersions(one, current) > 0) ?? null,
      staging: this.#staging === undefined ? null : { version: this.#staging.release.version, percent: this.#percent },
      problem: (this.#problem ?? returned)?.slice(0, 2000) ?? null,
    };
  }

  /** Says what became of an update. */
  start(): void {
    const { problem } = this.state ?? {};
    if (problem != null) this.#parts.say(problem);
  }

  /** This version is up and drives the car: it has proven itself. What is older than the one before is deleted. */
  proven(): void {
    const { launched, say, version, onChange } = this.#parts;
    const { chosen } = this.#lying;
    if (launched === undefined || chosen?.proof !== 'trying') return;
    try {
      writeChosen(launched.folder, { ...chosen, proof: 'kept' });
      say(`version ${version} is up, and stays`);
    } catch (cause) {
      // It drives on; the next start is by the version before.
      this.#problem = unwritable(launched.folder, cause).message;
      say(this.#problem);
    }
    this.#look();
    onChange();
    void this.#folder?.keepOnly([chosen.current, chosen.previous]).catch((error: Error) => {
      say(`what is left of other versions cannot be deleted: ${error.message}`);
    });
  }

  /** Idempotent. What was under way is dropped; what of it was fetched is not fetched again. */
  async stop(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#staging?.done.catch(() => {});
  }

  /** @throws PitwallError when it is refused */
  async command(action: VersionAction): Promise<void> {
    if (this.#folder === undefined)
      throw new PitwallError(
        'update-refused',
        'This agent was not started from a package with a folder of its own (STATE_DIRECTORY, or /var/lib/pitwall): update it as it was installed.',
      );
    switch (action.type) {
      case 'stage-version':
        return await this.#stage(action.release);
      case 'switch-version':
        this.#switch(action.version);
        return;
      case 'roll-back': {
        const { previous } = this.state ?? {};
        if (previous == null) throw new PitwallError('update-refused', 'No version before this one is kept here.');
        this.#choose(previous);
      }
    }
  }

  async #stage(release: Release): Promise<void> {
    const { architecture, controller } = this.#parts;
    this.#demandNewer(release.version);
    if (release.architecture !== architecture)
      throw new PitwallError(
        'update-refused',
        `That is for linux-${release.architecture}, and this car is linux-${architecture}: give the controller the archive for it.`,
      );
    if (controller === undefined)
      throw new PitwallError('update-refused', 'This car has no link to fetch a version over.');
    const under = this.#staging;
    if (under !== undefined && under.release.signature !== release.signature)
      throw new PitwallError(
        'update-refused',
        `Version ${under.release.version} is on its way to the car: wait for it.`,
      );
    await (under ?? this.#begin(release, controller)).done;
  }

  #begin(release: Release, from: Download): { readonly release: Release; readonly done: Promise<void> } {
    const { launched, key, config, say, onChange } = this.#parts;
    const { chosen } = this.#lying;
    const keep = chosen === undefined ? [] : [chosen.current, chosen.previous];
    const task: StageVersionTask = { folder: launched!.folder, release, keep, from, key, config };
    const done = runInBackground<StageVersionTask, undefined, number>({
      script,
      task,
      patience,
      onChild: (child) => {
        this.#child = child;
      },
      onNews: (percent) => {
        if (percent === this.#percent) return;
        this.#percent = percent;
        onChange();
      },
      ended: (why) =>
        new PitwallError('update-failed', `Version ${release.version} was not staged: its process ended (${why}).`),
    }).then(
      () => say(`version ${release.version} is staged`),
      (error: unknown) => {
        say(`version ${release.version} was not staged. ${errorLine(error)}`);
        this.#problem = (error as Error).message;
        throw error;
      },
    );
    this.#percent = 0;
    this.#problem = null;
    this.#staging = { release, done };
    const over = () => {
      this.#staging = undefined;
      this.#look();
      this.#child = undefined;
      onChange();
    };
    done.then(over, over);
    onChange();
    return this.#staging;
  }

  #switch(version: ProgramVersion): void {
    this.#demandNewer(version);
    if (!this.#folder?.has(version))
      throw new PitwallError('update-refused', `Version ${version} is not on the car yet: it must be fetched first.`);
    this.#choose(version);
  }

  #demandNewer(version: ProgramVersion): void {
    const { version: current } = this.#parts;
    if (compareVersions(version, current) > 0) return;
    throw new PitwallError(
      'update-refused',
      version === current
        ? `Version ${version} drives this car already.`
        : `Version ${version} is older than ${current}, which drives this car: only Roll back goes back, to the version before.`,
    );
  }

  /** What is written down is what the launcher starts next, and on trial. */
  #choose(version: ProgramVersion): void {
    const { launched, phase, restart, say, version: current } = this.#parts;
    if (phase() !== 'disarmed')
      throw new PitwallError(
        'update-refused',
        `The version is changed while the car is disarmed, and it is ${phase()}: stop it and clear it first.`,
      );
    const { folder, packaged } = launched!;
    const named = (one: ProgramVersion) => (this.#folder?.has(one) ? one : 'packaged');
    try {
      writeChosen(folder, { current: named(version), previous: named(current), proof: 'new', over: packaged });
    } catch (cause) {
      throw unwritable(folder, cause);
    }
    say(`version ${version} takes over`);
    // The answer leaves first.
    setImmediate(restart);
  }

  #look(): void {
    const { launched } = this.#parts;
    if (launched === undefined) return;
    const chosen = readChosen(launched.folder, launched.packaged);
    this.#lying = { fetched: this.#folder?.list() ?? [], chosen };
  }

  /** The version before this one, and one that should have been this one and did not come up. */
  #before(): { readonly previous?: ProgramVersion; readonly failed?: ProgramVersion } {
    const { chosen } = this.#lying;
    const { launched } = this.#parts;
    if (chosen === undefined || launched === undefined) return {};
    const previous = chosen.previous === 'packaged' ? launched.packaged : chosen.previous;
    return chosen.proof === 'returned' ? { failed: previous } : { previous };
  }
}

const unwritable = (folder: string, cause: unknown) =>
  new PitwallError(
    'update-failed',
    `The choice of a version cannot be written in ${folder}: is the disk full, or mounted read-only?`,
    { cause },
  );
