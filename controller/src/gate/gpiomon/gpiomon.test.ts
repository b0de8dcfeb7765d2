import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Micros } from '@pitwall/protocol';
import { hostClock } from '@pitwall/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StandIn, standIn, withPath } from '../../../testing/gpiomon-program.js';
import type { Edge, SensorStatus } from '../sensor.js';
import { argumentsOf, parseEvent, versionOf } from './format.js';
import { GpiomonSensor } from './index.js';

describe('the output of gpiomon', () => {
  it.each([
    ['gpiomon (libgpiod) v1.6.3\nCopyright', 1],
    ['gpiomon (libgpiod) v2.2.1', 2],
    ['gpiomon (libgpiod) v3.0', undefined],
    ['', undefined],
  ])('%j is of version %s', (output, version) => expect(versionOf(output)).toBe(version));

  it.each([
    [1, '17 1 1234 567890123', { line: 17, level: 1, at: 1_234_567_890 }],
    [1, '17 0 1234 7', { line: 17, level: 0, at: 1_234_000_000 }],
    [1, '17 2 1234 7', undefined],
    [2, '17 1 1234.567890999', { line: 17, level: 1, at: 1_234_567_890 }],
    [2, '27 2 0.000001999', { line: 27, level: 0, at: 1 }],
    [2, '27 0 0.000001999', undefined],
    [2, '17 1 1234 567890123', undefined],
    [1, '17 1 1234 5678901234', undefined],
    [1, 'event:  RISING EDGE offset: 17 timestamp: [    1234.567890123]', undefined],
    [1, '', undefined],
    [1, '17 1 999999999999999 0', undefined],
  ] as const)('version %s: %j', (version, text, event) => expect(parseEvent(version, text)).toEqual(event));

  it('is asked for in the words of each version', () => {
    const wanted = { chip: 'gpiochip0', lines: [17, 27], bias: 'disabled' } as const;
    expect(argumentsOf(1, wanted).join(' ')).toBe(
      '--line-buffered --bias=disable --format=%o %e %s %n gpiochip0 17 27',
    );
    expect(argumentsOf(2, wanted).join(' ')).toBe(
      '--chip gpiochip0 --bias disabled --event-clock monotonic --format %o %e %S 17 27',
    );
    expect(argumentsOf(2, { ...wanted, bias: 'as-is' })).not.toContain('--bias');
  });
});

describe.each([1, 2] as const)('gpiomon of version %s as a child', (version) => {
  const path = process.env.PATH;
  const host = hostClock();
  /** What the sensor's clock says, µs, where a test says when each line arrives; else it goes by itself. */
  let arrival: number | undefined;
  const clock = { ...host, now: () => (arrival ?? host.now()) as Micros };
  let folder: string;
  let gpiomon: StandIn;
  let sensor: GpiomonSensor;
  let edges: Edge[];
  let statuses: [SensorStatus, string][];
  let lost: number;
  let notes: number;
  let wallClock: number[];
  let changed: () => void;
  const until = async (condition: () => boolean) => {
    while (!condition())
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pitwall-gpiomon-'));
    gpiomon = await standIn(folder, version);
    process.env.PATH = withPath(gpiomon.folder);
    [edges, statuses, lost, notes, wallClock, changed] = [[], [], 0, 0, [], () => undefined];
    arrival = undefined;
    sensor = new GpiomonSensor({ chip: 'gpiochip0', lines: [17, 27], bias: 'pull-up' }, clock);
    await sensor.start({
      edge: (edge) => {
        edges.push(edge);
        changed();
      },
      status: (status, message) => {
        statuses.push([status, message]);
        changed();
      },
      note: () => {
        notes += 1;
      },
      wallClock: (steps) => wallClock.push(steps),
      lost: (count) => {
        lost += count;
        changed();
      },
    });
  });
  afterEach(async () => {
    await sensor.stop();
    gpiomon.close();
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  });

  it('gives laps that are the difference of its stamps, exactly', async () => {
    await gpiomon.next();
    const first = process.hrtime.bigint();
    gpiomon.edge(17, 0, first - 20_123_456_789n);
    gpiomon.edge(27, 1, first);
    await until(() => edges.length === 2);
    expect(edges).toMatchObject([
      { bootId: clock.bootId, sensor: 0, level: 0, at: Number((first - 20_123_456_789n) / 1000n) },
      { bootId: clock.bootId, sensor: 1, level: 1, at: Number(first / 1000n) },
    ]);
    expect(lost).toBe(0);
  });

  it('loses no line of a long burst while this process is busy', async () => {
    await gpiomon.next();
    const start = process.hrtime.bigint() - 30_000_000_000n;
    for (let i = 0; i < 20_000; i++) gpiomon.edge(17, (i % 2) as 0 | 1, start + BigInt(i) * 1_000_000n);
    for (let busy = 0; busy < 10; busy++) {
      const end = performance.now() + 20;
      while (performance.now() < end);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => edges.length >= 20_000);
    const stamps = edges.map(({ at }) => at);
    expect(stamps).toEqual(Array.from({ length: 20_000 }, (_, i) => Number((start + BigInt(i) * 1_000_000n) / 1000n)));
  });

  it('is started again when it dies, and says why', async () => {
    await gpiomon.next();
    gpiomon.die('error waiting for events: Resource temporarily unavailable');
    await until(() => statuses.some(([status]) => status === 'gone'));
    expect(statuses.at(-1)?.[1]).toMatch(/Resource temporarily unavailable/);
    await gpiomon.next();
    gpiomon.edge(17, 1, process.hrtime.bigint());
    await until(() => edges.length === 1);
    await until(() => statuses.at(-1)?.[0] === 'ok');
  });

  it('is started again when it is killed, and what it had said before counts', async () => {
    const pid = await gpiomon.next();
    gpiomon.edge(17, 1, process.hrtime.bigint());
    await until(() => edges.length === 1);
    process.kill(pid, 'SIGKILL');
    await gpiomon.next();
    gpiomon.edge(17, 1, process.hrtime.bigint());
    await until(() => edges.length === 2);
  });

  it('may stall: what it says late has the right time', async () => {
    const pid = await gpiomon.next();
    process.kill(pid, 'SIGSTOP');
    const stamp = process.hrtime.bigint();
    gpiomon.edge(17, 1, stamp);
    process.kill(pid, 'SIGCONT');
    await until(() => edges.length === 1);
    expect(edges[0]).toMatchObject({ at: Number(stamp / 1000n), bootId: clock.bootId });
  });

  it('is noticed when it is held still, and goes on by itself with what it missed', async () => {
    const pid = await gpiomon.next();
    process.kill(pid, 'SIGSTOP');
    const stamp = process.hrtime.bigint();
    gpiomon.edge(17, 1, stamp);
    await until(() => statuses.some(([status, message]) => status === 'gone' && message.includes('SIGSTOP')));
    await until(() => edges.length === 1 && statuses.at(-1)?.[0] === 'ok');
    expect(edges[0]).toMatchObject({ at: Number(stamp / 1000n) });
  });

  it('may stamp by a wall clock, even by one that is set: it says so, and how wrong each crossing can be', async () => {
    await gpiomon.next();
    const start = host.now();
    const ahead = Date.now() * 1000 - start;
    const truth: number[] = [];
    /** A tenth of a second after the one before; its line is under way for half a millisecond. */
    const cross = async (stepSeconds: number) => {
      const at = start + truth.length * 100_000;
      truth.push(at);
      arrival = at + 500;
      gpiomon.edge(17, 1, BigInt(Math.round(at + ahead + stepSeconds * 1e6)) * 1000n);
      await until(() => edges.length === truth.length);
    };
    for (const step of [0, 0, 0, 7200, 7200, 7200, 0.9, 0.9]) await cross(step);
    expect(new Set(edges.map(({ bootId }) => bootId))).toEqual(new Set([clock.bootId]));
    for (const [i, { at, uncertainty }] of edges.entries())
      expect(Math.abs(at - (truth[i] as number))).toBeLessThanOrEqual(uncertainty);
    expect(wallClock[0]).toBe(0);
    expect(wallClock.at(-1)).toBeGreaterThanOrEqual(2);
    // Set back by two hours, or two hours late: one stamp does not tell.
    expect(edges[6]?.uncertainty).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('that tells of a line for which it was not asked has seen no crossing', async () => {
    await gpiomon.next();
    gpiomon.edge(4, 1, process.hrtime.bigint());
    await until(() => lost === 1);
    expect([edges.length, notes]).toEqual([0, 1]);
  });

  it('counts what is no event', async () => {
    await gpiomon.next();
    gpiomon.print('Monitoring line 17...');
    gpiomon.edge(17, 1, process.hrtime.bigint());
    await until(() => edges.length === 1 && lost === 1);
  });
});

describe('a Pi without a clock, whose wall clock began at 1970 three seconds before it counted', () => {
  it.each([
    ['4.19.118-v7l+', true],
    ['5.4.83-v8+', true],
    ['5.6.19', true],
    ['5.7.0', false],
    ['5.10.103-v7l+', false],
    ['6.12.34+rpt-rpi-2712', false],
    ['10.0.1', false],
    ['what', false],
  ])('stamps by its kernel %s: of a wall clock is %s', async (kernel, isWallClock) => {
    const path = process.env.PATH;
    const folder = mkdtempSync(join(tmpdir(), 'pitwall-gpiomon-'));
    const gpiomon = await standIn(folder, 1);
    process.env.PATH = withPath(gpiomon.folder);
    const host = hostClock();
    const wanted = { chip: 'gpiochip0', lines: [17], bias: 'as-is' } as const;
    const sensor = new GpiomonSensor(wanted, host, { kernel });
    try {
      const wallClock: number[] = [];
      const edge = new Promise<Edge>((resolve) => {
        const ignore = () => undefined;
        const events = {
          note: ignore,
          lost: ignore,
          status: ignore,
          wallClock: (steps: number) => wallClock.push(steps),
        };
        void sensor.start({ edge: resolve, ...events });
      });
      await gpiomon.next();
      const passed = host.now();
      gpiomon.edge(17, 1, BigInt(passed - 3_000_000) * 1000n);
      const { at, uncertainty } = await edge;
      expect(wallClock).toEqual(isWallClock ? [0] : []);
      // The truth of a wall clock's stamp is its arrival; a monotonic one is as it says.
      if (isWallClock) expect(Math.abs(at - passed)).toBeLessThanOrEqual(uncertainty);
      else expect({ at, uncertainty }).toEqual({ at: passed - 3_000_000, uncertainty: 50 });
    } finally {
      process.env.PATH = path;
      await sensor.stop();
      gpiomon.close();
      rmSync(folder, { recursive: true });
    }
  });
});

it('takes its line over from sysfs, where a gate that was killed left it, and says so', async () => {
  const path = process.env.PATH;
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-gpiomon-'));
  const gpiomon = await standIn(folder, 2);
  process.env.PATH = withPath(gpiomon.folder);
  const sysfs = join(folder, 'gpio');
  for (const [file, value] of [
    ['gpiochip512/label', 'pinctrl-bcm2711'],
    ['gpiochip512/base', '512'],
    ['gpiochip512/ngpio', '58'],
    ['gpio529/direction', 'in'],
    ['unexport', ''],
  ] as const) {
    mkdirSync(dirname(join(sysfs, file)), { recursive: true });
    writeFileSync(join(sysfs, file), `${value}\n`);
  }
  const sensor = new GpiomonSensor({ chip: 'pinctrl-bcm2711', lines: [17], bias: 'as-is' }, hostClock(), { sysfs });
  try {
    const note = new Promise<string>((resolve) => {
      const ignore = () => undefined;
      void sensor.start({ edge: ignore, note: resolve, lost: ignore, status: ignore });
    });
    await gpiomon.next();
    // libgpiod 2.2.1, tools/gpiomon.c: die_perror("unable to request lines")
    gpiomon.die('unable to request lines on chip /dev/gpiochip0: Device or resource busy');
    expect(await note).toMatch(/line 17 was left exported/);
    expect(readFileSync(join(sysfs, 'unexport'), 'utf8')).toMatch(/^529/);
    await gpiomon.next();
  } finally {
    process.env.PATH = path;
    await sensor.stop();
    gpiomon.close();
    rmSync(folder, { recursive: true });
  }
});

it('says what to install where there is no gpiomon', async () => {
  const path = process.env.PATH;
  process.env.PATH = '/nonexistent';
  const sensor = new GpiomonSensor({ chip: 'gpiochip0', lines: [17], bias: 'as-is' }, hostClock());
  try {
    const message = await new Promise<string>((resolve, reject) => {
      const ignore = () => undefined;
      sensor.start({ edge: ignore, note: ignore, lost: ignore, status: (_, text) => resolve(text) }).catch(reject);
    });
    expect(message).toMatch(/apt install gpiod/);
  } finally {
    process.env.PATH = path;
    await sensor.stop();
  }
});
