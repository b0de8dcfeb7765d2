import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Debounce, type Edge, GpiomonSensor } from '@pitwall/controller/gate';
import type { Micros } from '@pitwall/protocol';
import { hostClock } from '@pitwall/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** A stand-in for gpiomon 1.x on a kernel before 5.7, whose stamps are of the wall clock; its header says what it obeys. */
const standIn = fileURLToPath(new URL('../../../shared/data/cases/T05-gpiomon-clock/gpiomon', import.meta.url));
const isHere = existsSync(standIn);
if (!isHere) {
  if (process.env.CI === 'true') throw new Error('../shared/data/cases/T05-gpiomon-clock is missing');
  console.log(
    'skipped: a gate whose stamps are of a wall clock that is set, because ../shared/data/cases is not there',
  );
}

const passes = 8;
/** In seconds; the clock is set after the fourth pass. */
const timing = { MODE: 'real', STEP: '0', LAP: '0.8', FIRST: '0.3', CROSSINGS_BEFORE: '4' };
const holdoff = 400_000 as Micros;
/** One process, so that who ends it ends all of it; a line is in the file before it is told, also where Python's own output waits for nothing. */
const alsoInto = (raw: string) => `#!${existsSync('/usr/bin/python3') ? '/usr/bin/python3' : '/usr/bin/env python3'}
import runpy, sys
class Both:
    def __init__(self, *files): self.files = files
    def write(self, text): [file.write(text) for file in self.files]
    def flush(self): [file.flush() for file in self.files]
sys.stdout = Both(open(${JSON.stringify(raw)}, 'a', buffering=1), sys.stdout)
runpy.run_path(${JSON.stringify(standIn)}, run_name='__main__')
`;

interface Seen {
  readonly edges: Edge[];
  /** When each line came here, µs of this machine's clock. */
  readonly arrivals: number[];
  readonly wallClock: number[];
  lost: number;
  /** When each pass was, by the stamps that the stand-in printed without what its clock was set by, on this machine's clock. */
  truth(): number[];
  /** µs by which this machine's own wall clock was set or slewed meanwhile. */
  slewed(): number;
  until(condition: (seen: Seen) => boolean): Promise<void>;
}

describe.skipIf(!isHere)('a gate whose stamps are of a wall clock', () => {
  const clock = hostClock();
  let folder: string;
  const stops: (() => Promise<void>)[] = [];
  const environment = { ...process.env };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pitwall-stepped-'));
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    process.env = { ...environment };
    rmSync(folder, { recursive: true });
  });

  /** µs by which this machine's clock is ahead of its wall clock: of five readings the one that nothing held up. */
  function aheadOfWall(): number {
    const readings = Array.from({ length: 5 }, () => {
      const [before, wall, after] = [clock.now(), Date.now() * 1000, clock.now()];
      return { ahead: before - wall, took: after - before };
    });
    return readings.reduce((best, one) => (one.took < best.took ? one : best)).ahead;
  }

  /** The stand-in on the PATH, and what it prints also in a file. */
  async function watch(name: string, env: Record<string, string>): Promise<Seen> {
    const [bin, raw] = [join(folder, name), join(folder, `${name}.raw`)];
    mkdirSync(bin);
    writeFileSync(join(bin, 'gpiomon'), alsoInto(raw));
    chmodSync(join(bin, 'gpiomon'), 0o755);
    process.env = { ...environment, ...timing, ...env, PATH: `${bin}${delimiter}${environment.PATH}` };
    let changed: () => void = () => undefined;
    const aheadAtFirst = aheadOfWall();
    const seen: Seen = {
      edges: [],
      arrivals: [],
      wallClock: [],
      lost: 0,
      slewed: () => Math.abs(aheadOfWall() - aheadAtFirst),
      truth: () => {
        const ahead = aheadOfWall();
        const falling = readFileSync(raw, 'utf8').matchAll(/^\d+ 0 (\d+) (\d+)$/gm);
        const stamps = [...falling].map(([, s, ns]) => Number(s) * 1e6 + Number(ns) / 1000);
        const step = Number(env.STEP ?? 0) * 1e6;
        return stamps.map((stamp, i) => (env.MODE === 'mono' ? stamp : stamp + ahead - (i >= 4 ? step : 0)));
      },
      until: async (condition) => {
        while (!condition(seen))
          await new Promise<void>((resolve) => {
            changed = resolve;
          });
      },
    };
    const sensor = new GpiomonSensor({ chip: 'gpiochip0', lines: [17], bias: 'as-is' }, clock);
    stops.push(() => sensor.stop());
    // It has this environment, and not that of the next one.
    let ok: () => void = () => undefined;
    const watching = new Promise<void>((resolve) => {
      ok = resolve;
    });
    await sensor.start({
      edge: (edge) => {
        if (edge.level === 0) {
          seen.edges.push(edge);
          seen.arrivals.push(clock.now());
        }
        changed();
      },
      status: (status) => {
        if (status === 'ok') ok();
      },
      note: () => undefined,
      lost: (count) => {
        seen.lost += count;
        changed();
      },
      wallClock: (steps) => seen.wallClock.push(steps),
    });
    await watching;
    return seen;
  }

  /** µs by which this machine delayed the lines at most, and moved its own wall clock, which is read to a millisecond. */
  const delayOf = ({ arrivals, slewed }: Seen, truth: readonly number[]) =>
    1000 + slewed() + Math.max(...truth.slice(0, passes).map((at, i) => (arrivals[i] as number) - at));

  it('that is set by an hour, by what NTP steps, forward or back: no lap is better than it says', async () => {
    const steps = ['-3600', '3600', '0.9', '-0.4', '-0.13'];
    const gates: [string, Seen][] = [];
    for (const step of steps) gates.push([step, await watch(`step${step}`, { STEP: step })]);
    for (const [step, seen] of gates) {
      // On a busy machine it takes some more to tell a clock that was set from lines that came late.
      await seen.until(({ edges, wallClock }) => edges.length >= passes && (wallClock.at(-1) ?? 0) >= 1);
      const truth = seen.truth();
      const delay = delayOf(seen, truth);
      const edges = seen.edges.slice(0, passes);
      for (const [i, { at, uncertainty, bootId }] of edges.entries()) {
        expect(bootId).toBe(clock.bootId);
        const off = Math.abs(at - (truth[i] as number));
        expect(off, `${step}: pass ${i}, delay ${delay}`).toBeLessThanOrEqual(uncertainty + delay);
      }
      // Set back by more than a line can be late: that crossing bounds nothing, so no lap with it looks measured.
      if (step === '-3600') expect(edges[4]?.uncertainty).toBe(Number.MAX_SAFE_INTEGER);
    }
  }, 120_000);

  it('that is not set times laps to some milliseconds, and one of the monotonic clock to its stamps', async () => {
    const gates = { real: await watch('real', {}), mono: await watch('mono', { MODE: 'mono' }) };
    for (const [mode, seen] of Object.entries(gates)) {
      await seen.until(({ edges }) => edges.length >= passes);
      expect(seen.wallClock.at(-1)).toBe(mode === 'real' ? 0 : undefined);
      const truth = seen.truth();
      for (const [i, { at, uncertainty }] of seen.edges.slice(0, passes).entries()) {
        expect(Math.abs(at - (truth[i] as number))).toBeLessThanOrEqual(uncertainty + delayOf(seen, truth));
        if (mode === 'mono') expect(uncertainty).toBe(50);
      }
    }
  }, 120_000);

  it('that bounces twelve times a pass sees one crossing a pass', async () => {
    const seen = await watch('burst', { BURST: '12' });
    await seen.until(({ edges }) => edges.length >= 5 * 8);
    const debounce = new Debounce({ edge: 'falling', holdoff });
    const crossings = seen.edges.filter((edge) => debounce.accepts(edge));
    expect(crossings.length).toBe(Math.ceil(seen.edges.length / 8));
  }, 120_000);

  it('that tells of a line for which nobody asked sees no crossing, and says that it lost them', async () => {
    const seen = await watch('offset', { OFFSET: '4' });
    await seen.until(({ lost }) => lost >= 4);
    expect(seen.edges).toEqual([]);
  }, 120_000);
});
