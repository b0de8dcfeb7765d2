import type { CarId, RaceId } from '@pitwall/protocol';
import type { LogRecord } from '@pitwall/protocol/race';
import { expect, test, vi } from 'vitest';
import { dead, LiveClient, type Socket, silence } from './live-client.js';

/** A network whose sockets and timers the test holds. */
function network(random = 0.5) {
  const sockets: (Socket & { said: unknown[]; closed: boolean; hear: (message: unknown) => void })[] = [];
  let now = 0;
  let timers: { act: () => void; at: number }[] = [];
  const client = new LiveClient({
    open: () => {
      const said: unknown[] = [];
      const socket = {
        onopen: null as Socket['onopen'],
        onclose: null as Socket['onclose'],
        onmessage: null as Socket['onmessage'],
        said,
        closed: false,
        send: (text: string) => said.push(JSON.parse(text)),
        close: () => {
          socket.closed = true;
        },
        hear: (message: unknown) => socket.onmessage?.({ data: JSON.stringify(message) }),
      };
      sockets.push(socket);
      return socket;
    },
    now: () => now,
    random: () => random,
    setTimer: (act, ms) => {
      const timer = { act, at: now + ms };
      timers.push(timer);
      return timer;
    },
    clearTimer: (timer) => {
      timers = timers.filter((other) => other !== timer);
    },
  });
  const pass = (ms: number) => {
    now += ms;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter((timer) => !due.includes(timer));
    for (const { act } of due) act();
  };
  return { client, sockets, pass, timers: () => timers.length, waits: () => timers.map(({ at }) => at - now) };
}

const clock = { type: 'clock', now: { bootId: 'boot', at: 5_000_000 } };
const race = 'demo' as RaceId;
const car = 'car-1' as CarId;

const submission = {
  submission: '0190f3f0-0000-7000-8000-000000000001',
  race,
  racer: 'ada',
  model: { hash: 'a'.repeat(64), name: 'night-owl', bytes: 1 },
  submittedAt: 1,
  status: { state: 'queued', place: 4 },
};

const record = (seq: number): LogRecord =>
  ({
    race,
    seq,
    at: { bootId: 'boot', at: seq },
    epoch: 0,
    who: 'desk',
    commandId: null,
    event: { type: 'queued', racer: 'ada' },
    previous: '0'.repeat(64),
    hash: '1'.repeat(64),
  }) as unknown as LogRecord;

test('asks for everything on connecting, and resumes after the last record when it comes back', () => {
  const { client, sockets, pass } = network();
  let last = 0;
  client.follow(race, {
    last: () => last,
    onRecords: (records) => {
      last = records.at(-1)?.seq ?? last;
    },
  });
  client.watch(car, () => {});
  client.start();
  sockets[0]?.onopen?.();
  expect(sockets[0]?.said).toEqual([
    { type: 'follow', race, after: 0 },
    { type: 'watch', cars: [car] },
  ]);
  sockets[0]?.hear({ type: 'log', race, records: [record(1), record(2)] });
  expect(client.link().state).toBe('live');

  sockets[0]?.onclose?.();
  expect(client.link().state).toBe('lost');
  pass(1000);
  sockets[1]?.onopen?.();
  expect(sockets[1]?.said[0]).toEqual({ type: 'follow', race, after: 2 });
});

test('a server that says nothing is shown as lost within 3 s, counted from its last word', () => {
  const { client, sockets, pass } = network();
  client.start();
  pass(100);
  sockets[0]?.onopen?.();
  sockets[0]?.hear(clock);
  pass(silence - 1);
  expect(client.link().state).toBe('live');
  pass(1);
  expect(silence).toBeLessThan(3000);
  expect(client.link()).toEqual({ state: 'lost', since: 100 });
  // Hall Wi-Fi that comes back is heard on the connection that was there.
  expect(sockets[0]?.closed).toBe(false);
  pass(1000);
  sockets[0]?.hear(clock);
  expect(client.link()).toEqual({ state: 'live', since: 100 + silence + 1000 });
  expect(sockets).toHaveLength(1);
});

test('a connection that stays silent is given up: hall Wi-Fi does not close sockets', () => {
  const { client, sockets, pass } = network();
  client.start();
  sockets[0]?.onopen?.();
  sockets[0]?.hear(clock);
  pass(silence);
  pass(dead - silence);
  expect(sockets[0]?.closed).toBe(true);
  expect(client.link()).toEqual({ state: 'lost', since: 0 });
  pass(1000);
  expect(sockets).toHaveLength(2);
  // A new try that is not answered tells nothing new.
  pass(1000);
  expect(client.link()).toEqual({ state: 'lost', since: 0 });
});

test('a page that was held up itself first hears what the server said meanwhile', () => {
  const { client, sockets, pass } = network();
  client.start();
  sockets[0]?.hear(clock);
  pass(silence + 2000);
  expect(client.link().state).toBe('live');
  sockets[0]?.hear(clock);
  pass(silence);
  expect(client.link().state).toBe('lost');
});

test('a network that is said to be back is tried at once, also where the old connection still hangs', () => {
  const { client, sockets, pass } = network();
  client.start();
  sockets[0]?.hear(clock);
  pass(silence);
  client.hurry();
  expect(sockets[0]?.closed).toBe(true);
  expect(sockets).toHaveLength(2);
});

test('waits longer after each failure, with a random half, and one timer at a time', () => {
  const { client, sockets, pass, timers, waits } = network(1);
  client.start();
  const seen: number[] = [];
  for (let attempt = 0; attempt < 7; attempt += 1) {
    sockets.at(-1)?.onclose?.();
    expect(timers()).toBe(1);
    seen.push(waits()[0] ?? 0);
    pass(8000);
  }
  expect(seen).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000]);
  sockets.at(-1)?.onopen?.();
  sockets.at(-1)?.hear(clock);
  sockets.at(-1)?.onclose?.();
  expect(waits()).toEqual([500]);
});

test('hurries when the network is back, and never has two connections', () => {
  const { client, sockets } = network();
  client.start();
  client.hurry();
  expect(sockets).toHaveLength(1);
  sockets[0]?.onclose?.();
  client.hurry();
  expect(sockets).toHaveLength(2);
});

test('watches each car once, and stops when nobody looks', () => {
  const { client, sockets } = network();
  client.start();
  sockets[0]?.onopen?.();
  const first = client.watch(car, () => {});
  const second = client.watch(car, () => {});
  first();
  second();
  expect(sockets[0]?.said).toEqual([
    { type: 'watch', cars: [car] },
    { type: 'watch', cars: [] },
  ]);
});

test('what is not a live message is left alone, and the next one is heard', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const { client, sockets } = network();
  client.start();
  sockets[0]?.onopen?.();
  sockets[0]?.hear({ type: 'surprise' });
  expect(warn).toHaveBeenCalledOnce();
  sockets[0]?.hear(clock);
  expect(client.clock.at(0)).toEqual(clock.now);
  warn.mockRestore();
});

test('stops for good', () => {
  const { client, sockets, timers } = network();
  client.start();
  client.stop();
  client.stop();
  expect(sockets[0]?.closed).toBe(true);
  expect(timers()).toBe(0);
  client.hurry();
  expect(sockets).toHaveLength(1);
});

test('keeps saying who speaks and what is followed, in that order, until it is over', () => {
  const { client, sockets, pass } = network();
  const identify = { type: 'identify', token: 'secret' } as const;
  const follow = { type: 'follow-online', race } as const;
  const unfollow = { type: 'unfollow-online', race } as const;
  client.keepSaying(identify);
  client.start();
  sockets[0]?.onopen?.();
  const over = client.keepSaying(follow, unfollow);
  expect(sockets[0]?.said).toEqual([identify, follow]);
  sockets[0]?.onclose?.();
  pass(1000);
  sockets[1]?.onopen?.();
  over();
  over();
  expect(sockets[1]?.said).toEqual([identify, follow, unfollow]);
});

test('what is about no race’s log is heard by who listens, until they leave', () => {
  const { client, sockets } = network();
  const heard: unknown[] = [];
  const leave = client.listen((message) => heard.push(message));
  client.start();
  sockets[0]?.onopen?.();
  const message = { type: 'submissions', race, submissions: [submission] };
  sockets[0]?.hear(clock);
  sockets[0]?.hear(message);
  leave();
  sockets[0]?.hear(message);
  expect(heard).toEqual([message]);
});
