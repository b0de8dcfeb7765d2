/** Cuts a stream of bytes into frames. A frame belongs to the receiver. */
export interface Framer {
  /** @param began is called at the first byte of each frame. */
  push(chunk: Uint8Array, on: { readonly began: () => void; readonly frame: (data: Uint8Array) => void }): void;
}

/** More bytes than this are no frame, whatever a header says. */
const mostBytes = 1 << 24;
// v4l2-ctl --stream-to-hdr: its fourcc `Vhdr` and the size, both in network byte order (v4l2-ctl-streaming.cpp, write_u32).
const magic = Uint8Array.from([0x72, 0x64, 0x68, 0x56]);

/** `v4l2-ctl --stream-to-hdr`: each frame behind its size. What comes before a header (v4l2-ctl says things) is passed over. */
export class HeaderFramer implements Framer {
  readonly #header = new Uint8Array(8);
  #headerLength = 0;
  #frame: Uint8Array | undefined;
  #filled = 0;

  push(chunk: Uint8Array, on: Parameters<Framer['push']>[1]): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#frame === undefined) {
        const byte = chunk[at]!;
        at += 1;
        if (this.#headerLength < 4 && byte !== magic[this.#headerLength]) {
          this.#headerLength = byte === magic[0] ? 1 : 0;
          continue;
        }
        this.#header[this.#headerLength] = byte;
        this.#headerLength += 1;
        if (this.#headerLength < 8) continue;
        this.#headerLength = 0;
        const size = new DataView(this.#header.buffer).getUint32(4);
        if (size === 0 || size > mostBytes) continue;
        this.#frame = new Uint8Array(size);
        this.#filled = 0;
        on.began();
        continue;
      }
      const part = chunk.subarray(at, at + this.#frame.length - this.#filled);
      this.#frame.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled < this.#frame.length) return;
      const whole = this.#frame;
      this.#frame = undefined;
      on.frame(whole);
    }
  }
}

/** Frames of one size, one behind the other. */
export class FixedFramer implements Framer {
  readonly #size: number;
  #frame: Uint8Array | undefined;
  #filled = 0;

  constructor(size: number) {
    this.#size = size;
  }

  push(chunk: Uint8Array, on: Parameters<Framer['push']>[1]): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#frame === undefined) {
        this.#frame = new Uint8Array(this.#size);
        this.#filled = 0;
        on.began();
      }
      const part = chunk.subarray(at, at + this.#size - this.#filled);
      this.#frame.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled < this.#size) return;
      const whole = this.#frame;
      this.#frame = undefined;
      on.frame(whole);
    }
  }
}
