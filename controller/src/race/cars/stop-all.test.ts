import type { CarId, Micros } from '@pitwall/protocol';
import { addressOf, type StopAll, topics } from '@pitwall/protocol/messages';
import type { Incoming } from '@pitwall/runtime/mqtt-link';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { car, DeskWorld, seconds } from '../../../testing/desk-world.js';
import { StopAllCars } from '../index.js';

const green = 'green' as CarId;
type FullAnswer = Awaited<ReturnType<ConstructorParameters<typeof StopAllCars>[0]['cars']['command']>>;
const stands: FullAnswer = { outcome: 'done', safety: 'faulted', message: null };

let world: DeskWorld;
let stops: StopAllCars;
/** The cars that were told, and how each answers. */
let told: CarId[];
let answer: (car: CarId) => Promise<FullAnswer>;
let said: { topic: string; stop: StopAll }[];
let hear: (topic: string, payload: string, retained?: boolean) => void;

beforeEach(async () => {
  world = await new DeskWorld().start();
  told = [];
  said = [];
  answer = async () => stands;
  const handlers: { filter: RegExp; handle: (incoming: Incoming<Buffer>) => void }[] = [];
  hear = (topic, payload, retained = false) => {
    for (const { filter, handle } of handlers)
      if (filter.test(topic))
        handle({ message: Buffer.from(payload), from: addressOf(topic), receivedAt: 0, retained } as never);
  };
  stops = new StopAllCars({
    link: {
      subscribeRaw: (filter, handle) => {
        handlers.push({ filter: new RegExp(`^${filter.replace('+', '[^/]+')}$`), handle: (one) => void handle(one) });
      },
      publish: (topic, stop) => {
        said.push({ topic, stop: stop as StopAll });
        return true;
      },
    },
    cars: {
      cars: [car],
      heard: (one) => (one === car ? { status: 'online', ago: 40_000 as Micros } : { status: 'unknown', ago: null }),
      command: (one, action) => {
        expect(action).toEqual({ type: 'e-stop' });
        told.push(one);
        return answer(one);
      },
    },
    eStops: { cars: [green] },
    desk: world.desk,
    clock: world.time.clock,
    epoch: world.time.epoch,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  stops.start();
});
afterEach(async () => await world.stop());

it('tells every car at once, pauses the run under way, and says who stands and who is missing', async () => {
  await world.openRace();
  const runId = await world.startRun();
  const seen: StopAll[] = [];
  stops.watch((stop) => seen.push(stop));
  let goesSilent: () => void = () => undefined;
  answer = (one) =>
    one === car
      ? Promise.resolve(stands)
      : new Promise((resolve) => {
          goesSilent = () => resolve({ outcome: 'silent', safety: null, message: 'no answer within 2 s' });
        });
  const outcome = stops.stop('mara');
  // Before anything was waited for.
  expect(told).toEqual([car, green]);
  expect(seen).toMatchObject([{ by: 'mara', cars: [{ answer: 'waiting' }, { answer: 'waiting' }], paused: [] }]);
  const heard = await world.heard('car-answered', (event) => 'command' in event && event.command === 'e-stop');
  expect(heard.event).toMatchObject({ runId, car, outcome: 'done', safety: 'faulted' });
  world.time.pass(seconds(2));
  goesSilent();
  expect(await outcome).toMatchObject({
    by: 'mara',
    cars: [
      { car, answer: 'stopped', safety: 'faulted', status: 'online', heardAgo: 40_000 },
      { car: green, answer: 'silent', safety: null, took: null, status: 'unknown', heardAgo: null },
    ],
    paused: ['friday'],
  });
  expect(await world.run(runId)).toMatchObject({ phase: 'paused', pausedBy: 'e-stop' });
  expect(seen.at(-1)).toEqual(await outcome);
  // It is stopped by emergency stop already: no other order follows from the pause.
  expect(world.cars.orders.at(-1)).toBe(`start ${car}`);
});

it('ends a countdown too, and leaves a run alone that has not begun', async () => {
  await world.openRace({ rules: { name: 'test', start: 'countdown', countdown: seconds(5) } as never });
  const runId = await world.startRun();
  expect((await stops.stop('mara')).paused).toEqual(['friday']);
  world.time.pass(seconds(10));
  expect(await world.run(runId)).toMatchObject({ phase: 'ready', countdown: null, startedAt: null });
  expect((await stops.stop('mara')).paused).toEqual([]);
});

it('is done once for one number of one sender, and answered each time it asks', async () => {
  const topic = topics.gate('button' as never, 'stop');
  for (let time = 0; time < 3; time += 1) hear(topic, '{"stopId":"a"}');
  expect(told).toEqual([car, green]);
  hear(topics.staff('mara', 'stop'), '{"stopId":"a"}');
  expect(told).toEqual([car, green, car, green]);
  await stops.stop('somebody');
  expect(said.filter(({ topic: to }) => to === topics.gate('button' as never, 'stopped'))).toHaveLength(6);
  expect(said.at(-1)).toMatchObject({
    topic: topics.staff('mara', 'stopped'),
    stop: { stopId: 'a', by: 'staff mara', cars: [{ answer: 'stopped' }, { answer: 'stopped' }] },
  });
});

it('stops the cars also where nobody can read who asks what for', () => {
  hear(topics.gate('button' as never, 'stop'), 'STOP!');
  hear(topics.gate('button' as never, 'stop'), '');
  expect(told).toHaveLength(4);
  expect(said).toEqual([]);
});

it('is not what a broker had kept', () => {
  hear(topics.gate('button' as never, 'stop'), '{"stopId":"old"}', true);
  expect(told).toEqual([]);
});
