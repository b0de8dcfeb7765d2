import { PitwallError } from '@pitwall/protocol';

/** More tables than any network has; a vector of a hostile file may claim millions. */
const maxTables = 20_000;

const broken = (what: string) =>
  new PitwallError('graph-invalid', `The .tflite file is damaged: ${what}. Export the model again.`);

/**
 * A table of a FlatBuffers file (flatbuffers.dev, "Internals"), read in place. DataView checks every access against the
 * end of the file, vectors are checked before they are read, and depth is bounded by the code that reads.
 */
export class Table {
  private readonly view: DataView;
  private readonly at: number;

  constructor(view: DataView, at: number) {
    this.view = view;
    this.at = at;
  }

  static root(bytes: Uint8Array, identifier: string): Table {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 8 || Buffer.from(bytes.subarray(4, 8)).toString('latin1') !== identifier) {
      throw broken(`it does not begin as a ${identifier} file`);
    }
    return new Table(view, view.getUint32(0, true));
  }

  /** Where field number `index` lies, 0 when it is absent. */
  private field(index: number): number {
    const vtable = this.at - this.view.getInt32(this.at, true);
    const slot = 4 + 2 * index;
    if (slot + 2 > this.view.getUint16(vtable, true)) return 0;
    const offset = this.view.getUint16(vtable + slot, true);
    return offset === 0 ? 0 : this.at + offset;
  }

  byte(index: number, absent = 0): number {
    const at = this.field(index);
    return at === 0 ? absent : this.view.getInt8(at);
  }

  int(index: number, absent = 0): number {
    const at = this.field(index);
    return at === 0 ? absent : this.view.getInt32(at, true);
  }

  float(index: number, absent = 0): number {
    const at = this.field(index);
    return at === 0 ? absent : this.view.getFloat32(at, true);
  }

  table(index: number): Table | undefined {
    const at = this.field(index);
    return at === 0 ? undefined : new Table(this.view, at + this.view.getUint32(at, true));
  }

  private vector(index: number, size: number): { start: number; length: number } {
    const field = this.field(index);
    if (field === 0) return { start: 0, length: 0 };
    const at = field + this.view.getUint32(field, true);
    const length = this.view.getUint32(at, true);
    if (at + 4 + length * size > this.view.byteLength) throw broken('a list reaches past its end');
    return { start: at + 4, length };
  }

  tables(index: number): Table[] {
    const { start, length } = this.vector(index, 4);
    if (length > maxTables)
      throw new PitwallError(
        'graph-too-large',
        `The .tflite file lists ${length} things; at most ${maxTables} are read.`,
      );
    return Array.from({ length }, (_, item) => {
      const at = start + 4 * item;
      return new Table(this.view, at + this.view.getUint32(at, true));
    });
  }

  ints(index: number): number[] {
    const { start, length } = this.vector(index, 4);
    if (length > maxTables) throw broken(`a list has ${length} numbers`);
    return Array.from({ length }, (_, item) => this.view.getInt32(start + 4 * item, true));
  }

  bytes(index: number): Uint8Array {
    const { start, length } = this.vector(index, 1);
    return new Uint8Array(this.view.buffer, this.view.byteOffset + start, length);
  }

  text(index: number): string {
    return Buffer.from(this.bytes(index).subarray(0, 1000)).toString('utf8');
  }
}
