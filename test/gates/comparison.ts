import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Edge, GpiomonSensor, GpioSensor, type Sensor } from '@pitwall/controller/gate';
import { hostClock } from '@pitwall/runtime';
import { buildLapGate, RaceDay, seeded } from './race-day.js';

/** A lap is the time over so many crossings: some seconds. */
const crossingsPerLap = 10;

/** Pauses between crossings in µs, some half a second each: the same for every way of timing them. */
export function pausesOf(count: number, seed: number): number[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => Math.round(350_000 + random() * 300_000));
}

/** How far each lap is from the truth, µs; without those whose truth is not known. */
export function lapErrors(stamps: readonly number[], truth: readonly number[]): number[] {
  if (stamps.length !== truth.length) throw new Error(`${stamps.length} stamps of ${truth.length} crossings`);
  return stamps
    .slice(crossingsPerLap)
    .map((at, i) => {
      const lap = at - (stamps[i] as number);
      return Math.abs(lap - ((truth[i + crossingsPerLap] as number) - (truth[i] as number)));
    })
    .filter((error) => !Number.isNaN(error));
}

/** The lap-gate firmware under 20 ms of link jitter, its crystal off by `ppm`, after two minutes of probing. */
export async function serialGate(pauses: readonly number[], ppm: number, seed: number): Promise<number[]> {
  const day = new RaceDay({ flash: buildLapGate(), seed, ppm, jitter: 20_000, step: 2000 });
  await day.runUntil(120e6);
  let at = 120.5e6;
  const truth = pauses.map((pause) => {
    at += pause;
    return at;
  });
  day.edges(truth.flatMap((crossing) => [crossing, crossing + 60_000]));
  await day.runUntil(at + 1e6);
  const crossings = day.seen.filter(({ level }) => level === 0);
  // Each lap by the rate that was known when it ended: what the race log keeps.
  return crossings.slice(crossingsPerLap).map((end, i) => {
    const start = crossings[i] as (typeof crossings)[number];
    const lap = (truth[i + crossingsPerLap] as number) - (truth[i] as number);
    return Math.abs((end.at - start.at) * end.rate - lap);
  });
}

/** gpiomon's stand-in prints these crossings as version 2 does. */
export async function gpiomonGate(pauses: readonly number[]): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-bench-'));
  const path = process.env.PATH;
  let at = process.hrtime.bigint() - BigInt(pauses.reduce((sum, pause) => sum + pause, 0) + 1e6) * 1000n;
  const truth = pauses.map((pause, i) => {
    at += BigInt(pause) * 1000n + BigInt(i);
    return at;
  });
  const line = (ns: bigint) => `17 2 ${ns / 1_000_000_000n}.${(ns % 1_000_000_000n).toString().padStart(9, '0')}`;
  writeFileSync(join(folder, 'lines'), `${truth.map(line).join('\n')}\n`);
  const program = `#!/bin/sh\n[ "$1" = --version ] && { echo 'gpiomon (libgpiod) v2.2.1'; exit 0; }\ncat '${folder}/lines'\nexec sleep 3600\n`;
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'gpiomon'), program);
  chmodSync(join(folder, 'bin', 'gpiomon'), 0o755);
  process.env.PATH = `${join(folder, 'bin')}${delimiter}${path}`;
  const sensor = new GpiomonSensor({ chip: 'gpiochip0', lines: [17], bias: 'as-is' }, hostClock());
  try {
    const edges = await collect(sensor, pauses.length);
    const shown = edges.map((edge) => edge.at as number);
    return lapErrors(
      shown,
      truth.map((ns) => Number(ns / 1000n)),
    );
  } finally {
    await sensor.stop();
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  }
}

/**
 * The gpio process and a poller on the same live edges, while this process's event loop is blocked half of the time, as a
 * busy controller's would be.
 */
export async function livePins(
  pauses: readonly number[],
): Promise<{ gpio: number[]; poller: number[]; unseen: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-bench-'));
  const [pipe, file] = [join(folder, 'pin'), join(folder, 'value')];
  execFileSync('mkfifo', [pipe]);
  writeFileSync(file, '0');
  const chip = join(folder, 'gpiochip512');
  mkdirSync(chip);
  for (const [name, value] of Object.entries({ label: 'pin', base: '512', ngpio: '1' }))
    writeFileSync(join(chip, name), value);
  process.env.PITWALL_TEST_PIPE = pipe;
  const program = fileURLToPath(import.meta.resolve('@pitwall/controller/testing/pipe-process.mjs'));
  const sensor = new GpioSensor({ chip: 'pin', lines: [0], root: folder, program }, hostClock());
  const [pollerLines, poller] = linesOf('./poller.js', [file]);
  const blocking = setInterval(() => {
    const end = performance.now() + 50;
    while (performance.now() < end);
  }, 100);
  try {
    await pollerLines.first;
    const watching = collect(sensor, pauses.length * 2);
    await sensorReady(sensor);
    const [makerLines, maker] = linesOf('./edge-maker.js', [pipe, file, pauses.join(',')]);
    await new Promise((resolve) => maker.once('close', resolve));
    const edges = await watching;
    const truth = makerLines.all.map(Number);
    const polled = pollerLines.all.slice(1).map(Number);
    return {
      gpio: lapErrors(
        edges.filter(({ level }) => level === 1).map(({ at }) => at),
        truth,
      ),
      ...paired(polled, truth),
    };
  } finally {
    clearInterval(blocking);
    poller.kill('SIGKILL');
    await sensor.stop();
    rmSync(folder, { recursive: true });
  }
}

/**
 * The poller's stamps beside the crossings that they are of. It misses what is over before it looks; a lap needs both of its
 * ends. The two clocks are some constant apart.
 */
function paired(polled: readonly number[], truth: readonly number[]): { poller: number[]; unseen: number } {
  const known = truth.findIndex((at) => !Number.isNaN(at));
  const apart = (polled[known] ?? 0) - (truth[known] ?? 0);
  const laps: number[] = [];
  const seen = truth.map((at) => polled.find((stamp) => Math.abs(stamp - at - apart) < 150_000));
  for (let i = crossingsPerLap; i < truth.length; i++) {
    const [start, end] = [seen[i - crossingsPerLap], seen[i]];
    if (start === undefined || end === undefined) continue;
    laps.push(Math.abs(end - start - ((truth[i] as number) - (truth[i - crossingsPerLap] as number))));
  }
  const unseen = seen.filter((stamp, i) => stamp === undefined && !Number.isNaN(truth[i]));
  return { poller: laps.filter((error) => !Number.isNaN(error)), unseen: unseen.length };
}

const ready = new WeakMap<Sensor, Promise<void>>();
const sensorReady = (sensor: Sensor) => ready.get(sensor) ?? Promise.resolve();

function collect(sensor: Sensor, count: number): Promise<Edge[]> {
  const edges: Edge[] = [];
  return new Promise((resolve, reject) => {
    const watching = new Promise<void>((isReady) => {
      sensor
        .start({
          edge: (edge) => {
            edges.push(edge);
            if (edges.length === count) resolve(edges);
          },
          status: (status) => {
            if (status === 'ok') isReady();
          },
          note: () => undefined,
          lost: () => reject(new Error('the sensor lost edges')),
        })
        .catch(reject);
    });
    ready.set(sensor, watching);
  });
}

function linesOf(program: string, args: readonly string[]) {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const all: string[] = [];
  let wake: () => void = () => undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    all.push(line);
    wake();
  });
  const first = new Promise<void>((resolve) => {
    wake = resolve;
  });
  return [{ all, first }, child] as const;
}
