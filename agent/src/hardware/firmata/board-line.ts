import { EventEmitter } from 'node:events';
import type { SerialPort } from 'serialport';

/** A board's serial port as the Firmata library takes it. */
export interface BoardLine extends EventEmitter {
  write(bytes: Uint8Array, done?: (error?: Error | null) => void): boolean;
}

/**
 * The port, with the library kept from ending the process: a reply that no board sends, such as noise on the cable makes one, is an
 * exception in it (a pin that it has not heard of), and what it had read until then stays half read. So such a board is lost.
 */
export function boardLine(port: Pick<SerialPort, 'on' | 'write'>, onUnreadable: () => void): BoardLine {
  const line: BoardLine = Object.assign(new EventEmitter(), {
    write: (bytes: Uint8Array, done?: (error?: Error | null) => void) => port.write(bytes, done),
  });
  for (const event of ['open', 'close', 'error']) port.on(event, (...told: unknown[]) => line.emit(event, ...told));
  let isReadable = true;
  port.on('data', (bytes: Buffer) => {
    if (!isReadable) return;
    try {
      line.emit('data', bytes);
    } catch {
      isReadable = false;
      onUnreadable();
    }
  });
  return line;
}
