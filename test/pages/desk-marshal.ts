import type { RaceCommand, RunState } from '@pitwall/protocol/race';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { z } from 'zod';
import type { TrackDay } from '../race/track-day.js';
import { PatientMarshal } from '../race-faults/patient-marshal.js';
import { next, openDesk } from './marshal-desk.js';

type Command = z.input<typeof RaceCommand>;

/** What a marshal's desk is opened with, and the car whose races it runs. */
export interface Place {
  readonly browser: Browser;
  readonly marshal: { readonly name: string; readonly token: string };
  readonly car: { readonly id: string; readonly model: { readonly hash: string; readonly name: string } };
}

const begins: ReadonlySet<string> = new Set(['run-started', 'countdown-started']);
const incidents = { reset: 'r', 'off-track': 'o', collision: 'c' } as const;

/** The same by the keyboard of the desk in a browser, with a car that Pitwall drives; what has no key goes as forms send it. */
export class DeskMarshal extends PatientMarshal {
  readonly #day: TrackDay;
  readonly #place: Place;
  readonly #isAnyCar: boolean;
  #desk: Awaited<ReturnType<typeof openDesk>> | undefined;

  constructor(day: TrackDay, race: string, place: Place, isAnyCar: boolean) {
    super(day, race);
    this.#day = day;
    this.#place = place;
    this.#isAnyCar = isAnyCar;
  }

  get page(): Page {
    if (this.#desk === undefined) throw new Error('the desk is not open');
    return this.#desk.page;
  }

  /** What was wrong in the page. */
  get faults(): readonly string[] {
    return this.#desk?.faults ?? [];
  }

  override async open(gates: readonly string[], rules: object, more: object = {}): Promise<void> {
    const { browser, marshal, car } = this.#place;
    const setup = {
      name: this.race,
      track: { id: 'harbour', version: 1 },
      gates,
      ...(this.#isAnyCar ? { car: 'any' } : {}),
      rules: { name: 'Rows', timeLimit: null, start: 'key', ...rules },
      ...more,
    };
    await this.#day.post('/api/v1/races', { race: this.race, commandId: crypto.randomUUID(), setup });
    await super.give({ type: 'open' });
    const drives = this.#isAnyCar ? {} : { car: car.id };
    await super.give({ type: 'enter', entry: { racer: 'ada', alias: 'Ada', models: [car.model], ...drives } as never });
    if (!this.#isAnyCar) await this.#testEStop();
    this.#desk = await openDesk(browser, { url: this.#day.url, marshal: marshal.token }, this.race);
  }

  /** From the call to the start, by Enter. */
  override async start(): Promise<void> {
    await super.give({ type: 'queue', racer: 'ada' });
    const { seq } = await this.log(0);
    for (const step of ['Call Ada', 'Stage the car', 'Check and make ready', 'Start']) {
      await next(this.page, step);
      await this.page.keyboard.press('Enter');
    }
    const records = async () => (await this.log(seq)).records.map(({ event }) => event);
    const begun = async () => (await records()).find(({ type }) => begins.has(type));
    await expect.poll(begun).toBeDefined();
    this.runId = ((await begun()) as { runId: string }).runId;
    if (!this.#isAnyCar)
      await expect
        .poll(async () => (await records()).some((one) => one.type === 'car-state' && one.driving))
        .toBe(true);
  }

  override async give(command: Command): Promise<void> {
    if (command.type === 'confirm') return await this.#confirm(command.withoutDoubtful === true);
    const keys = await this.#keysOf(command);
    if (keys === undefined) return await super.give(command);
    await this.#isUpToDate();
    const { seq } = await this.log(0);
    for (const key of keys) {
      if (key === 'Enter' && command.type === 'split-lap') await this.page.getByLabel('Into how many laps').waitFor();
      await this.page.keyboard.press(key);
    }
    await this.#hasWritten(seq);
  }

  async close(): Promise<void> {
    const run = await this.run();
    if (run?.kind === 'practice' && run.phase === 'running') await super.give({ type: 'finish', runId: run.runId });
    else if (run !== undefined && run.phase !== 'confirmed' && run.phase !== 'discarded')
      await super.give({ type: 'discard', runId: run.runId, reason: 'enough' });
    await this.#desk?.close();
  }

  /** The run on the track, else the latest. */
  async run(): Promise<RunState | undefined> {
    const { runs, current } = (await this.#day.get(`/api/v1/races/${this.race}`)) as {
      runs: RunState[];
      current: string | null;
    };
    return runs.find(({ runId }) => runId === current) ?? runs.at(-1);
  }

  async #keysOf(command: Command): Promise<readonly string[] | undefined> {
    switch (command.type) {
      case 'pause':
      case 'resume':
        return ['p'];
      case 'finish':
        return ['x'];
      case 'undo':
        return ['u'];
      case 'incident':
        return [incidents[command.kind]];
      case 'move-incident':
        return ['b'];
      case 'split-lap':
        return ['m', 'Enter'];
      case 'other-reading':
        return ['j'];
      case 'edit-lap': {
        // The keys mean the latest lap in doubt; any other one is edited in a form.
        const doubtful = (await this.run())?.laps.findLast(({ doubt }) => doubt !== null);
        if (doubtful?.crossing !== command.crossing) return undefined;
        return [command.valid === true ? 'v' : 'n'];
      }
      default:
        return undefined;
    }
  }

  /** What a key means is what the page shows. */
  async #isUpToDate(): Promise<void> {
    const { seq } = await this.log(0);
    const latest = this.page.getByTestId('log').locator('li').first().locator('span').first();
    await expect.poll(() => latest.textContent()).toBe(String(seq));
  }

  async #hasWritten(seq: number): Promise<void> {
    const { name } = this.#place.marshal;
    await expect.poll(async () => (await this.log(seq)).records.some(({ who }) => who === name)).toBe(true);
  }

  /** By Enter; where it asks about laps in doubt, by Enter again. @throws Error `doubts-open` where that is not wanted. */
  async #confirm(withoutDoubtful: boolean): Promise<void> {
    const question = this.page.getByText('Enter again confirms');
    const came = async () => {
      if ((await this.run())?.phase === 'confirmed') return 'confirmed';
      return (await question.isVisible()) ? 'asked' : 'nothing';
    };
    if (!(await question.isVisible())) {
      await next(this.page, 'Confirm the result');
      await this.page.keyboard.press('Enter');
      await expect.poll(came).not.toBe('nothing');
    }
    if ((await came()) === 'confirmed') return;
    if (!withoutDoubtful) throw new Error('doubts-open');
    // It waits until the question can have been read.
    await expect
      .poll(async () => {
        await this.page.keyboard.press('Enter');
        return await came();
      })
      .toBe('confirmed');
  }

  /** A busy machine may hold up its answer once. */
  async #testEStop(): Promise<void> {
    await expect
      .poll(async () => {
        try {
          await super.give({ type: 'test-e-stop', car: this.#place.car.id } as never);
          return 'tested';
        } catch (error) {
          return (error as Error).message;
        }
      })
      .toBe('tested');
  }
}
