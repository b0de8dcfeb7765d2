import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';

export const socat = '/usr/bin/socat';

/** A cable from a serial port (a pseudo-terminal) to what answers at a TCP port of this machine. */
export class SerialCable {
  /** The serial port. */
  readonly port: string;
  readonly #onPlugged: (pid: number | undefined) => void;
  #process: ChildProcess | undefined;

  constructor(port: string, onPlugged: (pid: number | undefined) => void = () => {}) {
    this.port = port;
    this.#onPlugged = onPlugged;
  }

  /** The serial port appears. */
  async plug(tcp: number): Promise<void> {
    const cable = spawn(socat, ['-d', '-d', `pty,link=${this.port},raw,echo=0`, `tcp:127.0.0.1:${tcp},nodelay`]);
    this.#process = cable;
    this.#onPlugged(cable.pid);
    await new Promise<void>((resolve, reject) => {
      cable.once('exit', () => reject(new Error('socat ended')));
      cable.stderr.on('data', (text: Buffer) => {
        if (text.includes('starting data transfer loop')) resolve();
      });
    });
  }

  /** Pulled out. Idempotent. */
  async unplug(): Promise<void> {
    const cable = this.#process;
    this.#process = undefined;
    if (cable === undefined || cable.exitCode !== null || cable.signalCode !== null) return;
    const gone = once(cable, 'exit');
    cable.kill('SIGKILL');
    await gone;
    rmSync(this.port, { force: true });
  }
}
