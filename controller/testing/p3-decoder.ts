import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/**
 * A decoder of MyLaps as its traffic was read by others (sources in src/gate/p3/records.ts): TCP, a record for each passing with its
 * number, and its status in between. Made by a sum of its own, so that an error in ours shows.
 */
export class P3Decoder {
  /** Its clock, µs since 1970; it gives whole milliseconds. */
  now: () => number = () => Date.now() * 1000;
  number = 157_776;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer((socket) => {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
  });

  async start(port = 0): Promise<number> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  send(bytes: Uint8Array): void {
    for (const socket of this.#sockets) socket.write(bytes);
  }

  passes(transponder: number): void {
    this.number += 1;
    this.send(this.passing(transponder));
  }

  passing(transponder: number): Uint8Array {
    const at = Math.floor(this.now() / 1000) * 1000;
    return record(0x0001, [
      [0x01, 4, this.number],
      [0x03, 4, transponder],
      [0x04, 8, at],
      [0x05, 2, 178],
      [0x06, 2, 52],
      [0x08, 2, 0],
      [0x81, 4, 268_307],
    ]);
  }

  static status(): Uint8Array {
    return record(0x0002, [
      [0x01, 2, 40],
      [0x07, 2, 22],
      [0x0c, 1, 118],
      [0x06, 1, 0],
      [0x81, 4, 268_307],
    ]);
  }
}

/** Number, bytes and value of each field. */
export function record(type: number, fields: readonly (readonly [number, number, number])[]): Uint8Array {
  const little = (value: number, bytes: number) =>
    Array.from({ length: bytes }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn));
  const body = fields.flatMap(([number, bytes, value]) => [number, bytes, ...little(value, bytes)]);
  const bare = [0x8e, 2, ...little(body.length + 11, 2), 0, 0, 0, 0, ...little(type, 2), ...body, 0x8f];
  const sum = tableSum(bare);
  bare.splice(4, 2, sum & 0xff, sum >> 8);
  const inside = bare.slice(1, -1).flatMap((byte) => (byte >= 0x8d && byte <= 0x8f ? [0x8d, byte + 0x20] : [byte]));
  return Uint8Array.from([0x8e, ...inside, 0x8f]);
}

function tableSum(bytes: readonly number[]): number {
  const table = Array.from({ length: 256 }, (_, i) => {
    let crc = i << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ ((crc & 0x8000) === 0 ? 0 : 0x1021)) & 0xffff;
    return crc;
  });
  return bytes.reduce((crc, byte) => ((table[crc >> 8]! ^ (crc << 8)) & 0xffff) ^ byte, 0xffff);
}
