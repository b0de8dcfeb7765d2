import type { BootId, Micros, SessionId } from '@pitwall/protocol';
import { addressOf, CarCommand, topics } from '@pitwall/protocol/messages';
import { mayGo, type RaceCommand, type RunState } from '@pitwall/protocol/race';
import type { Incoming, MqttLink } from '@pitwall/runtime/mqtt-link';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { expect, it } from 'vitest';
import { car, DeskWorld, model, race, seconds } from '../../../testing/desk-world.js';
import { Identities } from '../../link/index.js';
import { openStore, type Store } from '../../store/index.js';
import { CarLink, type DeskOptions, EStops, raceMigrations } from '../index.js';

const bootId = 'car-boot' as BootId;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const loaded = { hash: model, name: 'fast' };

/**
 * A car at the end of two wires, by the rules of docs/driving.md. What is said on a wire stays there until it is let through;
 * where a connection ends it is gone. This car drives on without a link, or stops.
 */
class FarCar {
  phase: 'disarmed' | 'armed' | 'starting' | 'driving' | 'stopped' | 'faulted' = 'disarmed';
  online = true;
  readonly toCar: CarCommand[] = [];
  readonly fromCar: { channel: 'presence' | 'state' | 'reply'; message: object }[] = [];
  #sessions = 0;
  #seq = 0;
  readonly #now: () => Micros;
  readonly #carriesOn: boolean;

  constructor(now: () => Micros, carriesOn: boolean) {
    this.#now = now;
    this.#carriesOn = carriesOn;
  }

  get goes(): boolean {
    return this.phase === 'driving' || this.phase === 'starting';
  }

  hello(): void {
    this.#sessions += 1;
    this.#say('presence', { status: 'online', version: '1', model: loaded });
    this.#sayState();
  }

  /** The link is lost. */
  lost(): void {
    this.online = false;
    this.toCar.length = 0;
    this.fromCar.length = 0;
    if (this.goes && !this.#carriesOn) this.phase = 'stopped';
    this.fromCar.push({
      channel: 'presence',
      message: { ...this.#envelope(), status: 'lost', version: '1', model: loaded },
    });
  }

  back(): void {
    this.online = true;
    this.hello();
  }

  take(): void {
    const command = this.toCar.shift();
    if (command === undefined) return;
    const { commandId, action, expires } = command;
    const late = action.type !== 'e-stop' && expires.at < this.#now();
    const done = !late && this.#obeys(action.type, action.type === 'start' && action.warn !== undefined);
    this.#sayState();
    this.#say('reply', {
      commandId,
      outcome: done ? 'done' : 'refused',
      safety: this.phase,
      ...(action.type === 'check' ? { armable: { ok: true, missing: [], warnings: [] } } : {}),
      message: done ? undefined : 'no',
    });
  }

  /** It has warned for its second, where it was to. */
  warned(): void {
    if (this.phase !== 'starting') return;
    this.phase = 'driving';
    this.#sayState();
  }

  #obeys(type: string, warns: boolean): boolean {
    const from = this.phase;
    const to = (phase: FarCar['phase'], ...where: FarCar['phase'][]) => {
      if (where.length > 0 && !where.includes(from)) return false;
      this.phase = phase;
      return true;
    };
    if (type === 'e-stop') return to('faulted');
    if (type === 'clear') return to('disarmed', 'faulted', 'stopped');
    if (type === 'arm') return to('armed', 'disarmed');
    if (type === 'start') return to(warns ? 'starting' : 'driving', 'armed', 'stopped');
    if (type === 'stop') return from === 'armed' || this.goes ? to('stopped') : true;
    return type === 'run-speed' || type === 'check';
  }

  #sayState(): void {
    this.#say('state', { safety: this.phase, reason: null, model: loaded, manual: false, flag: 'green' });
  }

  #say(channel: 'presence' | 'state' | 'reply', message: object): void {
    if (this.online) this.fromCar.push({ channel, message: { ...this.#envelope(), ...message } });
  }

  #envelope() {
    const sessionId = `00000000-0000-7000-8000-${String(this.#sessions).padStart(12, '0')}` as SessionId;
    return { sessionId, seq: this.#seq++, bootId, at: this.#now() };
  }
}

const steps = [
  'to the car',
  'to the desk',
  'everything arrives',
  'the car is out of reach',
  'the car is back',
  'the broker is gone',
  'the broker is there',
  'a moment',
  'three seconds',
  'start',
  'pause',
  'resume',
  'finish',
  'e-stop',
  'stop all',
  'clear',
  'test e-stop',
  'undo',
] as const;
type Step = (typeof steps)[number];

/** The desk of a controller with its cars, and a car that is reached by hand. */
class Track {
  readonly world: DeskWorld;
  far!: FarCar;
  cars!: CarLink;
  eStops!: EStops;
  /** The run under way as it is on disk. */
  run: RunState | undefined;
  up = true;
  runId = '';
  /** Words that set a car going and should not have been said. */
  readonly wrong: string[] = [];
  #handlers: { filter: string; handle: (incoming: Incoming<never>) => void }[] = [];
  #eStopStore!: Store;
  #seen = 0;
  readonly #given: Promise<unknown>[] = [];
  readonly #over: Partial<DeskOptions> = {};
  /** A person pressed it, and none has cleared the car since. */
  isHeld = false;

  constructor() {
    this.world = new DeskWorld(this.#over, ':memory:');
  }

  async start(carriesOn: boolean): Promise<this> {
    const { clock, epoch, timers } = this.world.time;
    this.far = new FarCar(this.world.time.now, carriesOn);
    this.#eStopStore = await openStore(':memory:', [raceMigrations]);
    this.eStops = new EStops({ store: this.#eStopStore, clock, epoch, timers, log });
    const identities = new Identities({ epoch, timers, log });
    const link = {
      subscribe: (filter: string, _schema: unknown, handle: (incoming: Incoming<never>) => void) =>
        this.#handlers.push({ filter, handle }),
      publish: (_topic: string, message: object) => this.#publish(CarCommand.parse(message)),
    } as unknown as Pick<MqttLink, 'subscribe' | 'publish'>;
    this.cars = new CarLink({ link, clock, timers, eStops: this.eStops, identities });
    this.cars.start();
    (this.#over as { cars: CarLink }).cars = this.cars;
    await this.world.start();
    this.cars.watchMotion((id, motion) => this.world.desk.carMoves(id, motion));
    this.world.desk.watch((_, { current, seq }) => {
      this.run = current;
      this.#seen = seq;
    });
    this.far.hello();
    await this.drain();
    const opening = this.world.openRace({ rules: { name: 'test', timeLimit: null } as never });
    await this.until(opening);
    this.runId = uuidv7();
    for (const command of [
      { type: 'call', runId: this.runId, racer: 'anna' },
      { type: 'stage', runId: this.runId },
      { type: 'ready', runId: this.runId },
    ])
      await this.until(this.world.give(command as RaceCommand));
    return this;
  }

  async stop(): Promise<void> {
    this.world.time.pass(seconds(400));
    await Promise.all(this.#given);
    await this.eStops.stop();
    await this.world.stop();
    await this.#eStopStore.close();
  }

  #publish(command: CarCommand): boolean {
    if (!this.up) return false;
    const { type } = command.action;
    if (type === 'start' || type === 'resume') {
      const { run } = this;
      if (run?.car !== car || !mayGo(run)) this.wrong.push(`${type} while its run is ${run?.phase}`);
      if (this.isHeld) this.wrong.push(`${type} while an e-stop holds it`);
    }
    if (this.far.online) this.far.toCar.push(command);
    return true;
  }

  /** What the disk and what follows from it need. */
  async turns(count = 8): Promise<void> {
    for (let turn = 0; turn < count; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  heard(): boolean {
    const said = this.up ? this.far.fromCar.shift() : undefined;
    if (said === undefined) return false;
    const topic = topics.car(car, said.channel);
    for (const { filter, handle } of this.#handlers)
      if (filter === topics.everyCar(said.channel))
        handle({ message: said.message, from: addressOf(topic), receivedAt: this.world.time.at } as never);
    return true;
  }

  async drain(): Promise<void> {
    for (let quiet = 0; quiet < 2; ) {
      const moved = this.far.toCar.length + (this.up ? this.far.fromCar.length : 0) > 0;
      this.far.take();
      while (this.heard());
      await this.turns(6);
      quiet = moved ? 0 : quiet + 1;
    }
  }

  async until(work: Promise<unknown>): Promise<void> {
    let over = false;
    const end = () => {
      over = true;
    };
    work.then(end, end);
    while (!over) await this.drain();
    await work;
  }

  /** As a person does it: whatever the answer, it is not waited for. */
  give(command: RaceCommand): void {
    this.#given.push(
      this.world.desk
        .command(race, { commandId: uuidv7(), seen: this.#seen, command }, 'mara')
        .catch((error: { code?: string }) => expect(error.code).toMatch(/^race-(refused|conflict)$/)),
    );
  }

  async step(step: Step): Promise<void> {
    const { far, world, runId } = this;
    switch (step) {
      case 'to the car':
        far.take();
        break;
      case 'to the desk':
        this.heard();
        break;
      case 'everything arrives':
        return await this.drain();
      case 'the car is out of reach':
        if (far.online) far.lost();
        break;
      case 'the car is back':
        if (!far.online) far.back();
        break;
      case 'the broker is gone':
        this.up = false;
        break;
      case 'the broker is there':
        this.connected();
        break;
      case 'a moment':
        world.time.pass(seconds(0.3));
        break;
      case 'three seconds':
        world.time.pass(seconds(3));
        far.warned();
        break;
      case 'start':
      case 'pause':
      case 'resume':
      case 'finish':
        this.give({ type: step, runId });
        break;
      case 'e-stop':
        this.isHeld = true;
        this.give({ type: 'e-stop', car });
        break;
      case 'stop all': {
        this.isHeld = true;
        const answer = this.cars.command(car, { type: 'e-stop' }, 'mara');
        this.#given.push(world.desk.allStopped('mara', () => answer));
        break;
      }
      case 'clear':
        // Whether it was cleared the car says; until then nobody has pressed anything since.
        this.isHeld = false;
        this.give({ type: 'clear-car', car });
        break;
      case 'test e-stop':
        this.give({ type: 'test-e-stop', car });
        break;
      case 'undo':
        this.give({ type: 'undo', target: this.#seen });
        break;
    }
    await this.turns();
  }

  /** Also what the broker kept of the car. */
  connected(): void {
    if (this.up) return;
    this.up = true;
    if (this.far.online) this.far.hello();
  }
}

async function walk(path: readonly Step[], carriesOn: boolean): Promise<void> {
  const track = await new Track().start(carriesOn);
  try {
    for (const step of path) await track.step(step);
    expect(track.wrong).toEqual([]);
    // In the end everybody hears everybody.
    track.connected();
    if (!track.far.online) track.far.back();
    for (let i = 0; i < 3; i += 1) {
      await track.drain();
      track.world.time.pass(seconds(3));
      track.far.warned();
      await track.turns();
    }
    await track.drain();
    expect(track.wrong).toEqual([]);
    const { far, run, eStops, isHeld } = track;
    if (isHeld) {
      expect(eStops.of(car)).not.toBeNull();
      expect(far.phase).toBe('faulted');
    }
    if (!(run?.car === car && mayGo(run))) expect(far.goes).toBe(false);
  } finally {
    await track.stop();
  }
}

const weighted: readonly Step[] = [
  ...steps,
  'to the car',
  'to the desk',
  'to the desk',
  'start',
  'clear',
  'to the car',
  'to the desk',
];

it('no car goes but by what a person asked for last, and no e-stop is lost, whatever arrives when', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...weighted), { minLength: 4, maxLength: 24 }), fc.boolean(), walk),
    { numRuns: 100, endOnFailure: true },
  );
}, 600_000);
