import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { McapChunkBuilder, McapRecordBuilder, type McapTypes, Opcode } from '@mcap/core';
import { ByteQueue } from './byte-queue.js';

/** A chunk is cut when it has grown to this, bytes. */
const chunkBytes = 32_768;
/** What is written comes to the disk itself at least so often, in ms: whoever pulls the battery loses little more. */
const syncMs = 1000;
const library = 'pitwall';

export interface McapChannel {
  readonly topic: string;
  readonly schemaName: string;
  readonly jsonSchema: object;
}

/**
 * An MCAP file of JSON messages. The library's McapWriter cannot write out what it holds, so that a slow channel would
 * lose its last seconds with the process: here `cut` ends the chunk. Messages are taken at once; writing goes on
 * beside, one part after the other.
 */
export class McapFile {
  readonly #handle: FileHandle;
  readonly #chunk = new McapChunkBuilder({ useMessageIndex: true });
  readonly #records = new McapRecordBuilder();
  readonly #schemas = new Map<string, McapTypes.Schema>();
  readonly #channels = new Map<string, McapTypes.Channel>();
  readonly #chunks: McapTypes.ChunkIndex[] = [];
  readonly #metadata: McapTypes.MetadataIndex[] = [];
  readonly #counts = new Map<number, bigint>();
  #first = 0n;
  #last = 0n;
  #messages = 0n;
  /** Of the file, with all that waits. */
  #size = 0;
  #beginning = 0;
  #reached = 0;
  /** What waits for the disk, and what is on its way: both keep their memory for what comes next. */
  #waiting = new ByteQueue();
  #underWay = new ByteQueue();
  #writing: Promise<void> | undefined;
  #synced = performance.now();
  #failure: unknown;
  readonly #onFailure: (cause: unknown) => void;

  private constructor(handle: FileHandle, onFailure: (cause: unknown) => void) {
    this.#handle = handle;
    this.#onFailure = onFailure;
  }

  /** A new file. `onFailure` is called once, when a part could not be written; nothing more is then. */
  static async create(
    path: string,
    about: Readonly<Record<string, string>>,
    onFailure: (cause: unknown) => void = () => {},
  ): Promise<McapFile> {
    const file = new McapFile(await open(path, 'wx'), onFailure);
    const records = file.#records;
    records.writeMagic();
    records.writeHeader({ profile: '', library });
    const offset = BigInt(records.length);
    const length = records.writeMetadata({ name: library, metadata: new Map(Object.entries(about)) });
    file.#metadata.push({ name: library, offset, length });
    file.#push();
    file.#beginning = file.#size;
    return file;
  }

  /** Bytes, with what is not written yet. */
  get size(): number {
    return this.#size + this.#chunk.byteLength;
  }

  /** No message has come to the disk. */
  get isEmpty(): boolean {
    return this.#reached <= this.#beginning;
  }

  /** Bytes that wait for the disk. */
  get waiting(): number {
    return this.#waiting.length + this.#underWay.length;
  }

  /** @param at ns since 1970 @param data is copied */
  add(channel: McapChannel, at: bigint, data: Uint8Array): void {
    if (this.#failure !== undefined) return;
    const id = this.#channelId(channel);
    const sequence = this.#counts.get(id) ?? 0n;
    this.#counts.set(id, sequence + 1n);
    if (this.#messages === 0n || at < this.#first) this.#first = at;
    if (this.#messages === 0n || at > this.#last) this.#last = at;
    this.#messages += 1n;
    this.#chunk.addMessage({ channelId: id, sequence: Number(sequence), logTime: at, publishTime: at, data });
    if (this.#chunk.byteLength >= chunkBytes) this.cut();
  }

  /** Hands over what was taken so far, to be written. */
  cut(): void {
    const { numMessages, messageStartTime, messageEndTime, buffer } = this.#chunk;
    if (numMessages === 0 || this.#failure !== undefined) return;
    const chunkStartOffset = BigInt(this.#size);
    const uncompressedSize = BigInt(buffer.length);
    const chunkLength = this.#records.writeChunk({
      ...{ messageStartTime, messageEndTime, uncompressedSize, uncompressedCrc: crc32(buffer) },
      ...{ compression: '', records: buffer },
    });
    const messageIndexOffsets = new Map<number, bigint>();
    let messageIndexLength = 0n;
    for (const index of this.#chunk.indices) {
      if (index.records.length === 0) continue;
      messageIndexOffsets.set(index.channelId, chunkStartOffset + chunkLength + messageIndexLength);
      messageIndexLength += this.#records.writeMessageIndex(index);
    }
    this.#chunks.push({
      ...{ messageStartTime, messageEndTime, chunkStartOffset, chunkLength, messageIndexOffsets, messageIndexLength },
      ...{ compression: '', compressedSize: uncompressedSize, uncompressedSize },
    });
    this.#chunk.reset();
    this.#push();
  }

  /** All that was handed over is on its way to the disk. */
  async written(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Writes the rest and the index. @throws what the disk said. */
  async close(): Promise<void> {
    try {
      this.cut();
      if (this.#failure === undefined) this.#end();
      await this.written();
    } finally {
      await this.#handle.close().catch(() => {});
    }
  }

  #channelId({ topic, schemaName, jsonSchema }: McapChannel): number {
    const known = this.#channels.get(topic);
    if (known !== undefined) return known.id;
    let schema = this.#schemas.get(schemaName);
    if (schema === undefined) {
      const data = Buffer.from(JSON.stringify(jsonSchema));
      schema = { id: this.#schemas.size + 1, name: schemaName, encoding: 'jsonschema', data };
      this.#schemas.set(schemaName, schema);
      this.#chunk.addSchema(schema);
    }
    const id = this.#channels.size + 1;
    const channel = { id, schemaId: schema.id, topic, messageEncoding: 'json', metadata: new Map() };
    this.#channels.set(topic, channel);
    this.#chunk.addChannel(channel);
    return id;
  }

  /** Data end, summary, footer: what makes a file one that can be searched. */
  #end(): void {
    const records = this.#records;
    records.writeDataEnd({ dataSectionCrc: 0 });
    const dataEnd = records.length;
    const groups: McapTypes.SummaryOffset[] = [];
    const group = (groupOpcode: number, write: () => void) => {
      const before = records.length;
      write();
      const groupLength = BigInt(records.length - before);
      if (groupLength > 0n) groups.push({ groupOpcode, groupStart: BigInt(this.#size + before), groupLength });
    };
    group(Opcode.SCHEMA, () => {
      for (const schema of this.#schemas.values()) records.writeSchema(schema);
    });
    group(Opcode.CHANNEL, () => {
      for (const channel of this.#channels.values()) records.writeChannel(channel);
    });
    group(Opcode.STATISTICS, () => records.writeStatistics(this.#statistics()));
    group(Opcode.METADATA_INDEX, () => {
      for (const index of this.#metadata) records.writeMetadataIndex(index);
    });
    group(Opcode.CHUNK_INDEX, () => {
      for (const index of this.#chunks) records.writeChunkIndex(index);
    });
    const summaryOffsetStart = BigInt(this.#size + records.length);
    for (const one of groups) records.writeSummaryOffset(one);
    // The footer's own first fields are part of what the summary's checksum covers.
    const summaryStart = BigInt(this.#size + dataEnd);
    const footer = Buffer.alloc(25);
    footer.writeUInt8(Opcode.FOOTER, 0);
    footer.writeBigUInt64LE(20n, 1);
    footer.writeBigUInt64LE(summaryStart, 9);
    footer.writeBigUInt64LE(summaryOffsetStart, 17);
    const summaryCrc = crc32(footer, crc32(records.buffer.subarray(dataEnd)));
    records.writeFooter({ summaryStart, summaryOffsetStart, summaryCrc });
    records.writeMagic();
    this.#push();
  }

  #statistics(): McapTypes.Statistics {
    return {
      messageCount: this.#messages,
      schemaCount: this.#schemas.size,
      channelCount: this.#channels.size,
      attachmentCount: 0,
      metadataCount: this.#metadata.length,
      chunkCount: this.#chunks.length,
      messageStartTime: this.#first,
      messageEndTime: this.#last,
      channelMessageCounts: this.#counts,
    };
  }

  #push(): void {
    const bytes = this.#records.buffer;
    this.#size += bytes.length;
    this.#waiting.add(bytes);
    this.#records.reset();
    this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const { bytes } = this.#waiting;
        [this.#waiting, this.#underWay] = [this.#underWay, this.#waiting];
        for (let done = 0; done < bytes.length; ) {
          const { bytesWritten } = await this.#handle.write(bytes, done);
          done += bytesWritten;
          this.#reached += bytesWritten;
        }
        this.#underWay.clear();
        if (performance.now() - this.#synced < syncMs) continue;
        await this.#handle.datasync();
        this.#synced = performance.now();
      }
      this.#writing = undefined;
    } catch (cause) {
      this.#failure = cause;
      this.#waiting.clear();
      this.#underWay.clear();
      this.#onFailure(cause);
    }
  }
}
