import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { PitwallError } from '@pitwall/protocol';
import { now } from '@pitwall/runtime';
import type { Firmata } from 'firmata-io';
import type five from 'johnny-five';
import type { SerialPort } from 'serialport';
import { type Drivetrain, type DrivetrainEvents, neutral, type Outputs } from '../drivetrain.js';
import { pulse } from '../pulse-width.js';
import { boardLine } from './board-line.js';
import { Mpu6050, type Mpu6050Profile } from './mpu6050.js';
import { closePort, openNeutral, writeOut } from './port.js';
import type { FirmataProfile } from './profile.js';
import { rawNeutral } from './raw.js';

/** A board that says nothing for this long after it was asked does not run, in ms. */
const handshakeMs = 8000;
/** A servo frame of 20 ms and a pulse. */
const frameMs = 25;
const answerMs = 300;
const aliveEveryMs = 500;
const aliveWithinMs = 400;
/** More bytes than this waiting for the wire means that nobody takes them. */
const mostWaiting = 256;

/** Takes its time, so a spare process does it before it is needed. */
export async function loadJohnnyFive(): Promise<JohnnyFive> {
  const [{ default: firmata }, { default: five }] = await Promise.all([import('firmata-io'), import('johnny-five')]);
  return { firmata, five };
}

interface JohnnyFive {
  readonly firmata: { readonly Firmata: typeof Firmata };
  readonly five: typeof five;
}

interface Wheels {
  readonly io: Firmata;
  readonly servo: InstanceType<typeof five.Servo>;
  /** None while the motor gets no pulse. */
  readonly esc: InstanceType<typeof five.ESC> | undefined;
}

/**
 * A board that speaks Firmata (StandardFirmata, or our drive unit), driven by johnny-five's Servo and ESC. The port is
 * ours: neutral goes out on it raw before any handshake.
 */
export class FirmataDrivetrain implements Drivetrain {
  readonly #profile: FirmataProfile;
  readonly #events: DrivetrainEvents;
  readonly #hasMotor: boolean;
  readonly #imuProfile: Mpu6050Profile | undefined;
  readonly #steering: { readonly min: number; readonly max: number };
  #port: SerialPort | undefined;
  #wheels: Wheels | undefined;
  #imu: Mpu6050 | undefined;
  #last = { steering: 0, motor: 0 };
  #alive: NodeJS.Timeout | undefined;
  #answer: NodeJS.Timeout | undefined;
  readonly #ending = new AbortController();
  #ended: Promise<void> | undefined;

  constructor(
    profile: FirmataProfile,
    events: DrivetrainEvents,
    { motor, imu }: { readonly motor: boolean; readonly imu?: Mpu6050Profile },
  ) {
    this.#profile = profile;
    this.#hasMotor = motor;
    this.#events = events;
    this.#imuProfile = imu;
    this.#steering = { min: Math.round(profile.steering.min / 1000), max: Math.round(profile.steering.max / 1000) };
  }

  async start(): Promise<void> {
    const port = await openNeutral(this.#profile, this.#hasMotor);
    if (this.#ending.signal.aborted) {
      await closePort(port);
      throw stoppedError();
    }
    this.#port = port;
    port.on('error', () => this.#lost('the serial port failed'));
    port.on('close', () => this.#lost('the serial port closed; is the cable out?'));
    const { firmata, five } = await this.#unlessStopped(loadJohnnyFive());
    const line = boardLine(port, () => this.#lost('the board says what no board says; check its cable'));
    const io = new firmata.Firmata(line, { reportVersionTimeout: 50 });
    // A board that was reset by the opening listens only after its boot loader; it is asked until it answers.
    const asking = setInterval(() => io.reportVersion(() => {}), 250);
    try {
      const tooLong = wait(handshakeMs, undefined, { ref: false }).then(silent);
      await this.#unlessStopped(Promise.race([once(io, 'ready'), tooLong]));
    } finally {
      clearInterval(asking);
    }
    io.on('error', () => this.#lost('the serial port failed'));
    const board = new five.Board({ io, repl: false, sigint: false, debug: false });
    await this.#unlessStopped(once(board, 'ready'));
    board.on('string', (text: unknown) => {
      if (String(text).startsWith('neutral')) this.#events.onTripped();
    });
    // A reset board has forgotten what it was told before the handshake.
    await this.#unlessStopped(writeOut(port, rawNeutral(this.#profile, this.#hasMotor)));
    // A board says its firmware unasked when it starts (Firmata protocol, "Query Firmware Name and Version"): it was reset, by its
    // watchdog or its supply, has forgotten its pins' modes, and gives no pulse until it is told them again.
    io.on('queryfirmware', () => this.#lost('the board restarted by itself; check its supply'));
    const { steering, motor } = this.#profile;
    const { min, max } = this.#steering;
    const servo = new five.Servo({ board, pin: steering.pin, pwmRange: [min, max] });
    const esc = this.#hasMotor
      ? new five.ESC({
          board,
          pin: motor.pin,
          device: 'FORWARD_REVERSE',
          pwmRange: [Math.round(motor.min / 1000), Math.round(motor.max / 1000)],
          neutral: Math.round(motor.mid / 1000),
        })
      : undefined;
    this.#wheels = { io, servo, esc };
    this.write(neutral);
    this.#alive = setInterval(() => this.#ask(io), aliveEveryMs);
    if (this.#imuProfile !== undefined && this.#events.imu !== undefined) {
      this.#imu = new Mpu6050(io, this.#imuProfile, now, this.#events.imu);
      this.#imu.start();
    }
  }

  write(outputs: Outputs): void {
    const wheels = this.#wheels;
    if (wheels === undefined) return;
    if ((this.#port?.writableLength ?? 0) > mostWaiting) throw lostError('the board takes no bytes any more');
    const steering = Math.round(pulse(outputs.steering, this.#profile.steering) / 1000);
    const motor = Math.round(pulse(outputs.throttle, this.#profile.motor) / 1000);
    // A repeated value is dropped by Servo, and a watchdog below must hear it all the same.
    if (wheels.esc !== undefined && motor !== this.#last.motor) wheels.esc.throttle(motor);
    else if (wheels.esc !== undefined) wheels.io.servoWrite(this.#profile.motor.pin, motor);
    if (steering !== this.#last.steering) wheels.servo.to(this.#degrees(steering));
    else wheels.io.servoWrite(this.#profile.steering.pin, steering);
    this.#last = { steering, motor };
  }

  /** There is no enable line; neutral has to do. */
  enable(): void {}

  stop(): Promise<void> {
    this.#ending.abort();
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.#imu?.stop();
    clearInterval(this.#alive);
    clearTimeout(this.#answer);
    const port = this.#port;
    const io = this.#wheels?.io;
    this.#port = undefined;
    this.#wheels = undefined;
    if (port === undefined || !port.isOpen) return;
    await writeOut(port, rawNeutral(this.#profile, this.#hasMotor)).catch(() => {});
    // Neutral before the process ends, at the pin too. An answer proves that the board has read what came before the
    // question; the pulse that is under way, and its frame, come first then.
    if (io !== undefined) {
      const answered = new Promise<void>((resolve) => io.reportVersion(resolve));
      await Promise.race([answered, wait(answerMs)]);
    }
    await wait(frameMs);
    await closePort(port);
  }

  /** What the start waits for, unless `stop` comes first. */
  async #unlessStopped<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#ending;
    const stopped = once(signal, 'abort').then((): never => {
      throw stoppedError();
    });
    const result = await Promise.race([work, stopped]);
    // Also where both came at once.
    if (signal.aborted) throw stoppedError();
    return result;
  }

  /** Servo truncates what it maps to whole µs: half of one is added so that it comes out as it went in. */
  #degrees(micros: number): number {
    const { min, max } = this.#steering;
    return Math.min(180, ((micros + 0.5 - min) / (max - min)) * 180);
  }

  #ask(io: Firmata): void {
    clearTimeout(this.#answer);
    this.#answer = setTimeout(() => this.#lost('the board does not answer'), aliveWithinMs);
    io.reportVersion(() => clearTimeout(this.#answer));
  }

  #lost(message: string): void {
    if (this.#port === undefined) return;
    this.#imu?.stop();
    clearInterval(this.#alive);
    clearTimeout(this.#answer);
    this.#events.onLost(message);
  }
}

const lostError = (message: string) => new PitwallError('outputs-lost', `${message}; check cable, power and firmware.`);
const stoppedError = () => new PitwallError('outputs-lost', 'The drivetrain was stopped while it started.');
const silent = (): never => {
  throw lostError('the board does not answer on its serial port');
};
