import { type BootId, CarId, type Micros, type SessionId } from '@pitwall/protocol';
import { addressOf, CarCommand, topics } from '@pitwall/protocol/messages';
import type { Incoming, MqttLink } from '@pitwall/runtime/mqtt-link';
import { beforeEach, describe, expect, it } from 'vitest';
import { seconds, Time } from '../../../testing/desk-world.js';
import { Identities } from '../../link/index.js';
import { openStore, type Store } from '../../store/index.js';
import { CarLink, EStops, raceMigrations } from '../index.js';
import { clockWindow } from './car-clock.js';

const red = CarId.parse('red');
const sessionId = '00000000-0000-7000-8000-000000000000' as SessionId;
const model = { hash: 'a'.repeat(64), name: 'fast' };

/** The link's two ends that a car link has: what was published, and what comes in. */
class Wire {
  readonly sent: { topic: string; command: CarCommand }[] = [];
  up = true;
  /** Told of each command, as a car is. */
  car: (command: CarCommand) => void = () => undefined;
  readonly #handlers: { filter: string; handle: (incoming: Incoming<never>) => void }[] = [];

  readonly link = {
    subscribe: (filter: string, _schema: unknown, handle: (incoming: Incoming<never>) => void) => {
      this.#handlers.push({ filter, handle });
    },
    publish: (topic: string, message: object) => {
      if (!this.up) return false;
      const command = CarCommand.parse(message);
      this.sent.push({ topic, command });
      queueMicrotask(() => this.car(command));
      return true;
    },
  } as unknown as Pick<MqttLink, 'subscribe' | 'publish'>;

  hear(channel: 'presence' | 'state' | 'reply' | 'telemetry', message: object, receivedAt: Micros): void {
    const topic = topics.car(red, channel);
    for (const { filter, handle } of this.#handlers)
      if (filter === topics.everyCar(channel)) handle({ message, from: addressOf(topic), receivedAt } as never);
  }
}

let time: Time;
let wire: Wire;
let cars: CarLink;
let store: Store;
let eStops: EStops;
let identities: Identities;
/** The car's clock minus ours, and how long a message is on its way. */
let ahead: number;
const way = 3000;
let bootId: BootId;

const envelope = (at: number = time.at - way + ahead) => ({ sessionId, seq: 0, bootId, at: at as Micros });
const state = (safety: string, of: object | null = model) =>
  wire.hear('state', { ...envelope(), safety, reason: null, model: of, manual: false, flag: 'green' }, time.at);
const presence = (status: string, at?: number) =>
  wire.hear('presence', { ...envelope(at), status, version: '1', model }, time.at);

/** A car that does what it is told before the command expires on its own clock. */
function obey(command: CarCommand): void {
  const now = time.at + ahead;
  const expired = command.expires.bootId !== bootId || command.expires.at < now;
  const { commandId } = command;
  const outcome = expired ? 'refused' : 'done';
  wire.hear(
    'reply',
    { ...envelope(), commandId, outcome, safety: 'driving', message: expired ? 'expired' : undefined },
    time.at,
  );
}

beforeEach(async () => {
  time = new Time();
  wire = new Wire();
  ahead = 7_000_000;
  bootId = 'car-boot' as BootId;
  wire.car = obey;
  store = await openStore(':memory:', [raceMigrations]);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const { clock, epoch, timers } = time;
  eStops = new EStops({ store, clock, epoch, timers, log });
  identities = new Identities({ epoch, timers, log });
  cars = new CarLink({ link: wire.link, clock, timers, eStops, identities });
  cars.start();
});

describe('an order', () => {
  it('is answered by the car itself', async () => {
    presence('online');
    state('armed');
    expect(await cars.order(red, 'start', 'mara')).toMatchObject({ outcome: 'done', safety: 'driving' });
    expect(wire.sent).toMatchObject([
      { topic: topics.car(red, 'command'), command: { who: 'mara', action: { type: 'start' } } },
    ]);
  });

  it('to start says for how long the car is to warn before it moves, where it is to', async () => {
    presence('online');
    state('armed');
    await cars.order(red, 'start', 'mara', seconds(1));
    await cars.order(red, 'stop', 'mara', seconds(1));
    expect(wire.sent.map(({ command }) => command.action)).toEqual([
      { type: 'start', warn: seconds(1) },
      { type: 'stop' },
    ]);
  });

  it('to start arms a car whose state was lost on its way, as its answer before said that it is', async () => {
    presence('online');
    state('faulted');
    // It is cleared, and the state that says so never comes.
    wire.car = (command) => {
      const safety = command.action.type === 'start' ? 'driving' : command.action.type === 'arm' ? 'armed' : 'disarmed';
      wire.hear('reply', { ...envelope(), commandId: command.commandId, outcome: 'done', safety }, time.at);
    };
    await cars.order(red, 'clear', 'mara');
    expect(await cars.order(red, 'start', 'mara')).toMatchObject({ outcome: 'done', safety: 'driving' });
    expect(wire.sent.map(({ command }) => command.action.type)).toEqual(['clear', 'arm', 'start']);
  });

  it('to start arms a car that is not armed, and goes no further where it will not be', async () => {
    state('disarmed');
    await cars.order(red, 'start', 'mara');
    expect(wire.sent.map(({ command }) => command.action.type)).toEqual(['arm', 'start']);
    state('disarmed');
    wire.car = ({ commandId }) =>
      wire.hear(
        'reply',
        { ...envelope(), commandId, outcome: 'refused', safety: 'disarmed', message: 'no camera' },
        time.at,
      );
    expect(await cars.order(red, 'start', 'mara')).toMatchObject({ outcome: 'refused', message: 'no camera' });
    expect(wire.sent.map(({ command }) => command.action.type)).toEqual(['arm', 'start', 'arm']);
  });

  it('without an answer is silent after two seconds', async () => {
    presence('online');
    wire.car = () => undefined;
    const answer = cars.order(red, 'stop', 'mara');
    time.pass(seconds(2));
    expect(await answer).toMatchObject({ outcome: 'silent', message: 'no answer within 2 s' });
  });

  it('is silent at once without a broker, and after a while for a car that nobody heard', async () => {
    const unheard = cars.order(red, 'stop', 'mara');
    time.pass(seconds(2));
    expect(await unheard).toMatchObject({ outcome: 'silent', message: 'nothing was heard of this car' });
    presence('online');
    wire.up = false;
    expect(await cars.order(red, 'stop', 'mara')).toMatchObject({ message: 'no connection to the broker' });
  });

  it('waits for the first word of a car after a start', async () => {
    const order = cars.order(red, 'stop', 'mara');
    presence('online');
    expect(await order).toMatchObject({ outcome: 'done' });
  });

  it('is given again where only a retained word, an old time of its clock, had been heard', async () => {
    presence('online', time.at + ahead - 3_600_000_000);
    expect(await cars.order(red, 'stop', 'mara')).toMatchObject({ outcome: 'done' });
    expect(wire.sent).toHaveLength(2);
  });

  it('is given again to a car that came up anew meanwhile', async () => {
    presence('online');
    bootId = 'car-boot-2' as BootId;
    ahead = -900_000_000;
    expect(await cars.order(red, 'stop', 'mara')).toMatchObject({ outcome: 'done' });
    expect(wire.sent.map(({ command }) => command.expires.bootId)).toEqual(['car-boot', 'car-boot-2']);
  });
});

describe('a command expires on the clock of the car', () => {
  /** How long after now the car would still obey, µs. */
  const leeway = async () => {
    await cars.order(red, 'stop', 'mara');
    return (wire.sent.at(-1)?.command.expires.at ?? 0) - (time.at + ahead);
  };

  it('two seconds from now, less the way of the fastest message', async () => {
    presence('online');
    expect(await leeway()).toBe(seconds(2) - way);
    // A slow message says nothing new.
    presence('online', time.at + ahead - 500_000);
    expect(await leeway()).toBe(seconds(2) - way);
  });

  it('however long they have been drifting apart', async () => {
    presence('online');
    // 100 ppm slow, for three hours, heard of once a second.
    for (let second = 0; second < 10_800; second += 1) {
      time.pass(seconds(1));
      ahead -= 100;
      presence('online');
    }
    const late = await leeway();
    expect(late).toBeLessThanOrEqual(seconds(2) - way + (2 * clockWindow) / 10_000);
    expect(late).toBeGreaterThanOrEqual(seconds(2) - way);
  });

  it('and after a long silence by what it says then', async () => {
    presence('online');
    time.pass(seconds(7200));
    ahead -= 720_000;
    presence('online');
    expect(await leeway()).toBe(seconds(2) - way);
  });
});

it('tells of a car what it said last', () => {
  expect(cars.about(red)).toBeUndefined();
  presence('online');
  expect(cars.about(red)).toMatchObject({ online: true, model, rival: null });
  time.pass(seconds(1));
  state('armed', null);
  expect(cars.about(red)).toMatchObject({ online: true, model: null });
  presence('lost');
  expect(cars.about(red)).toMatchObject({ online: false });
});

describe('an emergency stop', () => {
  const types = () => wire.sent.map(({ command }) => command.action.type);
  const eStop = () => cars.list().find(({ car }) => car === red)?.eStop;
  /** A car as it is: faulted by an e-stop until it is cleared. */
  let faulted: boolean;
  let another: SessionId | undefined;
  const car = ({ commandId, action }: CarCommand) => {
    if (action.type === 'e-stop') faulted = true;
    if (action.type === 'clear') faulted = false;
    const from = another === undefined ? envelope() : { ...envelope(), sessionId: another };
    wire.hear('reply', { ...from, commandId, outcome: 'done', safety: faulted ? 'faulted' : 'disarmed' }, time.at);
  };
  /** What follows from what was heard, and from that, is done. */
  const settled = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };

  beforeEach(() => {
    faulted = false;
    another = undefined;
    wire.car = car;
    presence('online');
  });

  it('is kept until somebody clears the car, and nothing sets it going meanwhile', async () => {
    expect(await cars.order(red, 'e-stop', 'mara')).toMatchObject({ outcome: 'done', safety: 'faulted' });
    expect(eStop()).toEqual({ since: time.wall, by: 'mara', answered: 'stopped' });
    for (const type of ['arm', 'start', 'resume'] as const)
      expect(await cars.command(red, { type }, 'carla')).toMatchObject({
        outcome: 'refused',
        code: 'command-refused',
        message: expect.stringMatching(/by mara holds car red: clear it first/),
      });
    expect(types()).toEqual(['e-stop']);
    await cars.order(red, 'clear', 'carla');
    expect(eStop()).toBeNull();
    await cars.command(red, { type: 'arm' }, 'carla');
    expect(types()).toEqual(['e-stop', 'clear', 'arm']);
  });

  it('that was answered is said again to every new session of the car', async () => {
    await cars.order(red, 'e-stop', 'mara');
    presence('online');
    state('faulted');
    await settled();
    expect(types()).toEqual(['e-stop']);
    // It was started again, and knows nothing.
    faulted = false;
    another = '00000000-0000-7000-8000-000000000001' as SessionId;
    wire.hear('presence', { ...envelope(), sessionId: another, status: 'online', version: '1', model }, time.at);
    await settled();
    expect(types()).toEqual(['e-stop', 'e-stop']);
    expect(faulted).toBe(true);
    expect(eStop()).toMatchObject({ by: 'mara', answered: 'stopped' });
  });

  it('that nobody answered reaches the car as soon as it says anything', async () => {
    wire.car = () => undefined;
    const answer = cars.order(red, 'e-stop', 'mara');
    time.pass(seconds(2));
    expect(await answer).toMatchObject({ outcome: 'silent' });
    expect(eStop()).toMatchObject({ answered: 'silent' });
    wire.car = car;
    state('driving');
    await settled();
    expect(types()).toEqual(['e-stop', 'e-stop']);
    expect(eStop()).toMatchObject({ answered: 'stopped' });
  });

  it('waits for nothing to be known of the car, and holds one that was never heard', async () => {
    const green = CarId.parse('green');
    const answer = cars.order(green, 'e-stop', 'mara');
    expect(wire.sent).toMatchObject([{ topic: topics.car(green, 'command'), command: { action: { type: 'e-stop' } } }]);
    time.pass(seconds(2));
    expect(await answer).toMatchObject({ outcome: 'silent' });
    expect(eStops.of(green)).toMatchObject({ answered: 'silent' });
  });

  it('holds no car that was cleared at the car itself', async () => {
    await cars.order(red, 'e-stop', 'mara');
    wire.car = ({ commandId }) =>
      wire.hear('reply', { ...envelope(), commandId, outcome: 'refused', safety: 'disarmed' }, time.at);
    await cars.order(red, 'clear', 'mara');
    expect(eStop()).toBeNull();
  });

  it('holds one whose clear was refused because its fault is still there', async () => {
    await cars.order(red, 'e-stop', 'mara');
    wire.car = ({ commandId }) =>
      wire.hear('reply', { ...envelope(), commandId, outcome: 'refused', safety: 'faulted' }, time.at);
    await cars.order(red, 'clear', 'mara');
    expect(eStop()).not.toBeNull();
  });

  it('is told to whoever watches, when it comes and when it is cleared', async () => {
    const told: unknown[] = [];
    cars.watch((news) => news.type === 'car-e-stop' && told.push(news.eStop?.answered ?? null));
    await cars.order(red, 'e-stop', 'mara');
    await cars.order(red, 'clear', 'mara');
    expect(told).toEqual(['waiting', 'stopped', null]);
  });

  it('is on disk, and there again after the controller was started again', async () => {
    await cars.order(red, 'e-stop', 'mara');
    await eStops.stop();
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const { clock, epoch, timers } = time;
    eStops = new EStops({ store, clock, epoch, timers, log });
    await eStops.start();
    wire = new Wire();
    wire.car = car;
    faulted = false;
    cars = new CarLink({ link: wire.link, clock, timers, eStops, identities });
    cars.start();
    expect(eStops.of(red)).toMatchObject({ by: 'mara', answered: 'stopped' });
    presence('online');
    await settled();
    expect(types()).toEqual(['e-stop']);
    expect(faulted).toBe(true);
    await cars.order(red, 'clear', 'mara');
    await eStops.stop();
    await eStops.start();
    expect(eStops.cars).toEqual([]);
  });
});

describe('a car that says on which computer it runs', () => {
  const computer = (digit: number) => ({
    host: `pi-${digit}`,
    machine: String(digit).repeat(12),
    instance: String(digit).repeat(12),
  });
  const session = (digit: number) => `00000000-0000-7000-8000-00000000000${digit}` as SessionId;
  const online = (digit: number) =>
    wire.hear(
      'presence',
      { ...envelope(), sessionId: session(digit), status: 'online', version: '1', model, computer: computer(digit) },
      time.at,
    );

  it('is addressed, and the answer of another one is none', async () => {
    online(1);
    wire.car = ({ commandId, to }) => {
      expect(to).toBe('111111111111');
      for (const digit of [2, 1]) {
        const safety = digit === 1 ? 'stopped' : 'faulted';
        wire.hear('reply', { ...envelope(), sessionId: session(digit), commandId, outcome: 'done', safety }, time.at);
      }
    };
    online(2);
    expect(await cars.order(red, 'stop', 'mara')).toMatchObject({ outcome: 'done', safety: 'stopped' });
    expect(cars.list()).toMatchObject([
      { car: 'red', presence: { computer: { host: 'pi-1' } }, machine: { host: 'pi-1' }, rival: { host: 'pi-2' } },
    ]);
    expect(cars.about(red)).toMatchObject({ online: true, rival: { host: 'pi-2' } });
  });
});

describe('a car of another protocol', () => {
  const speaking = (number: number, oldest: number) =>
    wire.hear(
      'presence',
      { ...envelope(), status: 'online', version: '9.9.9', protocol: { number, oldest }, model },
      time.at,
    );

  it('is named with what to do, and does nothing but stop and change its version', async () => {
    speaking(99, 98);
    state('disarmed');
    const sentence =
      'Car red has version 9.9.9, which speaks protocol 99 and works with none before 98; this controller speaks 1: update the controller, or roll the car back.';
    expect(cars.list()).toMatchObject([{ incompatible: sentence }]);
    expect(await cars.order(red, 'start', 'mara')).toMatchObject({
      outcome: 'refused',
      code: 'version-incompatible',
      message: sentence,
    });
    expect(wire.sent).toEqual([]);
    void cars.command(red, { type: 'roll-back' }, 'mara');
    void cars.order(red, 'stop', 'mara');
    await Promise.resolve();
    expect(wire.sent.map(({ command }) => command.action.type)).toEqual(['roll-back', 'stop']);
  });

  it('that still works with this one is like any other', () => {
    speaking(99, 1);
    expect(cars.list()[0]).not.toHaveProperty('incompatible');
  });
});
