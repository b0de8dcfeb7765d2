import { AVREEPROM, AVRUSART, avrInstruction, CPU, EEPROMMemoryBackend, timer1Config, usart0Config } from 'avr8js';

const hertz = 16_000_000;
const sleepOpcode = 0x9588;
/** 10 bits at 500,000 baud. */
const cyclesPerByte = 320;
type Interrupt = Parameters<CPU['setInterruptFlag']>[0];

/** Data sheet, 36 "Register Summary". */
const PINB = 0x23;
const ICF1 = 1 << 5;
const ICIE1 = 1 << 5;
const TOV1 = 1 << 0;
const ICES1 = 1 << 6;
const prescaler = 8;
/** The noise canceler wants four equal samples. */
const cancelerCycles = 4;

/**
 * Timer 1 of the ATmega328P in normal mode at a prescaler of 8, with overflow interrupt and input capture. avr8js' own
 * has no capture, and takes a step for every count, which an idle firmware cannot sleep through.
 */
class CaptureTimer {
  readonly #cpu: CPU;
  #startedAt: number | undefined;
  readonly #overflow: Interrupt;
  readonly #capture: Interrupt;

  constructor(cpu: CPU) {
    this.#cpu = cpu;
    const { TIFR, TIMSK, TCCRB, TCNT, ovfInterrupt, captureInterrupt } = timer1Config;
    const flags = { flagRegister: TIFR, enableRegister: TIMSK };
    this.#overflow = { ...flags, address: ovfInterrupt, flagMask: TOV1, enableMask: 1 };
    this.#capture = { ...flags, address: captureInterrupt, flagMask: ICF1, enableMask: ICIE1 };
    cpu.writeHooks[TCCRB] = (value) => {
      cpu.data[TCCRB] = value;
      if ((value & 7) === 2 && this.#startedAt === undefined) {
        this.#startedAt = cpu.cycles;
        cpu.addClockEvent(this.#overflowed, 65_536 * prescaler);
      }
      return true;
    };
    cpu.readHooks[TCNT] = () => {
      const count = this.#countAt(cpu.cycles);
      cpu.data[TCNT + 1] = count >> 8;
      cpu.data[TCNT] = count & 0xff;
      return count & 0xff;
    };
    cpu.writeHooks[TIFR] = (value) => {
      const left = (cpu.data[TIFR] as number) & ~value;
      if (value & TOV1) cpu.clearInterrupt(this.#overflow);
      if (value & ICF1) cpu.clearInterrupt(this.#capture);
      cpu.data[TIFR] = left;
      return true;
    };
    cpu.writeHooks[TIMSK] = (value) => {
      cpu.data[TIMSK] = value;
      cpu.updateInterruptEnable(this.#overflow, value);
      cpu.updateInterruptEnable(this.#capture, value);
      return true;
    };
  }

  /** The signal at ICP1 changed at this cycle. */
  edge(cycle: number, level: 0 | 1): void {
    const { data } = this.#cpu;
    data[PINB] = ((data[PINB] as number) & ~1) | level;
    if (this.#startedAt === undefined) return;
    const wanted = ((data[timer1Config.TCCRB] as number) & ICES1) !== 0 ? 1 : 0;
    if (wanted !== level) return;
    const count = this.#countAt(cycle + cancelerCycles);
    data[timer1Config.ICR] = count & 0xff;
    data[timer1Config.ICR + 1] = count >> 8;
    this.#cpu.setInterruptFlag(this.#capture);
  }

  readonly #overflowed = (): void => {
    const cpu = this.#cpu;
    cpu.setInterruptFlag(this.#overflow);
    const since = cpu.cycles - (this.#startedAt ?? 0);
    const span = 65_536 * prescaler;
    cpu.addClockEvent(this.#overflowed, span - (since % span));
  };

  #countAt(cycle: number): number {
    return this.#startedAt === undefined ? 0 : Math.floor((cycle - this.#startedAt) / prescaler) & 0xffff;
  }
}

export interface Sent {
  readonly byte: number;
  /** True time in µs at which it had come out of the line. */
  readonly at: number;
}

/**
 * The lap-gate firmware on an ATmega328P in software, in true time: all times here are true µs, and the board's crystal is
 * off by `ppm` of them.
 */
export class EmulatedLapGate {
  readonly #cpu: CPU;
  readonly #usart: AVRUSART;
  readonly #timer: CaptureTimer;
  readonly #cyclesPerMicro: number;
  readonly #resetAt: number;
  readonly #waiting: { byte: number; at: number }[] = [];
  #sent: Sent[] = [];
  #quietUntil = 0;

  constructor(
    program: Uint16Array,
    options: { eeprom: EEPROMMemoryBackend; ppm: number; resetAt: number; level: 0 | 1 },
  ) {
    const cpu = new CPU(program, 2048);
    this.#cpu = cpu;
    this.#cyclesPerMicro = (hertz / 1e6) * (1 + options.ppm * 1e-6);
    this.#resetAt = options.resetAt;
    this.#timer = new CaptureTimer(cpu);
    this.#usart = new AVRUSART(cpu, usart0Config, hertz);
    new AVREEPROM(cpu, options.eeprom);
    cpu.data[PINB] = options.level;
    this.#usart.onByteTransmit = (byte) => {
      this.#sent.push({ byte, at: this.#timeOf(cpu.cycles + cyclesPerByte) });
    };
  }

  /** Changes the level at pin 8 at this time, which must not be over. */
  edge(at: number, level: 0 | 1): void {
    const cycle = Math.round(this.#cycleOf(at));
    this.#cpu.addClockEvent(() => this.#timer.edge(cycle, level), cycle - this.#cpu.cycles);
  }

  /** Bytes on the line to the board, one after the other from this time on. */
  receive(bytes: Uint8Array, at: number): void {
    for (const byte of bytes) this.#waiting.push({ byte, at });
  }

  /** Runs up to this time. @returns what came out of the line. */
  runUntil(at: number): Sent[] {
    const cpu = this.#cpu;
    const end = this.#cycleOf(at);
    while (cpu.cycles < end) {
      this.#feed();
      if (cpu.progMem[cpu.pc] === sleepOpcode && cpu.interruptsEnabled && cpu.nextInterrupt < 0) {
        // Asleep until something happens: a clock event, or a byte that is due.
        const event = (cpu as unknown as { nextClockEvent: { cycles: number } | null }).nextClockEvent?.cycles ?? end;
        const byte = this.#waiting[0];
        const due = byte === undefined ? end : Math.max(cpu.cycles + 1, this.#cycleOf(byte.at), this.#quietUntil);
        const wake = Math.min(end, event, due);
        if (wake > cpu.cycles) cpu.cycles = Math.ceil(wake);
        // An interrupt returns to what stands behind the SLEEP; without one the sleep goes on.
        const asleep = cpu.pc;
        cpu.pc = asleep + 1;
        cpu.tick();
        if (cpu.pc === asleep + 1) cpu.pc = asleep;
        continue;
      }
      avrInstruction(cpu);
      cpu.tick();
    }
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  #feed(): void {
    const [first] = this.#waiting;
    const cpu = this.#cpu;
    if (first === undefined || this.#usart.rxBusy || this.#cycleOf(first.at) > cpu.cycles) return;
    // One byte has to be read before the next comes; a real line gives it this time as well.
    if (cpu.cycles < this.#quietUntil || !this.#usart.rxEnable) return;
    if (this.#usart.writeByte(first.byte) === false) return;
    this.#waiting.shift();
    this.#quietUntil = cpu.cycles + cyclesPerByte;
  }

  #cycleOf(at: number): number {
    return (at - this.#resetAt) * this.#cyclesPerMicro;
  }

  #timeOf(cycle: number): number {
    return this.#resetAt + cycle / this.#cyclesPerMicro;
  }
}

export const freshEeprom = (): EEPROMMemoryBackend => new EEPROMMemoryBackend(1024);

/** Flash words of an Intel HEX file. Only data records count: 32 kB need no others. */
export function flashOf(hex: string): Uint16Array {
  const bytes = new Uint8Array(0x8000).fill(0xff);
  for (const line of hex.split(/\r?\n/)) {
    if (!line.startsWith(':') || line.slice(7, 9) !== '00') continue;
    const count = Number.parseInt(line.slice(1, 3), 16);
    const address = Number.parseInt(line.slice(3, 7), 16);
    for (let i = 0; i < count; i++) bytes[address + i] = Number.parseInt(line.slice(9 + 2 * i, 11 + 2 * i), 16);
  }
  return new Uint16Array(bytes.buffer);
}
