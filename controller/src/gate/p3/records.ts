import type { Micros } from '@pitwall/protocol';

/*
 * The P3 protocol of AMB and MyLaps decoders, as it was read from their traffic: github.com/vmindru/ambp3client (decoder.py,
 * crc16.py, records.py, and a capture of 2019 in test_server), github.com/hama-jp/ambp3client (docs/P3_PROTOCOL.md). A record:
 * 0x8E, version, length, sum, flags, type, then fields (number, length, value), 0x8F. Numbers are little-endian. In between, 0x8D to
 * 0x8F are 0x8D and the byte plus 0x20; length and sum are of the record without that.
 */
const start = 0x8e;
const end = 0x8f;
const escapes = 0x8d;
const header = 10;
const sumAt = 4;
const typeAt = 8;
const passingType = 1;
const field = { number: 0x01, transponder: 0x03, rtcTime: 0x04, strength: 0x05 } as const;
/** No record of a decoder is near it. */
const longest = 1024;

export interface P3Passing {
  /** Counts the decoder's passings. */
  readonly number: number;
  readonly transponder: string;
  /** µs since 1970 by the decoder's clock, which nobody may have set; in whole milliseconds. */
  readonly at: Micros;
  readonly strength?: number;
}

/** CRC-16 of polynomial 0x1021 from 0xFFFF, each byte shifted in from below. */
export function p3Sum(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      const out = crc & 0x8000;
      crc = ((crc << 1) & 0xffff) | ((byte >> bit) & 1);
      if (out !== 0) crc ^= 0x1021;
    }
  }
  return crc;
}

/** Cuts a stream into records, without their escapes; what is between them is left out. */
export class RecordCutter {
  #bytes: number[] | undefined;
  #escaped = false;

  reset(): void {
    this.#bytes = undefined;
  }

  /** A record that cannot be one is an empty array. */
  *cut(chunk: Uint8Array): Generator<Uint8Array> {
    for (const byte of chunk) {
      if (byte === start) {
        if (this.#bytes !== undefined) yield new Uint8Array();
        this.#bytes = [start];
        this.#escaped = false;
      } else if (this.#bytes !== undefined) {
        if (byte === escapes && !this.#escaped) this.#escaped = true;
        else {
          this.#bytes.push(this.#escaped ? byte - 0x20 : byte);
          this.#escaped = false;
        }
        if (byte === end || this.#bytes.length > longest) {
          yield byte === end ? Uint8Array.from(this.#bytes) : new Uint8Array();
          this.#bytes = undefined;
        }
      }
    }
  }
}

/** What a record says; `other` is one that times nothing (status, version); undefined: it is none, or its sum is wrong. */
export function readRecord(record: Uint8Array): P3Passing | 'other' | undefined {
  const bytes = Buffer.from(record);
  if (bytes.length <= header || bytes.readUInt16LE(2) !== bytes.length) return undefined;
  const sum = bytes.readUInt16LE(sumAt);
  bytes.writeUInt16LE(0, sumAt);
  if (p3Sum(bytes) !== sum) return undefined;
  if (bytes.readUInt16LE(typeAt) !== passingType) return 'other';
  const fields = fieldsOf(bytes.subarray(header, -1));
  const number = fields?.get(field.number);
  const transponder = fields?.get(field.transponder);
  const at = fields?.get(field.rtcTime);
  const strength = fields?.get(field.strength);
  if (number === undefined || transponder === undefined || at === undefined || at > Number.MAX_SAFE_INTEGER)
    return undefined;
  return {
    number: Number(number),
    transponder: String(transponder),
    at: Number(at) as Micros,
    ...(strength === undefined ? {} : { strength: Number(strength) }),
  };
}

function fieldsOf(body: Buffer): Map<number, bigint> | undefined {
  const fields = new Map<number, bigint>();
  for (let at = 0; at < body.length; ) {
    const length = body[at + 1];
    if (length === undefined || at + 2 + length > body.length) return undefined;
    const value = body.subarray(at + 2, at + 2 + length);
    if (length <= 8)
      fields.set(
        body[at]!,
        value.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n),
      );
    at += 2 + length;
  }
  return fields;
}
