import { EventEmitter, once } from 'node:events';
import type { RaceId } from '@pitwall/protocol';
import { LiveMessage } from '@pitwall/protocol/api';
import type { CarState } from '@pitwall/protocol/messages';
import {
  type LogRecord,
  type RaceCommand,
  RaceReplay,
  type RaceRulesInput,
  type RunState,
} from '@pitwall/protocol/race';
import WebSocket from 'ws';
import type { z } from 'zod';
import type { TrackDay } from './track-day.js';

type Command = z.input<typeof RaceCommand>;

/** A busy machine makes a car stop itself now and then; one that does so more often in a race of a minute has another reason. */
const mostClears = 3;

/** One racer's time trial, given by HTTP and followed by WebSocket, as a marshal's page does both. */
export class Trial {
  readonly runId = crypto.randomUUID();
  readonly race: RaceId;
  readonly #day: TrackDay;
  readonly #replay = new RaceReplay();
  readonly #heard = new EventEmitter();
  #socket: WebSocket | undefined;
  #faulted = false;
  /** How often the car stopped itself and was cleared. */
  #clears = 0;
  /** What the car said of itself, in order. */
  readonly states: CarState[] = [];
  #model: { hash: string; name: string } | undefined;

  constructor(day: TrackDay, race: string) {
    this.#day = day;
    this.race = race as RaceId;
  }

  get run(): RunState | undefined {
    return this.#replay.seq === 0 ? undefined : this.#replay.run(this.runId);
  }

  get records(): readonly LogRecord[] {
    return this.#replay.records;
  }

  /** Creates the race, enters the car with the model that it says it has, and lets it go. */
  async start(laps: number, rules: Partial<RaceRulesInput> = {}, cars: 'agent' | 'any' = 'agent'): Promise<void> {
    await this.#day.post('/api/v1/races', {
      race: this.race,
      commandId: crypto.randomUUID(),
      setup: {
        name: 'Trial',
        track: { id: 'harbour', version: 1 },
        gates: ['start'],
        car: cars,
        leaderboard: 'hall',
        rules: { name: 'Test', lapLimit: laps, timeLimit: 120_000_000, start: 'key', ...rules },
      },
    });
    this.follow();
    await this.until(() => this.#model !== undefined);
    if (cars === 'agent') await this.#day.carIsReady('red');
    const entry = { racer: 'ada', alias: 'Ada', car: 'red', models: [this.#model] };
    for (const command of [
      { type: 'open' },
      { type: 'enter', entry },
      { type: 'call', runId: this.runId, racer: 'ada' },
      { type: 'stage', runId: this.runId },
      { type: 'test-e-stop', car: 'red' },
      { type: 'ready', runId: this.runId },
      { type: 'start', runId: this.runId },
    ])
      await this.give(command as Command);
  }

  async give(command: Command): Promise<void> {
    const { seq } = (await this.#day.get(`/api/v1/races/${this.race}`)) as { seq: number };
    const commandId = crypto.randomUUID();
    await this.#day.post(`/api/v1/races/${this.race}/commands`, { commandId, seen: seq, command });
  }

  /** Listens from the last record that was heard. */
  follow(): void {
    const socket = new WebSocket(`${this.#day.url.replace('http', 'ws')}/api/v1/live`);
    this.#socket = socket;
    socket.on('open', () => {
      socket.send(JSON.stringify({ type: 'follow', race: this.race, after: this.#replay.seq }));
      socket.send(JSON.stringify({ type: 'watch', cars: ['red'] }));
    });
    socket.on('message', (data) => {
      const message = LiveMessage.parse(JSON.parse(String(data)));
      if (message.type === 'log') this.#replay.append(message.records);
      if (message.type === 'car-presence' && message.presence.status === 'online')
        this.#model = message.presence.model ?? undefined;
      if (message.type === 'car-state') {
        this.states.push(message.state);
        this.#lookAfter(message.state.safety);
      }
      this.#heard.emit('heard');
    });
    socket.on('error', () => undefined);
  }

  /** Where the machine is busy elsewhere, frames come late and the car stops itself; a marshal clears it. */
  #lookAfter(safety: string): void {
    const stopped = safety === 'faulted' && this.run?.phase === 'running';
    if (stopped && !this.#faulted) {
      this.#clears += 1;
      if (this.#clears <= mostClears) this.give({ type: 'clear-car', car: 'red' } as Command).catch(console.error);
    }
    this.#faulted = stopped;
  }

  /** @throws where the car stops itself again and again. */
  async until(reached: () => boolean): Promise<void> {
    while (!reached()) {
      if (this.#clears > mostClears) throw new Error(`the car has stopped itself ${this.#clears} times in one run`);
      await once(this.#heard, 'heard');
    }
  }

  close(): void {
    this.#socket?.close();
  }
}
