import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { DrivetrainProfile } from '@pitwall/firmware-config';
import { hasOneOwner, neutralScript } from '../hardware/index.js';

/** Reads a line that never comes: where its pipe breaks instead, it does what it was given. */
const waiting = `trap '' HUP INT TERM; read -r end || eval "$0"`;

/**
 * A shell that makes the outputs neutral the moment this process is gone, however it went and whoever went with it: systemd needs a
 * tenth of a second to come to its ExecStopPost, and without systemd nobody would come. A serial port has its spare process.
 */
export class NeutralGuard {
  #shell: ChildProcess | undefined;

  /** In place of the one before. */
  async keep(drivetrain: DrivetrainProfile, motor: boolean): Promise<void> {
    if (drivetrain.kind === 'simulated' || hasOneOwner(drivetrain)) return;
    const script = await neutralScript(drivetrain, { motor });
    const before = this.stop();
    const shell = spawn('/bin/sh', ['-c', waiting, script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    for (const one of [shell, shell.stdin]) one?.on('error', () => {});
    shell.unref();
    this.#shell = shell;
    await before;
  }

  /** It ends, and does nothing. Idempotent. */
  async stop(): Promise<void> {
    const shell = this.#shell;
    this.#shell = undefined;
    if (shell === undefined || shell.exitCode !== null || shell.signalCode !== null || shell.pid === undefined) return;
    shell.ref();
    const ended = once(shell, 'exit');
    shell.stdin?.end('end\n');
    await ended;
  }
}
