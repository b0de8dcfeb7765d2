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

/** Many cars may be measured at a time, but none while an agent starts: that takes all of a small machine. */
class Quiet {
  #measuring = 0;
  #starting = false;
  readonly #waiting: (() => void)[] = [];

  async still<T>(act: () => Promise<T>): Promise<T> {
    while (this.#starting) await this.#change();
    this.#measuring += 1;
    try {
      return await act();
    } finally {
      this.#measuring -= 1;
      this.#changed();
    }
  }

  async loud<T>(act: () => Promise<T>): Promise<T> {
    while (this.#starting || this.#measuring > 0) await this.#change();
    this.#starting = true;
    try {
      return await act();
    } finally {
      this.#starting = false;
      this.#changed();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #changed(): void {
    for (const go of this.#waiting.splice(0)) go();
  }
}

const inWords: Record<Kind, string> = { 'sysfs-pwm': 'sysfs', firmata: 'Firmata', 'drive-unit': 'drive unit' };

/**
 * How long a car at full throttle goes on after something broke: from the event to the first neutral pulse (or value in
 * the file), the slowest of all tries. PITWALL_BENCH_TRIES sets the tries (20), PITWALL_BENCH_ONLY picks happenings.
 */
async function measure(rig: Rig, tries: number, only: string, quiet: Quiet, report: Report): Promise<void> {
  const car = new CarUnderTest(rig);
  const drive = () => (car.agent === undefined ? quiet.loud(() => car.drive()) : car.drive());
  await car.start();
  const { kind } = rig;
  try {
    for (const { name, bars, act, after, tries: own } of happenings) {
      const bar = bars[kind];
      if (bar === undefined || !name.includes(only)) continue;
      const took: number[] = [];
      let repeated = 0;
      while (took.length < Math.min(tries, own ?? tries)) {
        await drive();
        const ms = await quiet.still(async () => {
          const slipped = rig.slipped;
          const at = await act(car);
          const neutral = await car.motor.neutral();
          // It stopped for another reason a moment before, or the emulated board itself stood still: no try.
          if (rig.slipped - slipped > 0.005 || (neutral !== undefined && neutral < at - 5000)) return undefined;
          return neutral === undefined ? Number.POSITIVE_INFINITY : (neutral - at) / 1000;
        });
        await after?.(car);
        if (ms !== undefined) took.push(ms);
        else if (++repeated > 3 * tries) throw new Error('this machine is too busy to measure anything');
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
        await drive();
        const { agent } = car;
        late = Math.max(
          late,
          await quiet.still(async () => {
            act(car);
            await car.gone(agent!);
            const gone = monotonic();
            const neutral = await car.motor.neutral();
            return neutral === undefined ? Number.POSITIVE_INFINITY : (neutral - gone) / 1000;
          }),
        );
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
  const quiet = new Quiet();
  // One after the other they would take three times as long; each car has its own processes, outputs and broker.
  const done = await Promise.allSettled(
    rigs.map(async (make) => {
      const rig = make();
      if (kinds.includes(rig.kind)) await measure(rig, tries, only, quiet, report);
      else await rig.stop();
    }),
  );
  const failed = done.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
