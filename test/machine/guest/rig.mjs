/** What the scenarios share: the emulated chips (i2c_chips), the GPIO lines, what the kernel traced, and how a result is told. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const chips = '/sys/module/i2c_chips/parameters';
const tracing = '/sys/kernel/tracing';

/** ms of CLOCK_MONOTONIC, which pulses and the trace have, too. */
export const now = () => Number(process.hrtime.bigint()) / 1e6;
export const bus = Number(readFileSync('/run/bus', 'utf8'));
/** Number of line 0 in sysfs. */
export const firstLine = Number(readFileSync('/run/first-line', 'utf8'));

export const check = (what, ok, seen) => console.log(ok ? `ok ${what}` : `FAILED ${what}: ${seen}`);
export const figure = (name, value, most, unit = 'ms') => {
  console.log(`figure ${name} ${value.toFixed(1)} ${unit} ${most}`);
  if (most !== '-' && !(value <= most)) console.log(`FAILED ${name}`);
};

const chip = (name, value) => writeFileSync(`${chips}/${name}`, `${value}\n`);
/** The PCA9685 does not acknowledge. */
export const refuse = (on) => chip('refuse', on ? 0x40 : 0);
export const hang = (on) => chip('hang', on ? 1 : 0);
export const power = (on) => chip('power', on ? 1 : 0);
/** What the BMI160 feels along its axes, in g. */
export const feel = (x, y, z) => chip('feels', [x, y, z].map((g) => Math.round(g * 1000)).join(','));

const i2c = (program, address, ...args) =>
  execFileSync(program, ['-f', '-y', bus, address, ...args].map(String), { encoding: 'utf8' }).trim();
export const register = (at, address = 0x40) => Number(i2c('i2cget', address, at));
export const setRegister = (at, value, address = 0x40) => i2c('i2cset', address, at, value);

/** Bytes that were written to its outputs' registers so far. */
export const writes = () => Number(readFileSync(`${chips}/writes`, 'utf8'));

/** Changes of what the PCA9685 gives, oldest first: `falls` is the count at which a pulse ends; 4096 is no pulse. */
export const pulses = () =>
  readFileSync(`${chips}/pulses`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [at, output, falls] = line.split(' ').map(Number);
      return { at: at / 1e6, output, falls };
    });
export const pulseOf = (output) => pulses().findLast((pulse) => pulse.output === output)?.falls;
/** When an output first gave a pulse after a moment; undefined where it did not. */
export const gave = (output, falls, after) =>
  pulses().find((pulse) => pulse.output === output && pulse.falls === falls && pulse.at >= after)?.at;

/** When a GPIO line was set to a level after a moment, by the kernel's trace. */
export const lineSet = (line, level, after) =>
  traced(new RegExp(` (\\d+\\.\\d+): gpio_value: ${firstLine + line} set ${level}\\b`, 'g')).find((at) => at >= after);
/** Moments of the lines of the trace that a pattern finds; its first group is seconds. */
export const traced = (pattern) =>
  [...readFileSync(`${tracing}/trace`, 'utf8').matchAll(pattern)].map(([, seconds]) => Number(seconds) * 1000);
export const trace = (on) => writeFileSync(`${tracing}/tracing_on`, on ? '1' : '0');
export const forget = () => writeFileSync(`${tracing}/trace`, '');

/** What `look` answers as soon as that is something (no null, no false); undefined after `withinMs`. */
export async function until(look, withinMs = 10_000, everyMs = 10) {
  for (const end = now() + withinMs; now() < end; ) {
    const seen = look();
    if (seen !== undefined && seen !== null && seen !== false) return seen;
    await wait(everyMs);
  }
  return undefined;
}

const pulls = readFileSync('/run/pulls', 'utf8').trim();
/** Pulls a line from outside: gpio-sim's `pull` or gpio-mockup's file of the line. */
export function pull(line, level) {
  if (pulls.includes('gpio-mockup')) writeFileSync(`${pulls}/${line}`, `${level}\n`);
  else writeFileSync(`${pulls}/sim_gpio${line}/pull`, level === 1 ? 'pull-up' : 'pull-down');
}
