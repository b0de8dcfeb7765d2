import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CarId, RaceId, Sha256 } from '@pitwall/protocol';
import type { UploadedModel } from '@pitwall/protocol/api';
import type { CarAction } from '@pitwall/protocol/messages';
import { type RaceReplay, type RaceSetup, type RunState, simulatedId } from '@pitwall/protocol/race';
import { type Supervisor, supervisedProcess, yaml } from '@pitwall/runtime';
import type { Accounts } from '../accounts/index.js';
import { ownCommand } from '../processes/index.js';
import type { CarAnswer, CarLink, DeskLog, RaceDesk } from '../race/index.js';

export interface SimulatedCarOptions {
  readonly race: RaceId;
  readonly setup: RaceSetup;
  readonly desk: Pick<RaceDesk, 'loaded'>;
  readonly cars: Pick<CarLink, 'about' | 'command' | 'watch'>;
  readonly models: { about(hash: Sha256): Promise<UploadedModel> };
  readonly accounts: Pick<Accounts, 'issue' | 'revoke'>;
  /** Where the car and the gate reach this controller, on its own machine; `ca` is a PEM file for a broker elsewhere. */
  readonly broker: string;
  readonly http: string;
  readonly ca?: string | undefined;
  /** Its own files and logs, and those of its processes. */
  readonly folder: string;
  /** The file that describes a track. @throws PitwallError where there is none. */
  readonly trackFile: (track: RaceSetup['track']) => Promise<string>;
  readonly log: DeskLog;
}

/** Who gave the commands, for the car's black box. */
const who = 'desk';
/** A link on one machine is lost when the controller is; a busy one may be silent for a while. */
const linkPatienceMs = 5000;

/**
 * The car of one race, driving its virtual track in real time, and the gate at its start line: an agent and a gate process as
 * they run at any track, started again when they die. What the race's log says of the run, the car is told.
 */
export class SimulatedCar {
  readonly #options: SimulatedCarOptions;
  readonly #id: CarId;
  readonly #processes: Supervisor[] = [];
  #scratch: string | undefined;
  #unwatch: (() => void) | undefined;
  #starting: Promise<void> | undefined;
  #stopped = false;
  /** The session that was told last; another one knows nothing. */
  #session: string | undefined;
  #run: RunState | undefined;
  /** Resets in the log, and how many of them the car was set back for. */
  #resets: { readonly runId: string; readonly count: number } | undefined;
  #prepared: string | undefined;
  /** The car is told one thing after another. */
  #telling: Promise<void> = Promise.resolve();

  constructor(options: SimulatedCarOptions) {
    this.#options = options;
    this.#id = simulatedId(options.race);
  }

  start(): Promise<void> {
    this.#starting ??= this.#begin();
    return this.#starting;
  }

  /** Ends both processes, the car first, and their tokens. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unwatch?.();
    await this.#starting?.catch(() => undefined);
    for (const one of this.#processes.splice(0)) await one.stop();
    await this.#revoke();
    if (this.#scratch !== undefined) await rm(this.#scratch, { recursive: true, force: true });
  }

  /** The race as it is now. */
  follow(replay: RaceReplay): void {
    this.#run = replay.current;
    const { runId } = this.#run ?? {};
    const known = this.#resets;
    const count = runId === undefined ? 0 : resetsIn(replay, runId);
    this.#resets = runId === undefined ? undefined : { runId, count };
    if (known !== undefined && known.runId === runId && count > known.count) this.#tell(() => this.#setOnStart());
    this.#settle();
  }

  async #begin(): Promise<void> {
    const { race, setup, accounts, broker, http, ca, folder, trackFile, cars } = this.#options;
    const own = join(folder, race);
    await mkdir(own, { recursive: true, mode: 0o700 });
    // A socket's path is short; the data folder's may not be.
    this.#scratch = await mkdtemp(join(tmpdir(), 'pitwall-live-'));
    const poses = join(this.#scratch, 'poses.sock');
    const track = await trackFile(setup.track);
    const { direction } = setup.rules;
    await this.#revoke();
    const passwordfile = join(own, 'car.token');
    await writeFile(passwordfile, await accounts.issue({ name: this.#id, role: 'car' }), { mode: 0o600 });
    const config = join(own, 'car.yaml');
    await writeFile(
      config,
      yaml().stringify({
        car: this.#id,
        profile: 'simulated',
        models: { folder: join(own, 'models') },
        link: {
          url: broker,
          http,
          passwordfile,
          insecure: true,
          after: linkPatienceMs,
          ...(ca === undefined ? {} : { ca }),
        },
        recorder: { folder: join(own, 'recordings') },
        simulated: { track, direction, poses },
      }),
    );
    const token = await accounts.issue({ name: this.#id, role: 'gate' });
    const gate = ['gate', 'simulate', '--id', this.#id, '--broker', broker, '--data', join(own, 'gate')];
    this.#unwatch = cars.watch((news) => {
      if (news.type !== 'car-presence' || news.car !== this.#id || news.presence.status !== 'online') return;
      if (news.presence.sessionId !== this.#session) {
        this.#session = news.presence.sessionId;
        this.#prepared = undefined;
      }
      this.#settle();
    });
    if (this.#stopped) return;
    this.#supervise('gate', 'pitwall', [...gate, '--socket', poses, '--track', track, '--direction', direction], {
      PITWALL_GATE_BROKER_TOKEN: token,
      // Of this machine itself, by whatever address the broker listens at.
      PITWALL_GATE_INSECURE: 'true',
      ...(ca === undefined ? {} : { PITWALL_GATE_BROKER_CA: ca }),
    });
    this.#supervise('car', 'pitwall-agent', ['run', '--config', config], {});
  }

  #supervise(
    name: string,
    command: 'pitwall' | 'pitwall-agent',
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): void {
    const { folder, race, log } = this.#options;
    const logFolder = join(folder, race);
    const supervised = supervisedProcess({
      name,
      command: [ownCommand(command), ...args],
      logFolder,
      env,
      onLost: ({ message }) => log.warn({ race, error: message }, `the simulated ${name} is started again`),
    });
    // The car ends first.
    this.#processes.unshift(supervised);
    supervised.start();
  }

  /** What the log says of the run and the car does not know yet. */
  #settle(): void {
    const run = this.#run;
    if (run === undefined || this.#session === undefined || this.#stopped) return;
    const { runId, model, phase } = run;
    if (phase === 'staged' && model !== null && this.#prepared !== `${runId} ${model}`) {
      this.#prepared = `${runId} ${model}`;
      this.#tell(() => this.#prepare(runId, model));
    }
  }

  async #prepare(runId: string, hash: Sha256): Promise<void> {
    await this.#setOnStart();
    const { desk, race, models, cars } = this.#options;
    let answer: CarAnswer = { outcome: 'done', safety: null, message: null };
    if (cars.about(this.#id)?.model?.hash !== hash) {
      const { name, bytes } = await models.about(hash);
      answer = await this.#ask({ type: 'stage', hash, name, bytes });
      if (answer.outcome === 'done') answer = await this.#ask({ type: 'load', hash });
    }
    await desk.loaded(race, runId, this.#id, answer);
  }

  async #setOnStart(): Promise<void> {
    await this.#ask({ type: 'set-on-start' });
  }

  async #ask(action: CarAction): Promise<CarAnswer> {
    const { cars, log, race } = this.#options;
    const answer = await cars.command(this.#id, action, who);
    if (answer.outcome !== 'done')
      log.warn({ race, command: action.type, answer: answer.message }, 'the simulated car did not do it');
    return answer;
  }

  #tell(what: () => Promise<void>): void {
    const { log, race } = this.#options;
    this.#telling = this.#telling.then(async () => {
      if (!this.#stopped) await what();
    });
    this.#telling = this.#telling.catch((error: Error) =>
      log.warn({ race, error: error.message }, 'the simulated car could not be told'),
    );
  }

  async #revoke(): Promise<void> {
    for (const role of ['car', 'gate'] as const) await this.#options.accounts.revoke({ name: this.#id, role });
  }
}

/** How often the run's car was to be carried back, without what was undone. */
function resetsIn({ records, state }: RaceReplay, runId: string): number {
  const undone = new Set(state.undone);
  return records.filter(
    ({ seq, event }) =>
      event.type === 'incident' && event.kind === 'reset' && event.runId === runId && !undone.has(seq),
  ).length;
}
