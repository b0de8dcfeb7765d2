import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DrivetrainProfile, ImuProfile } from '@pitwall/firmware-config';
import type { Micros } from '@pitwall/protocol';
import { backOffMs, type Now } from '@pitwall/runtime';
import { type DeviceEvents, hasOneOwner, type Motion, neutralNow, type Outputs } from '../../hardware/index.js';
import { beatMs, type FromActuator, restingBeatMs, type ToActuator } from './messages.js';

/** The actuator process is taken for hung when it said nothing for so many beats: 150 ms with power. */
const silence = 6;
/** One that starts loads its code and shakes hands with a board first; in µs. */
const startsWithin = 15_000_000;
/** A spare process is loaded so long after the other has the outputs, in ms: what just happened comes first. */
const spareAfterMs = 500;
/** An actuator process that was told to end and did not by then hangs, in ms. One that starts may still load its code. */
const endsWithinMs = { ready: 800, starting: 4000 } as const;
/** After the second end in a row: the first replacement comes at once. */
const backOff = { firstMs: 500, mostMs: 4000 };

export interface ActuatorPortParts {
  readonly profile: DrivetrainProfile;
  /** False while nobody knows which pulse is neutral for this motor: it gets none. */
  readonly motor: boolean;
  readonly now: Now;
  readonly onReady: () => void;
  readonly onLost: (message: string) => void;
  readonly onMissed: () => void;
  readonly onTripped: () => void;
  /** Of an IMU that hangs on the drivetrain's board. */
  readonly imu?: ImuProfile;
  readonly onImu?: { readonly motion: (motion: Motion) => void } & DeviceEvents;
}

/** What holds the outputs, for who tells it. */
export type Port = Pick<ActuatorPort, 'ready' | 'start' | 'setpoint' | 'neutral' | 'power' | 'stop'>;
export const openPort = (parts: ActuatorPortParts): Port => new ActuatorPort(parts);

/**
 * The agent's end of the actuator process: starts it, watches it, and replaces it when it dies or hangs. Where nothing
 * below has a watchdog (sysfs PWM holds its pulse) the agent writes neutral by itself at that moment. Where only one
 * process can hold the outputs (a serial port), a spare one stands by with everything loaded: its first act is neutral.
 */
export class ActuatorPort {
  readonly #parts: ActuatorPortParts;
  #child: ChildProcess | undefined;
  #spare: ChildProcess | undefined;
  #ready = false;
  #powered = false;
  #heard = 0 as Micros;
  #ticked = 0 as Micros;
  #watch: NodeJS.Timeout | undefined;
  #respawn: NodeJS.Timeout | undefined;
  #sparing: NodeJS.Timeout | undefined;
  #failures = 0;
  #stopping: Promise<void> | undefined;

  constructor(parts: ActuatorPortParts) {
    this.#parts = parts;
  }

  /** The outputs answer. */
  get ready(): boolean {
    return this.#ready;
  }

  /** For those who watch it from outside. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    this.#spawn();
    this.#pace();
  }

  setpoint(outputs: Outputs, deadline: Micros): void {
    this.#tell({ type: 'setpoint', outputs, deadline });
  }

  neutral(): void {
    this.#tell({ type: 'neutral' });
  }

  power(on: boolean): void {
    this.#powered = on;
    this.#tell({ type: 'power', on });
    if (this.#stopping === undefined) this.#pace();
  }

  /** Neutral first; returns when the actuator process is gone. Idempotent. */
  stop(): Promise<void> {
    this.#stopping ??= this.#end();
    return this.#stopping;
  }

  async #end(): Promise<void> {
    clearInterval(this.#watch);
    clearTimeout(this.#respawn);
    clearTimeout(this.#sparing);
    // One that had to be killed left its pulse, where nobody else can write: the next one's first act is neutral.
    if (!(await this.#ended()) && hasOneOwner(this.#parts.profile)) {
      this.#spawn();
      await this.#ended();
    }
    this.#spare?.kill('SIGKILL');
  }

  /** Whether it came to its end by itself. */
  async #ended(): Promise<boolean> {
    const child = this.#child;
    if (child === undefined) return true;
    return new Promise((resolve) => {
      const hung = setTimeout(
        () => {
          this.#neutralNow();
          child.kill('SIGKILL');
        },
        this.#ready ? endsWithinMs.ready : endsWithinMs.starting,
      );
      child.once('exit', (code) => {
        clearTimeout(hung);
        resolve(code !== null);
      });
      this.#tell({ type: 'end' });
    });
  }

  get #beat(): number {
    return this.#powered ? beatMs : restingBeatMs;
  }

  /** Looks as often as the actuator process speaks, beginning with what was heard now. */
  #pace(): void {
    this.#heard = this.#parts.now();
    this.#ticked = this.#heard;
    clearInterval(this.#watch);
    this.#watch = setInterval(() => this.#check(), this.#beat);
  }

  #spawn(): void {
    const child = this.#spare ?? this.#fork();
    this.#spare = undefined;
    this.#child = child;
    this.#heard = this.#parts.now();
    this.#tell({ type: 'begin' });
  }

  #spareLater(afterMs: number): void {
    clearTimeout(this.#sparing);
    if (this.#stopping !== undefined) return;
    this.#sparing = setTimeout(() => {
      this.#spare ??= this.#fork();
    }, afterMs);
  }

  #fork(): ChildProcess {
    // At its end Node puts a terminal back as it was at its start, and keys pressed at the agent would wait for Enter.
    const output = process.stdout.isTTY || process.stderr.isTTY ? 'pipe' : 'inherit';
    const { profile, motor, imu } = this.#parts;
    const child = fork(
      fileURLToPath(new URL('./main.js', import.meta.url)),
      [JSON.stringify({ profile, use: { motor, imu } })],
      {
        detached: true,
        stdio: ['ignore', output, output, 'ipc'],
        // It makes little garbage: a car's memory is for the model.
        execArgv: ['--max-semi-space-size=1'],
        env: {},
      },
    );
    child.stdout?.pipe(process.stdout, { end: false });
    child.stderr?.pipe(process.stderr, { end: false });
    child.on('message', (message) => {
      if (child === this.#child) this.#hear(message as FromActuator);
    });
    child.once('error', (error) => this.#gone(child, error.message));
    child.once('exit', (code, signal) => this.#gone(child, `its process ended (${signal ?? `exit code ${code}`})`));
    return child;
  }

  #hear(message: FromActuator): void {
    this.#heard = this.#parts.now();
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#failures = 0;
        this.#tell({ type: 'power', on: this.#powered });
        if (hasOneOwner(this.#parts.profile)) this.#spareLater(spareAfterMs);
        this.#parts.onReady();
        break;
      case 'beat':
        break;
      case 'lost':
        this.#ready = false;
        this.#parts.onLost(message.message);
        break;
      case 'missed':
        this.#parts.onMissed();
        break;
      case 'tripped':
        this.#parts.onTripped();
        break;
      case 'motion':
        this.#parts.onImu?.motion(message.motion);
        break;
      case 'imu-lost':
        this.#parts.onImu?.lost(message.message);
        break;
      case 'imu-found':
        this.#parts.onImu?.found();
        break;
    }
  }

  /** Also looks at itself: after a pause of this very process nothing can be said about the other one yet. */
  #check(): void {
    const at = this.#parts.now();
    if (this.#powered) this.#tell({ type: 'beat' });
    const late = at - this.#ticked > 3 * this.#beat * 1000;
    this.#ticked = at;
    if (late) this.#heard = at;
    const patience = this.#ready ? silence * this.#beat * 1000 : startsWithin;
    if (this.#child === undefined || at - this.#heard <= patience) return;
    this.#ready = false;
    this.#neutralNow();
    this.#child?.kill('SIGKILL');
    this.#parts.onLost('its process hangs');
  }

  #gone(child: ChildProcess, why: string): void {
    if (child === this.#spare) {
      this.#spare = undefined;
      this.#spareLater(backOff.mostMs);
    }
    if (child !== this.#child) return;
    this.#child = undefined;
    const lost = this.#ready;
    this.#ready = false;
    this.#neutralNow();
    if (this.#stopping !== undefined) return;
    if (this.#failures === 0) this.#spawn();
    else this.#respawn = setTimeout(() => this.#spawn(), backOffMs(this.#failures, backOff));
    this.#failures += 1;
    if (lost) this.#parts.onLost(why);
  }

  /** Outputs that cannot be written are lost already, and are tried again with the next actuator process. */
  #neutralNow(): void {
    try {
      neutralNow(this.#parts.profile);
    } catch {}
  }

  #tell(message: ToActuator): void {
    const child = this.#child;
    if (child?.connected) child.send(message, undefined, undefined, () => {});
  }
}
