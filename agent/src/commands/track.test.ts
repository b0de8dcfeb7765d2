import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPitwallError } from '@pitwall/protocol';
import { formatSimtrace, type SimtraceRow, stepsPerSecond } from '@pitwall/protocol/simtrace';
import { Command } from 'commander';
import { afterAll, afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { Expert, readTrack, World } from '../simulator/index.js';
import { addSimulate } from './simulate.js';
import { addTrack } from './track.js';

const folder = mkdtempSync(join(tmpdir(), 'pitwall-track-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, content?: string | Uint8Array) => {
  const path = join(folder, name);
  if (content !== undefined) writeFileSync(path, content);
  return path;
};

let printed: MockInstance<typeof console.log>;
beforeEach(() => {
  printed = vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => printed.mockRestore());

/** What the command prints; its refusal, as a code. */
async function run(...args: string[]): Promise<string> {
  const program = new Command().exitOverride();
  addTrack(program);
  addSimulate(program);
  printed.mockClear();
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    return isPitwallError(error) ? `${error.code}: ${error.message}` : String(error);
  }
  return printed.mock.calls.map(([line]) => String(line)).join('\n');
}

const oval = JSON.parse(
  readFileSync(new URL(import.meta.resolve('@pitwall/protocol/tracks/oval.json')), 'utf8'),
) as Record<string, unknown>;

describe('track inspect', () => {
  it('tells length, widths, direction, tightest bend, and that the rules are kept', async () => {
    expect(JSON.parse(await run('track', 'inspect', 'oval', '--json'))).toEqual({
      id: 'oval',
      name: 'Oval',
      lengthM: 15.94,
      widthM: { least: 0.66, mean: 0.66, most: 0.66 },
      direction: 'counter-clockwise',
      points: expect.any(Number),
      smallestRadiusM: 1.2,
      selfCrossing: null,
      violations: [],
      notes: [],
      faults: [],
    });
    expect(await run('track', 'inspect', 'oval')).toMatch(/rules +all kept/);
  });

  it('lists the rules that a track breaks, where `--track` would refuse it', async () => {
    const wide = file('wide.json', JSON.stringify({ ...oval, widthM: 1.1 }));
    expect(JSON.parse(await run('track', 'inspect', wide, '--json'))).toMatchObject({
      violations: [{ rule: 'width' }],
    });
    expect(() => readTrack(wide)).toThrow(/building rules/);
  });

  it.each([
    ['is not there', 'none.json', undefined, /^not-found: /],
    ['is no track', 'text.json', '{hello', /^track-invalid: .*not JSON/],
    ['is no route', 'text.npy', 'hello', /^track-invalid: .*no numbers/],
    [
      'is open',
      'open.csv',
      '0,0\n1,0\n2,0\n3,0\n4,0\n',
      /^track-invalid: .*is open: it ends 4\.00 m from where it begins/,
    ],
  ])('refuses a file that %s', async (_what, name, content, message) => {
    expect(await run('track', 'inspect', file(name, content))).toMatch(message);
  });
});

describe('a track as people have it', () => {
  const inches = () => {
    const { centre, inner, outer } = readTrack('oval');
    const rows = Array.from({ length: centre.count }, (_, i) =>
      [centre, inner, outer].flatMap(({ points }) => [...points.slice(2 * i, 2 * i + 2)].map((m) => m / 0.0254)),
    );
    return rows;
  };

  it('in inches is told so, converted, and raced on in metres', async () => {
    const table = file('inches.csv', inches().join('\n'));
    expect(await run('track', 'inspect', table)).toMatch(/length +15\.94.*\n[\s\S]*note: .*taken for inches/);
    expect(await run('track', 'inspect', table, '--unit', 'm')).toMatch(/^track-invalid: .*is its unit the metre/);
    const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const route = file('metres.npy');
    await run('track', 'convert', table, '--out', route);
    expect(told).toHaveBeenCalledWith(expect.stringMatching(/^note: .*taken for inches/));
    told.mockRestore();
    expect(readTrack(route).lengthM).toBeCloseTo(readTrack('oval').lengthM, 6);
  });

  it('with borders of other points is drawn, told, and not raced on', async () => {
    const rows = inches().map((row, i, all) => [...row.slice(0, 4), ...(all[(i + 60) % all.length] ?? []).slice(4)]);
    const table = file('shifted.csv', rows.join('\n'));
    expect(await run('track', 'inspect', table)).toMatch(/cannot be raced on: The borders are out of step/);
    expect(() => readTrack(table)).toThrow(/cannot be raced on\. The borders are out of step/);
  });

  it('that ends before it begins is closed where that is asked for', async () => {
    const table = file('gap.csv', inches().slice(0, -10).join('\n'));
    expect(await run('track', 'inspect', table)).toMatch(/^track-invalid: .*ask for it to be closed/);
    expect(await run('track', 'inspect', table, '--close')).toMatch(/note: .*is closed with a straight/);
  });
});

describe('track convert and draw', () => {
  it('writes a route that is the same track, also driven the other way round', async () => {
    const route = file('oval.npy');
    await run('track', 'convert', 'oval', '--out', route);
    expect(readTrack(route).centre.points).toEqual(readTrack('oval').centre.points);
    await run('track', 'convert', 'oval', '--out', route, '--reverse');
    expect(readTrack(route).direction).toBe('clockwise');
  });

  it('does not pretend to find straights and arcs in a route', async () => {
    expect(await run('track', 'convert', 'oval', '--out', file('oval.json'))).toMatch(/^config-invalid: .*\*\.npy/);
  });

  it('draws a picture', async () => {
    const svg = file('oval.svg');
    await run('track', 'draw', 'oval', '--out', svg);
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg xmlns[\s\S]*<\/svg>\s*$/);
    expect(await run('track', 'draw', 'oval', '--out', join(folder, 'no', 'such', 'folder.svg'))).toMatch(
      /^output-failed/,
    );
  });
});

describe('simulate replay', () => {
  it('finds no fault in a log of our own', async () => {
    const track = readTrack('oval');
    const world = new World({ track });
    const expert = new Expert(track);
    const rows: SimtraceRow[] = [];
    for (let step = 1; step <= 100; step++) {
      const { x, y, yaw } = world.pose();
      const front = { x: x + 0.14 * Math.cos(yaw), y: y + 0.14 * Math.sin(yaw) };
      const place = track.locate(front.x, front.y);
      const setpoint = expert.decide(world.state());
      rows.push({
        ...{
          episode: 0,
          step,
          ...front,
          yawDeg: (yaw * 180) / Math.PI,
          ...setpoint,
          action: undefined,
          reward: 0,
          done: false,
        },
        ...{
          allWheelsOnTrack: world.wheelsOnRoad().every(Boolean),
          progressPct: place.progressPct,
          waypoint: place.segment,
        },
        ...{ trackLengthM: track.lengthM, timeS: step / stepsPerSecond, status: 'in_progress', pauseS: 0, crashes: 0 },
      });
      world.step(1 / stepsPerSecond, setpoint);
    }
    const log = file('ours.csv', formatSimtrace(rows));
    const report = JSON.parse(await run('simulate', 'replay', log, '--track', 'oval', '--json')) as {
      positionErrorM: { median: number };
    };
    expect(report).toMatchObject({ track: 'oval', rows: 100, onTrackAgreement: 1, offTracks: { logged: 0, found: 0 } });
    expect(report.positionErrorM.median).toBeLessThan(0.03);
    expect(await run('simulate', 'replay', log, '--track', 'oval')).toMatch(/^100 rows on oval/);
  });

  it.each([
    ['is not there', undefined, /^not-found: /],
    ['is no log', 'a,b,c\n1,2,3\n', /^simtrace-invalid: .*no column episode/],
    [
      'has a wrong number',
      `${formatSimtrace([]).trim()}\n0,1.0,x,0.0,0.0,0.0,1.0,0,0.0,False,True,0.8,1,16.0,0.1,prepare,0.0,0\n`,
      /^simtrace-invalid: .*row 2: X is "x", not a number/,
    ],
  ])('refuses a log that %s', async (_what, content, message) => {
    const log = content === undefined ? join(folder, 'none.csv') : file('log.csv', content);
    expect(await run('simulate', 'replay', log, '--track', 'oval')).toMatch(message);
  });
});

describe('simulate replay of a log from elsewhere', () => {
  it('says that before its numbers', async () => {
    const row = { episode: 0, step: 1, x: 0, y: 0, yawDeg: 0, steeringDeg: 0, speedMps: 1, action: 0, reward: 0 };
    const rest = { done: false, allWheelsOnTrack: true, progressPct: 1, waypoint: 0, trackLengthM: 60, timeS: 1 };
    const last = { status: 'in_progress', pauseS: 0, crashes: 0 };
    const log = file('elsewhere.csv', `${formatSimtrace([{ ...row, ...rest, ...last }])}0,2.0`);
    const said = await run('simulate', 'replay', log, '--track', 'oval');
    expect(said).toMatch(
      /^note: A row is left out: .*\nnote: This log was driven on another track: its own is 60\.00 m.*\n1 rows on oval/,
    );
    const { notes } = JSON.parse(await run('simulate', 'replay', log, '--track', 'oval', '--json')) as {
      notes: string[];
    };
    expect(notes).toHaveLength(2);
  });
});
