import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CarUnderTest } from '../drive/car-under-test.js';
import { BoardRig, monotonic, type Rig, SysfsRig } from '../drive/rigs.js';
import { missingForBoards } from '../hardware/board.js';
import type { Report } from './report.js';

const exec = promisify(execFile);
type Kind = Rig['kind'];
type Bars = Readonly<Record<Kind, number | undefined>>;

/** What happens to a car at full throttle, and how long it may go on, in ms. */
interface Happening {
  readonly name: string;
  readonly bars: Bars;
  /** Does it, and returns when, in µs. */
  readonly act: (car: CarUnderTest) => Promise<number> | number;
  /** Puts right what `drive` cannot. */
  readonly after?: (car: CarUnderTest) => Promise<void> | void;
  /** It is about a car whose spare actuator process stands by. */
  readonly needsSpare?: boolean;
  /** The agent has to be started again after each try. */
  readonly ends?: boolean;
  readonly tries?: number;
}

interface Ending {
  readonly name: string;
  readonly act: (car: CarUnderTest) => void;
}

const all = (ms: number): Bars => ({ 'sysfs-pwm': ms, firmata: ms, 'drive-unit': ms });
const signal =
  (of: (car: CarUnderTest) => number | Promise<number>, name: NodeJS.Signals) => async (car: CarUnderTest) => {
    const pid = await of(car);
    const at = monotonic();
    process.kill(pid, name);
    return at;
  };
const agentOf = (car: CarUnderTest) => car.agent!;
const end = (pid: number, name: NodeJS.Signals) => {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
};

function killBoth(car: CarUnderTest): number {
  const pids = [...car.actuators, car.agent!];
  const at = monotonic();
  for (const pid of pids) end(pid, 'SIGKILL');
  return at;
}

const happenings: readonly Happening[] = [
  {
    name: 'agent SIGSTOPped',
    bars: all(250),
    act: signal(agentOf, 'SIGSTOP'),
    // The shell has taken the terminal back, as after Ctrl-Z.
    after: (car) => car.type('fg\n'),
  },
  {
    name: 'Ctrl-Z',
    bars: all(250),
    act: (car) => {
      car.type('\x1a');
      return monotonic();
    },
    after: (car) => car.type('fg\n'),
  },
  { name: 'event loop blocked 2 s', bars: all(250), act: signal(agentOf, 'SIGUSR2') },
  {
    name: 'camera frozen',
    bars: all(250),
    act: signal((car) => car.camera(), 'SIGSTOP'),
    after: async (car) => end(await car.camera(), 'SIGCONT'),
  },
  {
    name: 'e-stop over MQTT',
    bars: all(60),
    act: (car) => {
      const at = monotonic();
      car.track.give({ type: 'e-stop' });
      return at;
    },
  },
  {
    name: 'actuator process SIGKILLed',
    needsSpare: true,
    bars: { 'sysfs-pwm': 50, firmata: 400, 'drive-unit': 260 },
    act: signal((car) => car.actuator(), 'SIGKILL'),
  },
  {
    name: 'actuator process SIGSTOPped',
    needsSpare: true,
    bars: { 'sysfs-pwm': 400, firmata: 400, 'drive-unit': 260 },
    act: signal((car) => car.actuator(), 'SIGSTOP'),
  },
  { name: 'agent SIGKILLed', ends: true, bars: all(250), act: signal(agentOf, 'SIGKILL') },
  {
    name: 'both SIGKILLed',
    ends: true,
    bars: { 'sysfs-pwm': undefined, firmata: undefined, 'drive-unit': 260 },
    act: killBoth,
  },
  {
    // Without a drive unit nobody else is left.
    name: 'both SIGKILLed, then ExecStopPost',
    ends: true,
    tries: 5,
    bars: { 'sysfs-pwm': Number.POSITIVE_INFINITY, firmata: Number.POSITIVE_INFINITY, 'drive-unit': undefined },
    act: async (car) => {
      const at = killBoth(car);
      await exec(process.execPath, [...car.neutralCommand()]);
      return at;
    },
  },
  {
    name: 'cable pulled',
    bars: { 'sysfs-pwm': undefined, firmata: undefined, 'drive-unit': 260 },
    act: async (car) => {
      const at = monotonic();
      await (car.rig as BoardRig).board.unplug();
      return at;
    },
    after: (car) => (car.rig as BoardRig).board.plug(),
  },
];

/** Ended by its user: neutral must come before the end of the process. */
const endings: readonly Ending[] = [
  { name: 'Ctrl-C', act: (car) => car.type('\x03') },
  { name: 'SIGTERM', act: (car) => end(car.agent!, 'SIGTERM') },
];

const kindsOf = (cars: readonly CarUnderTest[]): Kind[] => [...new Set(cars.map(({ rig }) => rig.kind))];

const inWords: Record<Kind, string> = { 'sysfs-pwm': 'sysfs', firmata: 'Firmata', 'drive-unit': 'drive unit' };

/**
 * What happened at one car in one try, in ms; undefined where the try does not count: the car stopped for another reason a
 * moment before, or the emulated board itself stood still. That only ever makes a stop longer, so that one within its bar
 * counts all the same.
 */
async function attempt(car: CarUnderTest, { act, after, bars }: Happening): Promise<number | undefined> {
  const { rig } = car;
  const slipped = rig.slipped;
  const at = await act(car);
  const neutral = await car.motor.neutral();
  await after?.(car);
  if (neutral === undefined) return Number.POSITIVE_INFINITY;
  const ms = (neutral - at) / 1000;
  const stoodStill = rig.slipped - slipped > 0.005 && ms > bars[rig.kind]!;
  return ms < -5 || stoodStill ? undefined : ms;
}

/**
 * How long cars at full throttle go on after something broke: from the event to the first neutral pulse (or value in the
 * file), the slowest of all tries. All cars are brought to full throttle first, and then it happens to all of them, so that
 * nobody's start disturbs another's stop. Cars of a kind share its tries.
 */
async function measure(cars: readonly CarUnderTest[], happening: Happening, tries: number, report: Report) {
  const { name, bars, needsSpare = false } = happening;
  const took = new Map(
    kindsOf(cars.filter(({ rig }) => bars[rig.kind] !== undefined)).map((kind) => [kind, [] as number[]]),
  );
  const lacking = () =>
    [...took].flatMap(([kind, all]) => cars.filter(({ rig }) => rig.kind === kind).slice(0, tries - all.length));
  let uncounted = 0;
  for (let round = 0, now = lacking(); now.length > 0; round += 1, now = lacking()) {
    if (round > 4 * tries) throw new Error('this machine is too busy to measure anything');
    await Promise.all(
      now.map(async (car) => {
        await car.drive();
        if (needsSpare) await car.spare();
      }),
    );
    await Promise.all(
      now.map(async (car) => {
        const ms = await attempt(car, happening);
        if (ms !== undefined) took.get(car.rig.kind)!.push(ms);
        else uncounted += 1;
      }),
    );
  }
  if (uncounted > 0)
    report({ figure: `${name}: tries that did not count`, value: uncounted, unit: '', bar: 'stated', ok: true });
  for (const [kind, all] of took) {
    const bar = bars[kind]!;
    const value = Math.max(...all);
    report({
      figure: `${inWords[kind]}: ${name}`,
      value,
      unit: 'ms',
      bar: Number.isFinite(bar) ? `≤ ${bar}` : 'stated',
      ok: value <= bar && (Number.isFinite(bar) || Number.isFinite(value)),
    });
  }
}

async function measureEnding(cars: readonly CarUnderTest[], { name, act }: Ending, tries: number, report: Report) {
  const latest = new Map(kindsOf(cars).map((kind) => [kind, Number.NEGATIVE_INFINITY]));
  const ofAKind = cars.length / latest.size;
  for (let round = 0; round < tries / ofAKind; round += 1) {
    await Promise.all(cars.map((car) => car.drive()));
    await Promise.all(
      cars.map(async (car) => {
        const { agent } = car;
        act(car);
        await car.gone(agent!);
        const gone = monotonic();
        const neutral = await car.motor.neutral();
        const late = neutral === undefined ? Number.POSITIVE_INFINITY : (neutral - gone) / 1000;
        latest.set(car.rig.kind, Math.max(latest.get(car.rig.kind)!, late));
      }),
    );
  }
  for (const [kind, value] of latest) {
    const figure = `${inWords[kind]}: ${name}, neutral after the process ended`;
    report({ figure, value, unit: 'ms', bar: '≤ 0', ok: value <= 0 });
  }
}

/**
 * PITWALL_BENCH_TRIES sets the tries (20), PITWALL_BENCH_ONLY picks happenings by a part of their names, and
 * PITWALL_BENCH_KINDS cars.
 */
export async function run(report: Report): Promise<void> {
  const tries = Number(process.env.PITWALL_BENCH_TRIES ?? 20);
  const only = process.env.PITWALL_BENCH_ONLY ?? '';
  const kinds = (process.env.PITWALL_BENCH_KINDS ?? 'sysfs-pwm,firmata,drive-unit').split(',');
  const missing = missingForBoards();
  if (missing !== undefined) throw new Error(`the emulated boards need ${missing}`);
  // An emulated board takes a processor for itself, at real-time priority, which no car's board does: sysfs cars are measured
  // without any, and starts of agents beside as few as can be.
  for (const [together, ends] of [
    [['sysfs-pwm', 'sysfs-pwm'], false],
    [['firmata', 'drive-unit'], false],
    [['sysfs-pwm', 'sysfs-pwm'], true],
    [['firmata'], true],
    [['drive-unit'], true],
  ] as const) {
    const some = together.filter((kind) => kinds.includes(kind));
    if (some.length > 0) await measureAll(some, { tries, only, ends }, report);
  }
}

async function measureAll(
  kinds: readonly string[],
  { tries, only, ends }: { readonly tries: number; readonly only: string; readonly ends: boolean },
  report: Report,
): Promise<void> {
  const cars = kinds.map(
    (kind) => new CarUnderTest(kind === 'sysfs-pwm' ? new SysfsRig() : new BoardRig(kind as BoardRig['kind'])),
  );
  try {
    for (const car of cars) await car.start();
    for (const happening of happenings)
      if ((happening.ends ?? false) === ends && happening.name.includes(only))
        await measure(cars, happening, Math.min(tries, happening.tries ?? tries), report);
    if (!ends) return;
    for (const ending of endings) if (ending.name.includes(only)) await measureEnding(cars, ending, tries, report);
  } catch (error) {
    for (const car of cars) console.error(car.terminal.slice(-3000));
    throw error;
  } finally {
    await Promise.all(cars.map((car) => car.stop()));
  }
}
