import type { Framer } from './framing.js';

/** More bytes than this without an end are no JPEG. */
const mostBytes = 1 << 24;
const [startOfImage, endOfImage, startOfScan] = [0xd8, 0xd9, 0xda];

/**
 * JPEG pictures one behind the other. Follows the segments up to the scan, so that the end of a thumbnail inside a segment
 * is not taken for the end of the picture; in a scan a 0xff before anything but 0 and a restart is a marker (ITU-T T.81, B.1.1).
 */
export class JpegFramer implements Framer {
  #buffer = new Uint8Array(1 << 16);
  #length = 0;
  /** How far it was looked at; 0: before a picture. */
  #at = 0;
  #inScan = false;

  push(chunk: Uint8Array, on: Parameters<Framer['push']>[1]): void {
    this.#append(chunk);
    for (;;) {
      if (this.#at === 0 && !this.#findStart(on.began)) return;
      const end = this.#findEnd();
      if (end === 'more') return;
      if (end === 'broken') {
        // Whatever this is, a picture may begin behind its first marker.
        this.#drop(2);
        continue;
      }
      on.frame(this.#buffer.slice(0, end));
      this.#drop(end);
    }
  }

  #append(chunk: Uint8Array): void {
    const length = this.#length + chunk.length;
    if (length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#buffer.length));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length = length;
  }

  #drop(count: number): void {
    this.#buffer.copyWithin(0, count, this.#length);
    this.#length -= count;
    this.#at = 0;
    this.#inScan = false;
  }

  #findStart(began: () => void): boolean {
    const length = this.#length;
    for (let at = 0; at + 2 < length; at += 1) {
      if (this.#buffer[at] !== 0xff || this.#buffer[at + 1] !== startOfImage || this.#buffer[at + 2] !== 0xff) continue;
      this.#drop(at);
      this.#at = 2;
      began();
      return true;
    }
    this.#drop(Math.max(0, length - 2));
    return false;
  }

  /** Behind the picture's last byte. */
  #findEnd(): number | 'more' | 'broken' {
    const bytes = this.#buffer;
    while (this.#at + 1 < this.#length) {
      if (this.#inScan) {
        const next = bytes.subarray(0, this.#length).indexOf(0xff, this.#at);
        this.#at = next === -1 ? this.#length : next;
        if (this.#at + 1 >= this.#length) break;
        const marker = bytes[this.#at + 1]!;
        if (marker === 0xff) this.#at += 1;
        else if (marker === 0 || (marker >= 0xd0 && marker <= 0xd7)) this.#at += 2;
        else this.#inScan = false;
        continue;
      }
      if (bytes[this.#at] !== 0xff) return 'broken';
      const marker = bytes[this.#at + 1]!;
      if (marker === 0xff) {
        this.#at += 1;
        continue;
      }
      if (marker === endOfImage) return this.#at + 2;
      if (marker === startOfImage) return 'broken';
      if (this.#at + 3 >= this.#length) break;
      const segment = (bytes[this.#at + 2]! << 8) | bytes[this.#at + 3]!;
      if (segment < 2) return 'broken';
      this.#at += 2 + segment;
      this.#inScan = marker === startOfScan;
    }
    return this.#length > mostBytes ? 'broken' : 'more';
  }
}
