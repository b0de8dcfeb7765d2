import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CarId,
  GateId,
  LeaderboardId,
  type Micros,
  type PitwallError,
  parse,
  RaceId,
  RacerId,
  TrackId,
} from '@pitwall/protocol';
import { Evaluation, type Standings } from '@pitwall/protocol/api';
import { parseTrack } from '@pitwall/protocol/track';
import { WatchedProcess } from '@pitwall/runtime';
import { stringify } from 'yaml';
import { z } from 'zod';
import { ownCommand } from '../processes/index.js';
import { board } from './board-lines.js';
import { Marshal } from './marshal.js';
import { Trial } from './race-day.js';
import { type VirtualResult, virtualResult } from './virtual-result.js';

/** Paths of files that hold a token each. */
export interface DemoTokens {
  readonly car: string;
  readonly gate: string;
  readonly organizer: string;
  readonly source: string;
}

export interface DemoOptions {
  readonly data: string;
  /** Beyond this machine the controller closes itself by TLS. Absent: this machine alone. */
  readonly host?: string | undefined;
  readonly port: number;
  readonly laps: number;
  /** Racer's archive and track file. */
  readonly model: string;
  readonly track: string;
  readonly tokens: DemoTokens;
  readonly say: (line: string) => void;
}

export const demoIds = {
  car: CarId.parse('demo-1'),
  gate: GateId.parse('start'),
  leaderboard: LeaderboardId.parse('demo'),
  /** The controller's own name: its board takes results from it. */
  source: 'pitwall',
} as const;

type ResultKind = 'physical' | 'virtual';

const demoRacer = { id: RacerId.parse('sunday-driver'), alias: 'Sunday Driver' };

/** The line with which a controller says that it is there. */
const Ready = z.object({
  type: z.literal('ready'),
  /** For phones in the hall. */
  url: z.url(),
  /** For programs of this machine. */
  local: z.object({ url: z.url(), mqtt: z.url() }),
});
type Local = z.infer<typeof Ready>['local'];

/** What a controller says to people before it is ready. */
const ForPeople = z.object({ type: z.enum(['trust', 'first-administrator', 'warning']), text: z.string() });

/** A whole race day on one machine: controller, gate and car as processes of their own, and a marshal who knows the keys. */
export class Demo {
  readonly #options: DemoOptions;
  readonly #ending = new AbortController();
  /** In the order they started; they stop in the opposite one, the car first. */
  readonly #processes: WatchedProcess[] = [];
  #scratch: string | undefined;
  /** Rejects when a process is lost. */
  readonly lost: Promise<never>;

  constructor(options: DemoOptions) {
    this.#options = options;
    this.lost = new Promise((_, reject) => {
      this.#ending.signal.addEventListener('abort', () => reject(this.#ending.signal.reason), { once: true });
    });
    // Nobody needs to wait for it.
    this.lost.catch(() => undefined);
  }

  /** Races, shows the standing, and returns; what it started goes on until {@link stop}. */
  async start(): Promise<void> {
    const { data, laps, say, tokens, track: trackFile, model } = this.#options;
    await mkdir(join(data, 'logs'), { recursive: true });
    this.#scratch = await mkdtemp(join(tmpdir(), 'pitwall-'));
    const poses = join(this.#scratch, 'poses.sock');
    const { url, local, forPeople } = await this.#startController();
    const taken =
      Number(new URL(local.url).port) === this.#options.port ? '' : `; port ${this.#options.port} is in use`;
    say(`Pitwall is at ${url} (Ctrl-C ends everything${taken})`);
    for (const text of forPeople) say(text);
    await this.#startCar(local, poses);
    this.#startGate(local, poses);

    const track = parseTrack(readFileSync(trackFile, 'utf8'), `The track ${trackFile}`);
    const organizer = new Marshal(local.url, readToken(tokens.organizer));
    const race = RaceId.parse(`demo-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`);
    const trial = new Trial(
      {
        race,
        track: { id: TrackId.parse(track.id), version: track.version },
        gate: demoIds.gate,
        car: demoIds.car,
        leaderboard: demoIds.leaderboard,
        racer: demoRacer,
        laps,
      },
      organizer,
      say,
    );
    say(`Watch the race at ${url}/races/${race}`);
    const run = await trial.drive(this.#ending.signal);
    say(`The run is confirmed; its result is on its way to the board. The same model drives the virtual track …`);
    const virtual = await this.#evaluate(model, trackFile, laps);
    await new Marshal(local.url, readToken(tokens.source)).sendResult(demoIds.leaderboard, virtual.result);
    say(board(await this.#standing(organizer, { physical: run.score, virtual: virtual.score })));
  }

  /** Ends everything that it started, the car first. Idempotent. */
  async stop(): Promise<void> {
    this.#ending.abort();
    for (let last = this.#processes.pop(); last !== undefined; last = this.#processes.pop()) await last.stop();
    if (this.#scratch !== undefined) await rm(this.#scratch, { recursive: true, force: true });
  }

  async #startController(): Promise<z.infer<typeof Ready> & { forPeople: readonly string[] }> {
    const { data, host, port } = this.#options;
    const config = join(data, 'controller.yaml');
    await writeFile(
      config,
      stringify({ data, name: demoIds.source, boards: [{ id: demoIds.leaderboard, name: 'Demo' }] }),
    );
    // In a hall cars and gates are told the port; on this machine alone nobody is.
    const where = host === undefined ? ['--mqtt-port', '0'] : ['--host', host];
    const args = ['serve', '--config', config, '--port', String(port), ...where, '--next-free', '--json'];
    const forPeople: string[] = [];
    return await new Promise((resolve, reject) => {
      this.#ending.signal.addEventListener('abort', () => reject(this.#ending.signal.reason), { once: true });
      this.#run('controller', 'pitwall', args, {
        onLine: (line) => {
          const said = ForPeople.safeParse(jsonOf(line));
          if (said.success) forPeople.push(said.data.text);
          const ready = Ready.safeParse(jsonOf(line));
          if (ready.success) resolve({ ...ready.data, forPeople });
        },
      });
    });
  }

  #startGate({ mqtt }: Local, poses: string): void {
    const { data, track, tokens } = this.#options;
    const places = ['--broker', mqtt, '--data', join(data, 'gate'), '--socket', poses, '--track', track];
    this.#run('gate', 'pitwall', ['gate', 'simulate', '--id', demoIds.gate, ...places], {
      env: { PITWALL_GATE_BROKER_TOKEN: readToken(tokens.gate) },
    });
  }

  async #startCar({ url, mqtt }: Local, poses: string): Promise<void> {
    const { data, model, track, tokens } = this.#options;
    const config = join(data, 'car.yaml');
    await writeFile(
      config,
      stringify({
        car: demoIds.car,
        profile: 'simulated',
        model,
        link: { url: mqtt, http: url, passwordfile: tokens.car },
        // Of this demo only: the next one begins with its own model again.
        models: { folder: `${poses}.models` },
        recorder: { folder: join(data, 'recordings') },
        simulated: { track, poses },
      }),
    );
    this.#run('car', 'pitwall-agent', ['run', '--config', config]);
  }

  /** The result of the same model on the virtual track, by the same agent's code. */
  async #evaluate(model: string, track: string, laps: number): Promise<VirtualResult> {
    const lines: string[] = [];
    const args = ['evaluate', model, '--track', track, '--laps', String(laps), '--trials', '1', '--json'];
    const evaluation = this.#run('evaluation', 'pitwall-agent', args, {
      onLine: (line) => lines.push(line),
      finishes: true,
    });
    await evaluation.ended;
    this.#ending.signal.throwIfAborted();
    const evaluated = parse(Evaluation, jsonOf(lines.join('\n')), 'What the evaluation printed');
    return virtualResult(evaluated, { racer: demoRacer, source: demoIds.source });
  }

  /** The board, once it shows what was just achieved, or better. */
  async #standing(marshal: Marshal, achieved: Readonly<Record<ResultKind, Micros | null>>): Promise<Standings> {
    for (;;) {
      this.#ending.signal.throwIfAborted();
      const standings = await marshal.standings(demoIds.leaderboard);
      const shows = (kind: ResultKind) => {
        const score = achieved[kind];
        return score === null || standings[kind].some((row) => row.racer === demoRacer.id && row.score <= score);
      };
      if (shows('physical') && shows('virtual')) return standings;
      await delay(100, undefined, { signal: this.#ending.signal });
    }
  }

  #run(
    name: string,
    command: 'pitwall' | 'pitwall-agent',
    args: readonly string[],
    more: { env?: Readonly<Record<string, string>>; onLine?: (line: string) => void; finishes?: boolean } = {},
  ): WatchedProcess {
    const onLost = (error: PitwallError) => this.#ending.abort(error);
    const process = new WatchedProcess({
      name,
      command: [ownCommand(command), ...args],
      logFolder: join(this.#options.data, 'logs'),
      onLost,
      ...more,
    });
    this.#processes.push(process);
    return process;
  }
}

const readToken = (file: string): string => readFileSync(file, 'utf8').trim();

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
