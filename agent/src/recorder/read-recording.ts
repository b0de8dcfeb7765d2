import { createReadStream } from 'node:fs';
import { McapStreamReader, type McapTypes } from '@mcap/core';
import { PitwallError } from '@pitwall/protocol';

/** One message as it lies in the file. */
export interface RawMessage {
  readonly topic: string;
  readonly schemaName: string;
  /** ns since 1970. */
  readonly at: bigint;
  readonly data: Uint8Array;
}

/** What a file is, filled in while it is read. */
export interface RecordingContents {
  /** What the recorder wrote about itself: car, profile, version, bootId, offset. */
  about: Readonly<Record<string, string>>;
  readonly schemas: Map<string, object>;
  /** It has its end and its index. */
  whole: boolean;
}

const channelOf = (channel: McapTypes.Channel | undefined, schemas: ReadonlyMap<number, McapTypes.Schema>) =>
  channel === undefined ? undefined : { topic: channel.topic, schemaName: schemas.get(channel.schemaId)?.name ?? '' };

/**
 * Every message of a recording, in the order of the file. One that was cut short, by a killed process or a pulled
 * battery, gives all that came to the disk whole.
 * @throws PitwallError `not-found`, `recording-invalid`
 */
export async function* readRecording(
  path: string,
  reading: RecordingContents = { about: {}, schemas: new Map(), whole: false },
): AsyncGenerator<RawMessage> {
  const reader = new McapStreamReader({ validateCrcs: true });
  const schemas = new Map<number, McapTypes.Schema>();
  const channels = new Map<number, NonNullable<ReturnType<typeof channelOf>>>();
  let begun = false;
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 2 ** 18 })) {
      reader.append(bytes as Buffer);
      for (let record = next(reader, begun); record !== undefined; record = next(reader, begun)) {
        begun = true;
        if (record === 'damaged') return;
        if (record.type === 'Metadata' && record.name === 'pitwall')
          reading.about = Object.fromEntries(record.metadata);
        else if (record.type === 'Schema') {
          schemas.set(record.id, record);
          if (record.encoding === 'jsonschema') reading.schemas.set(record.name, jsonOf(record.data));
        } else if (record.type === 'Channel') {
          const channel = channelOf(record, schemas);
          if (channel !== undefined) channels.set(record.id, channel);
        } else if (record.type === 'Message') {
          const channel = channels.get(record.channelId);
          if (channel !== undefined) yield { ...channel, at: record.logTime, data: record.data };
        }
      }
    }
    reading.whole = reader.done();
  } catch (cause) {
    if (cause instanceof PitwallError) throw cause;
    if ((cause as NodeJS.ErrnoException).code !== undefined)
      throw new PitwallError('not-found', `There is no recording ${path}.`, { cause });
    throw cause;
  }
  if (!begun) throw new PitwallError('recording-invalid', `${path} is no MCAP file.`);
}

/** What is broken behind a good beginning is the end of a file that was cut short. */
function next(reader: McapStreamReader, begun: boolean): McapTypes.TypedMcapRecord | 'damaged' | undefined {
  try {
    return reader.nextRecord();
  } catch (cause) {
    if (begun) return 'damaged';
    throw new PitwallError('recording-invalid', 'This is no MCAP file, or its beginning is damaged.', { cause });
  }
}

/** The JSON of a message. @throws PitwallError `recording-invalid` */
export function jsonOf(data: Uint8Array): object {
  try {
    return JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.length).toString('utf8')) as object;
  } catch (cause) {
    throw new PitwallError('recording-invalid', 'A message of the recording is not JSON.', { cause });
  }
}
