import {
  AVRClock,
  AVRIOPort,
  AVRTimer,
  AVRTWI,
  AVRUSART,
  AVRWatchdog,
  avrInstruction,
  CPU,
  clockConfig,
  PinState,
  portBConfig,
  portCConfig,
  portDConfig,
  timer0Config,
  timer1Config,
  timer2Config,
  twiConfig,
  usart0Config,
  watchdogConfig,
} from 'avr8js';

const hertz = 16_000_000;

/** A pulse at a pin: its width in µs, taken in CPU cycles. */
export interface Pulse {
  readonly pin: number;
  readonly micros: number;
}

/** An Arduino Uno in software: an ATmega328P at 16 MHz that runs real firmware, its serial line, and its pins. */
export class EmulatedBoard {
  readonly #cpu: CPU;
  readonly #usart: AVRUSART;
  readonly #waiting: number[] = [];
  readonly #risen = new Map<number, number>();

  /** @param wire what hangs on the I²C pins */
  constructor(
    hex: string,
    on: { readonly byte: (byte: number) => void; readonly pulse: (pulse: Pulse) => void },
    wire?: WireDevice,
  ) {
    this.#cpu = new CPU(parseIntelHex(hex));
    for (const timer of [timer0Config, timer1Config, timer2Config]) new AVRTimer(this.#cpu, timer);
    new AVRWatchdog(this.#cpu, watchdogConfig, new AVRClock(this.#cpu, hertz, clockConfig));
    this.#usart = new AVRUSART(this.#cpu, usart0Config, hertz);
    this.#usart.onByteTransmit = on.byte;
    this.#usart.onRxComplete = () => this.#feed();
    if (wire !== undefined) attach(new AVRTWI(this.#cpu, twiConfig, hertz), wire);
    const ports = [
      { first: 0, pins: 8, config: portDConfig },
      { first: 8, pins: 6, config: portBConfig },
      { first: 14, pins: 6, config: portCConfig },
    ];
    for (const { first, pins, config } of ports) {
      const port = new AVRIOPort(this.#cpu, config);
      port.addListener(() => {
        for (let bit = 0; bit < pins; bit++) {
          const pin = first + bit;
          const high = port.pinState(bit) === PinState.High;
          const risen = this.#risen.get(pin);
          if (high && risen === undefined) this.#risen.set(pin, this.#cpu.cycles);
          if (!high && risen !== undefined) {
            this.#risen.delete(pin);
            on.pulse({ pin, micros: ((this.#cpu.cycles - risen) / hertz) * 1e6 });
          }
        }
      });
    }
  }

  /** Seconds since reset, in the board's own time. */
  get seconds(): number {
    return this.#cpu.cycles / hertz;
  }

  receive(bytes: Uint8Array): void {
    for (const byte of bytes) this.#waiting.push(byte);
    this.#feed();
  }

  runUntil(seconds: number): void {
    const cpu = this.#cpu;
    const end = seconds * hertz;
    while (cpu.cycles < end) {
      // A byte is taken only while the line is on and idle; a refused one is offered again.
      this.#feed();
      const pause = this.#waiting.length > 0 ? Math.min(end, cpu.cycles + 500) : end;
      while (cpu.cycles < pause) {
        avrInstruction(cpu);
        cpu.tick();
      }
    }
  }

  #feed(): void {
    const [byte] = this.#waiting;
    if (byte === undefined || this.#usart.rxBusy || !this.#usart.rxEnable) return;
    if (this.#usart.writeByte(byte) !== false) this.#waiting.shift();
  }
}

/** A chip on the I²C wires. */
export interface WireDevice {
  /** Whether it answers to this address now. */
  answers(address: number): boolean;
  write(byte: number, first: boolean): void;
  read(): number;
}

function attach(twi: AVRTWI, device: WireDevice): void {
  let first = false;
  twi.eventHandler = {
    start: () => twi.completeStart(),
    stop: () => twi.completeStop(),
    connectToSlave: (address) => {
      first = true;
      twi.completeConnect(device.answers(address));
    },
    writeByte: (byte) => {
      device.write(byte, first);
      first = false;
      twi.completeWrite(true);
    },
    readByte: () => twi.completeRead(device.read()),
  };
}

/** Flash words of an Intel HEX file. Only data records count: 32 kB need no others. */
function parseIntelHex(hex: string): Uint16Array {
  const bytes = new Uint8Array(0x8000).fill(0xff);
  for (const line of hex.split(/\r?\n/)) {
    if (!line.startsWith(':') || line.slice(7, 9) !== '00') continue;
    const count = Number.parseInt(line.slice(1, 3), 16);
    const address = Number.parseInt(line.slice(3, 7), 16);
    for (let i = 0; i < count; i++) bytes[address + i] = Number.parseInt(line.slice(9 + 2 * i, 11 + 2 * i), 16);
  }
  return new Uint16Array(bytes.buffer);
}
