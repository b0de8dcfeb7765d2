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
  readonly tries?: number;
}

const all = (ms: number): Bars => ({ 'sysfs-pwm': ms, firmata: ms, 'drive-unit': ms });
const signal = (of: (car: CarUnderTest) => number, name: NodeJS.Signals) => (car: CarUnderTest) => {
  const pid = of(car);
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

const happenings: readonly Happening[] = [
  {
    name: 'agent SIGSTOPped',
    bars: all(250),
    act: signal(agentOf, 'SIGSTOP'),
    after: (car) => end(car.agent!, 'SIGCONT'),
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
    act: signal((car) => car.camera, 'SIGSTOP'),
    after: (car) => end(car.camera, 'SIGCONT'),
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
    bars: { 'sysfs-pwm': 50, firmata: 400, 'drive-unit': 260 },
    act: signal((car) => car.actuator, 'SIGKILL'),
  },
  {
    name: 'actuator process SIGSTOPped',
    bars: { 'sysfs-pwm': 400, firmata: 400, 'drive-unit': 260 },
    act: signal((car) => car.actuator, 'SIGSTOP'),
  },
  { name: 'agent SIGKILLed', bars: all(250), act: signal(agentOf, 'SIGKILL') },
  {
    name: 'both SIGKILLed',
    bars: { 'sysfs-pwm': undefined, firmata: undefined, 'drive-unit': 260 },
    act: (car) => {
      const pids = [...car.actuators, car.agent!];
      const at = monotonic();
      for (const pid of pids) end(pid, 'SIGKILL');
      return at;
    },
  },
  {
    name: 'both SIGKILLed, then ExecStopPost',
    tries: 5,
    bars: { 'sysfs-pwm': Number.POSITIVE_INFINITY, firmata: Number.POSITIVE_INFINITY, 'drive-unit': undefined },
    act: async (car) => {
      const pids = [...car.actuators, car.agent!];
      const at = monotonic();
      for (const pid of pids) end(pid, 'SIGKILL');
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
const endings: readonly { readonly name: string; readonly act: (car: CarUnderTest) => void }[] = [
  { name: 'Ctrl-C', act: (car) => car.type('\x03') },
  { name: 'SIGTERM', act: (car) => end(car.agent!, 'SIGTERM') },
];

const inWords: Record<Kind, string> = { 'sysfs-pwm': 'sysfs', firmata: 'Firmata', 'drive-unit': 'drive unit' };

/**
 * How long a car at full throttle goes on after something broke: from the event to the first neutral pulse (or value in
 * the file), the slowest of all tries. PITWALL_BENCH_TRIES sets the tries (20), PITWALL_BENCH_ONLY picks happenings.
 */
async function measure(rig: Rig, tries: number, only: string, report: Report): Promise<void> {
  const car = new CarUnderTest(rig);
  await car.start();
  const { kind } = rig;
  try {
    for (const { name, bars, act, after, tries: own } of happenings) {
      const bar = bars[kind];
      if (bar === undefined || !name.includes(only)) continue;
      const took: number[] = [];
      for (let i = 0; i < Math.min(tries, own ?? tries); i++) {
        await car.drive();
        const at = await act(car);
        const neutral = await car.motor.neutral();
        took.push(neutral === undefined ? Number.POSITIVE_INFINITY : (neutral - at) / 1000);
        await after?.(car);
      }
      const value = Math.max(...took);
      report({
        figure: `${inWords[kind]}: ${name}`,
        value,
        unit: 'ms',
        bar: Number.isFinite(bar) ? `≤ ${bar}` : 'stated',
        ok: value <= bar && (Number.isFinite(bar) || Number.isFinite(value)),
      });
    }
    for (const { name, act } of endings) {
      if (!name.includes(only)) continue;
      let late = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < tries; i++) {
        await car.drive();
        const { agent } = car;
        act(car);
        await car.gone(agent!);
        const gone = monotonic();
        const neutral = await car.motor.neutral();
        late = Math.max(late, neutral === undefined ? Number.POSITIVE_INFINITY : (neutral - gone) / 1000);
      }
      report({
        figure: `${inWords[kind]}: ${name}, neutral after the process ended`,
        value: late,
        unit: 'ms',
        bar: '≤ 0',
        ok: late <= 0,
      });
    }
  } catch (error) {
    console.error(car.terminal.slice(-3000));
    throw error;
  } finally {
    await car.stop();
  }
}

export async function run(report: Report): Promise<void> {
  const tries = Number(process.env.PITWALL_BENCH_TRIES ?? 20);
  const only = process.env.PITWALL_BENCH_ONLY ?? '';
  const kinds = (process.env.PITWALL_BENCH_KINDS ?? 'sysfs-pwm,firmata,drive-unit').split(',');
  const missing = missingForBoards();
  if (missing !== undefined) throw new Error(`the emulated boards need ${missing}`);
  const rigs: (() => Rig)[] = [() => new SysfsRig(), () => new BoardRig('firmata'), () => new BoardRig('drive-unit')];
  for (const make of rigs) {
    const rig = make();
    if (kinds.includes(rig.kind)) await measure(rig, tries, only, report);
    else await rig.stop();
  }
}
