import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SerialCable } from './serial-cable.js';

const turnMs = 100;

/**
 * An RPLIDAR that answers as the real one does, at a serial port: silent until told to scan, then a descriptor and nodes of
 * 5 bytes, a turn of 360 of them ten times a second.
 */
export class ScriptedLidar {
  /** The serial port. */
  readonly port: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'pitwall-lidar-'));
  readonly #room: (clockwiseDeg: number) => number;
  #server: Server | undefined;
  readonly #cable: SerialCable;
  #timer: NodeJS.Timeout | undefined;
  #turns = 0;
  /** Its motor stands: it answers, and measures nothing. */
  stands = false;
  /** Every command that it was given, in hexadecimal. */
  readonly commands: string[] = [];

  /** @param room metres by its own angle, clockwise seen from above; 0 where nothing comes back */
  constructor(room: (clockwiseDeg: number) => number) {
    this.port = join(this.#folder, 'tty');
    this.#cable = new SerialCable(this.port);
    this.#room = room;
  }

  async start(): Promise<void> {
    const server = createServer((host) => this.#serve(host)).listen(0, '127.0.0.1');
    this.#server = server;
    await once(server, 'listening');
    await this.plug();
  }

  plug(): Promise<void> {
    return this.#cable.plug((this.#server!.address() as AddressInfo).port);
  }

  unplug(): Promise<void> {
    return this.#cable.unplug();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.unplug();
    this.#server?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #serve(host: Socket): void {
    host.setNoDelay().on('error', () => host.destroy());
    host.on('close', () => clearInterval(this.#timer));
    host.on('data', (bytes) => {
      for (const [command] of bytes.toString('hex').matchAll(/a5(?:25|20|40|52|f002.{6})/g)) {
        this.commands.push(command);
        if (command === 'a525') clearInterval(this.#timer);
        if (command !== 'a520') continue;
        // What was under way from an earlier life, then the descriptor.
        host.write(Buffer.concat([this.#node(10, 12).subarray(1), Buffer.from('a55a0500004081', 'hex')]));
        clearInterval(this.#timer);
        this.#timer = setInterval(() => {
          if (!this.stands) host.write(this.#turn());
        }, turnMs);
      }
    });
  }

  /** Every fourth turn loses a byte on the way. */
  #turn(): Buffer {
    this.#turns += 1;
    const bytes = Buffer.concat(Array.from({ length: 360 }, (_, angle) => this.#node(angle, this.#room(angle))));
    return this.#turns % 4 === 0 ? Buffer.concat([bytes.subarray(0, 902), bytes.subarray(903)]) : bytes;
  }

  #node(angle: number, metres: number): Buffer {
    const node = Buffer.alloc(5);
    const quality = metres > 0 ? 15 : 0;
    node[0] = (quality << 2) | (angle === 0 ? 0b01 : 0b10);
    const q6 = Math.round(angle * 64);
    node[1] = ((q6 & 0x7f) << 1) | 1;
    node[2] = q6 >> 7;
    node.writeUInt16LE(Math.round(metres * 4000), 3);
    return node;
  }
}
