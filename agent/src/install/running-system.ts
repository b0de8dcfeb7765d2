import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What runs on a computer and must hear of changed files. */
export interface RunningSystem {
  /** Whether a service runs now. */
  isActive(unit: string): boolean;
  /** Answers whether it went well; what it said goes to the terminal. */
  run(program: string, ...args: readonly string[]): boolean;
}

/** systemd and udev, where they run. */
export const systemd: RunningSystem = {
  isActive: (unit) => spawnSync('systemctl', ['is-active', '--quiet', unit]).status === 0,
  run: (program, ...args) => spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0,
};

/** A tree of files that no system runs on. */
export const noSystem: RunningSystem = { isActive: () => false, run: () => true };

/** The running one of a root. */
export const systemOf = (root: string): RunningSystem =>
  // sd_booted(3)
  root === '/' && existsSync('/run/systemd/system') ? systemd : noSystem;

/** Makes changed files count: units, rules, modules. */
export function reload(system: RunningSystem): void {
  system.run('systemctl', 'daemon-reload');
  system.run('udevadm', 'control', '--reload');
  system.run('udevadm', 'trigger', '--subsystem-match=pwm', '--subsystem-match=gpio', '--subsystem-match=i2c-dev');
  system.run('udevadm', 'trigger', '--subsystem-match=tty', '--subsystem-match=video4linux', '--subsystem-match=iio');
}
