// The parts of two untyped packages that we use.
declare module 'firmata-io' {
  import type { EventEmitter } from 'node:events';

  export class Firmata extends EventEmitter {
    constructor(transport: unknown, options: { reportVersionTimeout: number; samplingInterval?: number });
    readonly isReady: boolean;
    servoWrite(pin: number, micros: number): void;
    reportVersion(callback: () => void): void;
    i2cConfig(delayMicros: number): void;
    i2cWrite(address: number, register: number, bytes: readonly number[]): void;
    i2cReadOnce(address: number, register: number, count: number, callback: (bytes: number[]) => void): void;
  }
  const firmata: { Firmata: typeof Firmata };
  export default firmata;
}

declare module 'johnny-five' {
  import type { EventEmitter } from 'node:events';

  class Board extends EventEmitter {
    constructor(options: { io: unknown; repl: false; sigint: false; debug: false });
  }
  class Servo {
    constructor(options: { board: Board; pin: number; pwmRange: [number, number]; startAt?: number });
    /** 0–180 over `pwmRange`. */
    to(degrees: number): void;
  }
  class ESC {
    constructor(options: {
      board: Board;
      pin: number;
      device: 'FORWARD_REVERSE';
      pwmRange: [number, number];
      neutral: number;
    });
    /** µs */
    throttle(micros: number): void;
  }
  const five: { Board: typeof Board; Servo: typeof Servo; ESC: typeof ESC };
  export default five;
}
