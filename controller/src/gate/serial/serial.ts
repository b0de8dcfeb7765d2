import type { BootId } from '@pitwall/protocol';
import { type Clock, Retry } from '@pitwall/runtime';
import { SerialPort } from 'serialport';
import type { DeviceTimes, Sensor, SensorEvents } from '../sensor.js';
import type { Decoder, Write } from './decoder.js';

/** What a serial port must be able to do here; the real one, or one of a test. */
export interface Port {
  write(text: string): void;
  onData(handler: (chunk: Uint8Array) => void): void;
  onClose(handler: () => void): void;
  close(): Promise<void>;
}

/** Opens a port. @throws where it is not there or another program has it. */
export type OpenPort = (path: string, baud: number) => Promise<Port>;

const tickMs = 100;

/** A gate on a serial port: unplugged and back it goes on, and asks for what it missed where the device keeps it. */
export class SerialSensor implements Sensor {
  readonly #path: string;
  readonly #baud: number;
  readonly #clock: Clock;
  readonly #open: OpenPort;
  readonly #make: (events: SensorEvents, write: Write) => Decoder;
  #decoder: Decoder | undefined;
  #port: Port | undefined;
  #ticking: NodeJS.Timeout | undefined;
  readonly #retry = new Retry({ firstMs: 100, mostMs: 2000 });
  #stopped = true;
  #opening: Promise<void> = Promise.resolve();

  constructor(
    where: { readonly port: string; readonly baud: number },
    clock: Clock,
    make: (events: SensorEvents, write: Write) => Decoder,
    open: OpenPort = openSerialPort,
  ) {
    this.#path = where.port;
    this.#baud = where.baud;
    this.#clock = clock;
    this.#make = make;
    this.#open = open;
  }

  async start(events: SensorEvents): Promise<void> {
    this.#stopped = false;
    // A chunk may hold several passes, and whoever hears the first may stop it.
    const edge: SensorEvents['edge'] = (one) => {
      if (!this.#stopped) events.edge(one);
    };
    const decoder = this.#make({ ...events, edge }, (text) => this.#port?.write(text));
    this.#decoder = decoder;
    this.#ticking = setInterval(() => {
      if (this.#port !== undefined) decoder.tick(this.#clock.now());
    }, tickMs);
    this.#opening = this.#connect(decoder, events);
    await this.#opening;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#ticking);
    this.#retry.stop();
    await this.#opening;
    const port = this.#port;
    this.#port = undefined;
    await port?.close();
  }

  probe(): Promise<DeviceTimes | undefined> {
    const now = this.#clock.now();
    const decoder = this.#decoder;
    // A device without a clock that can be asked is stamped here: this machine's clock answers.
    if (decoder?.probe === undefined)
      return Promise.resolve({ bootId: this.#clock.bootId, receivedAt: now, answeredAt: this.#clock.now() });
    return this.#port === undefined ? Promise.resolve(undefined) : decoder.probe(now);
  }

  keep(bootId: BootId, kept: number): void {
    this.#decoder?.keep?.(bootId, kept);
  }

  async #connect(decoder: Decoder, events: SensorEvents): Promise<void> {
    let port: Port;
    try {
      port = await this.#open(this.#path, this.#baud);
    } catch (error) {
      events.status('gone', `${this.#path} cannot be opened: ${(error as Error).message}`);
      return this.#again(decoder, events);
    }
    if (this.#stopped) return port.close();
    this.#retry.worked();
    this.#port = port;
    port.onData((chunk) => decoder.bytes(chunk, this.#clock.now()));
    port.onClose(() => {
      if (this.#port !== port) return;
      this.#port = undefined;
      decoder.closed();
      this.#again(decoder, events);
    });
    decoder.opened(this.#clock.now());
  }

  #again(decoder: Decoder, events: SensorEvents): void {
    if (this.#stopped) return;
    this.#retry.again(() => {
      this.#opening = this.#connect(decoder, events);
    });
  }
}

export const openSerialPort: OpenPort = (path, baudRate) =>
  new Promise<Port>((resolve, reject) => {
    // hupcl: closing must not drop DTR, or the next opening would reset an Arduino and what it keeps.
    const port = new SerialPort({ path, baudRate, hupcl: false, autoOpen: false });
    port.on('error', () => undefined);
    port.open((error) => {
      if (error !== null) return reject(error);
      return resolve({
        write: (text) => void port.write(text, 'latin1'),
        onData: (handler) => void port.on('data', handler),
        onClose: (handler) => void port.once('close', handler),
        close: () => new Promise((done) => (port.isOpen ? port.close(() => done()) : done())),
      });
    });
  });
