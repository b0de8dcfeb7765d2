import { gpiomonGate, livePins, pausesOf, serialGate } from '../gates/comparison.js';
import { Fleet } from '../gates/fleet.js';
import { quantile, type Report } from './report.js';

const crossings = 130;
const seed = 42;

/** How exact each way of timing is, and how much one controller takes. */
export async function run(report: Report): Promise<void> {
  const pauses = pausesOf(crossings, seed);
  const { gpio, poller, unseen } = await livePins(pauses);
  const others = quantile(poller, 0.99);
  const against = (value: number) => ({ baseline: others, ratio: others / value });
  report({
    figure: 'lap error of a 10 ms wall-clock poller, p99 (what others do)',
    value: others,
    unit: 'µs',
    bar: 'none',
    ok: true,
  });

  report({
    figure: 'crossings that the poller did not see at all',
    value: unseen,
    unit: `of ${crossings}`,
    bar: 'none',
    ok: true,
  });

  const runs: [number, number][] = [
    [100, 1],
    [-100, 2],
    [35, 3],
  ];
  const serial: number[] = [];
  for (const [ppm, each] of runs) serial.push(...(await serialGate(pauses, ppm, each)));
  const exact = quantile(serial, 0.99);
  report({
    figure: 'lap error of the serial gate after 120 s of probing under 20 ms of jitter, p99',
    value: exact,
    unit: 'µs',
    bar: '≤ 50',
    ok: exact <= 50,
    ...against(exact),
  });
  report({
    figure: 'times better than the poller: serial gate',
    value: others / exact,
    unit: '×',
    bar: '≥ 100',
    ok: others / exact >= 100,
  });

  const kernel = Math.max(...(await gpiomonGate(pauses)));
  report({
    figure: 'lap error of gpiomon against its stamps, worst',
    value: kernel,
    unit: 'µs',
    bar: '= 0',
    ok: kernel === 0,
  });

  const pins = quantile(gpio, 0.99);
  report({
    figure: 'lap error of the gpio process beside an event loop that is blocked half the time, p99',
    value: pins,
    unit: 'µs',
    bar: '≤ 1000',
    ok: pins <= 1000,
    ...against(pins),
  });

  await manyGates(report);
  await killedController(report, 20);
}

/** 100 gates, 10 crossings a second each, one controller. */
async function manyGates(report: Report): Promise<void> {
  const fleet = new Fleet();
  try {
    await fleet.start(100);
    const stop = fleet.race(10);
    // The first seconds warm the machine up and do not count.
    await pause(5);
    fleet.latencies.length = 0;
    await pause(20);
    stop();
    const slow = quantile(fleet.latencies, 0.99) / 1000;
    report({
      figure: '100 gates × 10 crossings/s: from the edge to the acknowledgement, p99',
      value: slow,
      unit: 'ms',
      bar: '≤ 50',
      ok: slow <= 50,
    });
    await fleet.drained(120);
    const { all, different, missing } = fleet.stored();
    report({
      figure: '100 gates × 10 crossings/s: not stored',
      value: missing,
      unit: 'crossings',
      bar: '= 0',
      ok: missing === 0 && fleet.made > 0,
    });
    report({
      figure: '100 gates × 10 crossings/s: stored twice',
      value: all - different,
      unit: 'crossings',
      bar: '= 0',
      ok: all === different,
    });
  } finally {
    await fleet.stop();
  }
}

/** Kills the controller with SIGKILL again and again while 100 gates send. */
export async function killedController(report: Report, times: number): Promise<void> {
  const fleet = new Fleet();
  try {
    await fleet.start(100);
    const stop = fleet.race(2);
    for (let i = 0; i < times; i++) {
      await pause(0.2 + (i % 7) * 0.1);
      await fleet.killController();
      await fleet.startController();
    }
    await pause(1);
    stop();
    await fleet.drained(120);
    const { all, different, missing } = fleet.stored();
    report({
      figure: `controller killed ${times} times while 100 gates send: lost of ${fleet.made}`,
      value: missing,
      unit: 'crossings',
      bar: '= 0',
      ok: missing === 0 && fleet.made > 0,
    });
    report({
      figure: `controller killed ${times} times while 100 gates send: stored twice`,
      value: all - different,
      unit: 'crossings',
      bar: '= 0',
      ok: all === different,
    });
  } finally {
    await fleet.stop();
  }
}

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
