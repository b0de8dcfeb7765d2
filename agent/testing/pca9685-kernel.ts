import type { I2cChip } from '../src/hardware/i2c/index.js';
import type { KernelFiles } from '../src/hardware/sysfs-pwm/kernel-files.js';

type Version = '5.10' | '6.12';
interface State {
  period: number;
  duty: number;
  enabled: boolean;
}
const fresh = (): State => ({ period: 0, duty: 0, enabled: false });

/** An error as Node's file system gives it. */
export const errno = (code: string, path: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: ${path}`), { code, path });

/** As agent/src/hardware/i2c says it: i2c-dev answers EREMOTEIO where a chip acknowledges nothing. */
const chipSilent = () => new Error('I²C chip 0x40 on bus 1 does not answer (errno 121)');

/**
 * `/sys/class/pwm` of a computer with a PCA9685, by the rules of two kernels: drivers/pwm/core.c, sysfs.c and pwm-pca9685.c of
 * Linux 5.10 and 6.12, and the registers of NXP's data sheet below them. What was run on the real drivers is test/machine.
 */
export class Pca9685Kernel implements KernelFiles {
  static readonly root = '/sys/class/pwm';
  readonly #version: Version;
  readonly #device: string;
  readonly #udevMs: number;
  /** By what the kernel believes; 5.10 keeps it when a channel is given back. */
  readonly #states = new Map<number, State>();
  readonly #exported = new Set<number>();
  readonly #granted = new Set<number>();
  /** 5.10 remembers the period that it wrote last (struct pca9685, period_ns). */
  #period = 5_000_000;
  /** The chip's registers: MODE1, PRE_SCALE, and the OFF counts of its channels. */
  mode1 = 0x11;
  preScale = 0x1e;
  readonly off = new Map<number, number>();
  /** Writes of a channel's registers that were put on the bus. */
  busWrites = 0;
  /** False: what is on the bus is lost, and the driver of neither kernel looks. */
  answers = true;

  /** @param device folder of the bus and chip, as `i2c-1/1-0040` */
  constructor(version: Version, { device = 'i2c-1/1-0040', udevMs = 0 } = {}) {
    this.#version = version;
    // pca9685_pwm_probe: no ALLCALL, and 6.12 lets the chip count up (MODE1_AI).
    this.mode1 = version === '6.12' ? 0x30 : 0x10;
    this.#device = device;
    this.#udevMs = udevMs;
  }

  /** The supply sagged: registers as after power-on. */
  brownOut(): void {
    this.mode1 = 0x11;
    this.preScale = 0x1e;
    this.off.clear();
  }

  readonly openChip = (): I2cChip => ({
    read: (register) => {
      if (!this.answers) throw chipSilent();
      return register === 0 ? this.mode1 : this.preScale;
    },
    readBlock: () => new Uint8Array(),
    write: (register, value = 0) => {
      if (!this.answers) throw chipSilent();
      if (register === 0) this.mode1 = value;
    },
    close: () => {},
  });

  list(folder: string): readonly string[] {
    if (folder === Pca9685Kernel.root) return ['pwmchip0'];
    return ['export', 'unexport', 'npwm', ...[...this.#exported].map((channel) => `pwm${channel}`)];
  }

  resolve(path: string): string {
    return path.replace(Pca9685Kernel.root, `/sys/devices/platform/soc/${this.#device}/pwm`);
  }

  exists(path: string): boolean {
    const { channel } = split(path);
    return channel === undefined || this.#exported.has(channel);
  }

  writable(path: string): boolean {
    const { channel } = split(path);
    return channel === undefined || this.#granted.has(channel);
  }

  read(path: string): string {
    const { channel, name } = split(path);
    if (name === 'name') return 'pca9685';
    const state = this.#state(channel!);
    return String(name === 'period' ? state.period : name === 'duty_cycle' ? state.duty : Number(state.enabled));
  }

  write(path: string, value: string | number): void {
    const { channel, name } = split(path);
    if (name === 'export') this.#export(Number(value), path);
    else if (name === 'unexport') this.#unexport(Number(value), path);
    else {
      if (!this.#exported.has(channel!)) throw errno('ENOENT', path);
      if (!this.#granted.has(channel!)) throw errno('EACCES', path);
      const wanted = { ...this.#state(channel!) };
      if (name === 'period') wanted.period = Number(value);
      else if (name === 'duty_cycle') wanted.duty = Number(value);
      else wanted.enabled = Number(value) === 1;
      this.#apply(channel!, wanted, path);
    }
  }

  #state(channel: number): State {
    const state = this.#states.get(channel) ?? fresh();
    this.#states.set(channel, state);
    return state;
  }

  #export(channel: number, path: string): void {
    if (this.#exported.has(channel)) throw errno('EBUSY', path);
    // Runtime power management: the first channel wakes the chip (clears SLEEP).
    if (this.#exported.size === 0 && this.answers) this.mode1 &= ~0x10;
    this.#exported.add(channel);
    if (this.#udevMs === 0) this.#granted.add(channel);
    else setTimeout(() => this.#granted.add(channel), this.#udevMs);
    // From 5.13 on there is a .get_state: it reads PRE_SCALE, and calls every channel enabled.
    if (this.#version === '6.12')
      this.#states.set(channel, { period: ((this.preScale + 1) * 4096 * 1000) / 25, duty: 0, enabled: true });
  }

  #unexport(channel: number, path: string): void {
    if (!this.#exported.delete(channel)) throw errno('ENODEV', path);
    this.#granted.delete(channel);
    if (this.answers) this.off.set(channel, 0);
    if (this.#exported.size === 0 && this.answers) this.mode1 |= 0x10;
  }

  #apply(channel: number, wanted: State, path: string): void {
    const before = this.#state(channel);
    const valid = wanted.period !== 0 && wanted.duty <= wanted.period;
    // 5.10, pwm_apply_state: refused also while disabled; 6.12, pwm_state_valid: a disabled one may be anything.
    if (!valid && (this.#version === '5.10' || wanted.enabled)) throw errno('EINVAL', path);
    const same = before.period === wanted.period && before.duty === wanted.duty && before.enabled === wanted.enabled;
    if (same) return;
    if (wanted.enabled || this.#version === '5.10') this.#scale(wanted.period, path);
    this.#states.set(channel, wanted);
    this.busWrites += 1;
    // regmap_bulk_write of an output's four registers: without MODE1_AI all of it goes to the first.
    if (this.#version === '6.12' && (this.mode1 & 0x20) === 0) return;
    if (this.answers) this.off.set(channel, wanted.enabled ? Math.ceil((4096 * wanted.duty) / wanted.period) : 0);
  }

  #scale(period: number, path: string): void {
    const preScale = Math.round((25 * period) / 4_096_000) - 1;
    if (preScale < 3 || preScale > 255) throw errno('EINVAL', path);
    if (this.#version === '5.10') {
      if (period === this.#period) return;
      this.#period = period;
    } else {
      // __pca9685_pwm_apply reads PRE_SCALE into a 0, and does not look whether it could (run on 6.12: test/machine).
      if (preScale === (this.answers ? this.preScale : 0)) return;
      // pca9685_prescaler_can_change: not while more than one channel is in use.
      if (this.#exported.size > 1) throw errno('EBUSY', path);
    }
    if (!this.answers) return;
    this.preScale = preScale;
    this.mode1 &= ~0x10;
  }
}

function split(path: string): { channel?: number; name: string } {
  const parts = path.split('/');
  const channel = parts.map((part) => /^pwm(\d+)$/.exec(part)?.[1]).find((found) => found !== undefined);
  return { name: parts.at(-1)!, ...(channel === undefined ? {} : { channel: Number(channel) }) };
}
