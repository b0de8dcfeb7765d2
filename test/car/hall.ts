import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { CarOutcome, CarOverview, UploadedModel } from '@pitwall/protocol/api';
import type { CarAction, CarState } from '@pitwall/protocol/messages';
import { Agent } from '../drive/agent.js';
import { TrackDay } from '../race/track-day.js';

export interface Answer<T> {
  readonly status: number;
  readonly body: T & { readonly error?: { readonly code: string; readonly message: string } };
}

/** A real controller with a pit crew at it, and a car whose agent can be killed and started again. */
export class Hall {
  readonly day: TrackDay;
  readonly car = 'car-1';
  /** The token of the pit crew. */
  readonly crew: string;
  readonly #carToken: string;
  #agent: Agent | undefined;

  private constructor(day: TrackDay, crew: string, carToken: string) {
    this.day = day;
    this.crew = crew;
    this.#carToken = carToken;
  }

  static async open(): Promise<Hall> {
    const day = await TrackDay.open();
    const [crew, car] = await Promise.all([day.token('crew', 'carla'), day.token('car', 'car-1')]);
    return new Hall(day, crew, car);
  }

  get agent(): Agent {
    if (this.#agent === undefined) throw new Error('there is no agent yet');
    return this.#agent;
  }

  /** The folder of the car's models, where nothing is configured. */
  get models(): string {
    return join(this.agent.state, 'models', this.car);
  }

  /** The folder under which the car's USB sticks appear. */
  get stick(): string {
    return join(this.day.folder, 'media');
  }

  /** The car's agent with nothing loaded, and what it says from now on. */
  start(over: Record<string, unknown> = {}): Agent {
    mkdirSync(this.stick, { recursive: true });
    const port = Number(new URL(this.day.mqtt).port);
    this.#agent ??= new Agent({
      track: { car: this.car, port, password: this.#carToken },
      model: false,
      over: {
        link: {
          url: this.day.mqtt,
          passwordfile: this.#password(),
          http: this.day.url,
          // A busy machine must not stop the car.
          after: 20_000,
        },
        models: { quota: 100, stick: this.stick },
        ...over,
      },
    });
    this.agent.output = '';
    this.agent.start();
    return this.agent;
  }

  async upload(path: string, name = basename(path, '.tar.gz')): Promise<Answer<UploadedModel>> {
    const body = await buffer(createReadStream(path));
    return this.#call('POST', `/api/v1/models?name=${encodeURIComponent(name)}`, body, 'application/octet-stream');
  }

  async command(action: CarAction, token = this.crew): Promise<Answer<CarOutcome>> {
    const body = Buffer.from(JSON.stringify({ action }));
    return this.#call('POST', `/api/v1/cars/${this.car}/commands`, body, 'application/json', token);
  }

  async get<T>(path: string): Promise<T> {
    return (await this.day.get(path)) as T;
  }

  async about(): Promise<CarOverview | undefined> {
    return (await this.get<{ cars: CarOverview[] }>('/api/v1/cars')).cars.find(({ car }) => car === this.car);
  }

  /** What the controller knows of the car fits, now or soon. */
  async until(fits: (about: CarOverview) => boolean): Promise<CarOverview> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const about = await this.about();
      if (about !== undefined && fits(about)) return about;
      if (Date.now() > deadline)
        throw new Error(`the car does not get there: ${JSON.stringify(about)}\n${this.agent.output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async online(): Promise<void> {
    await this.agent.says('linked to the track');
    await this.until(
      ({ presence, telemetry }) => presence?.status === 'online' && (telemetry?.framesPerSecond ?? 0) > 0,
    );
  }

  /** Gives it until the car does it: a busy machine may have had no fresh frame at just that moment. */
  async insist(action: CarAction, safety: CarState['safety']): Promise<void> {
    for (let tries = 0; tries < 50; tries++) {
      const { body } = await this.command(action);
      if (body.safety === safety) return;
      if (tries === 49) throw new Error(JSON.stringify(body));
    }
  }

  async close(): Promise<void> {
    await this.#agent?.stop();
    await this.day.close();
  }

  #password(): string {
    const file = join(this.day.folder, 'car.password');
    writeFileSync(file, `${this.#carToken}\n`, { mode: 0o600 });
    return file;
  }

  async #call<T>(method: string, path: string, body: Buffer, type: string, token = this.crew): Promise<Answer<T>> {
    const response = await fetch(this.day.url + path, {
      method,
      headers: { 'content-type': type, authorization: `Bearer ${token}` },
      body: Readable.toWeb(Readable.from([body])) as ReadableStream,
      duplex: 'half',
    } as RequestInit);
    return { status: response.status, body: (await response.json()) as Answer<T>['body'] };
  }
}
