import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPitwallError, PitwallError } from '@pitwall/protocol';
import { z } from 'zod';
import { channels, DecisionRecord } from './channels.js';
import { McapFile } from './mcap-file.js';
import { jsonOf, type RawMessage, type RecordingContents, readRecording } from './read-recording.js';

export interface RecordingSummary {
  readonly about: Readonly<Record<string, string>>;
  readonly bytes: number;
  /** It has its end and its index; else `repair` gives it both. */
  readonly whole: boolean;
  readonly messages: number;
  /** ms since 1970. */
  readonly began: number;
  readonly seconds: number;
  readonly topics: readonly { readonly topic: string; readonly schema: string; readonly messages: number }[];
  readonly models: readonly string[];
  /** Seconds after the beginning. */
  readonly states: readonly { readonly at: number; readonly safety: string; readonly reason?: string }[];
  readonly faults: readonly { readonly at: number; readonly reason: string; readonly text: string }[];
}

const State = z.object({ safety: z.string(), reason: z.string().optional(), model: z.string().optional() });
const Fault = z.object({ reason: z.string(), text: z.string() });
const nanos = 1e9;

/** What a recording holds. @throws PitwallError `not-found`, `recording-invalid` */
export async function inspectRecording(path: string): Promise<RecordingSummary> {
  const reading: RecordingContents = { about: {}, schemas: new Map(), whole: false };
  const topics = new Map<string, { topic: string; schema: string; messages: number }>();
  const [models, states, faults] = [new Set<string>(), [] as RawMessage[], [] as RawMessage[]];
  let [first, last, messages]: [bigint | undefined, bigint, number] = [undefined, 0n, 0];
  for await (const message of readRecording(path, reading)) {
    const { topic, schemaName: schema, at } = message;
    messages += 1;
    if (first === undefined || at < first) first = at;
    if (at > last) last = at;
    const known = topics.get(topic) ?? { topic, schema, messages: 0 };
    known.messages += 1;
    topics.set(topic, known);
    if (topic === channels.state.topic) states.push(message);
    if (topic === channels.fault.topic) faults.push(message);
  }
  const since = ({ at }: RawMessage) => Number(at - (first ?? at)) / nanos;
  const shown: RecordingSummary['states'][number][] = [];
  for (const message of states) {
    const { safety, reason, model } = State.parse(jsonOf(message.data));
    if (model !== undefined) models.add(model);
    const before = shown.at(-1);
    if (before?.safety === safety && before.reason === reason) continue;
    shown.push({ at: since(message), safety, ...(reason === undefined ? {} : { reason }) });
  }
  return {
    about: reading.about,
    bytes: (await stat(path)).size,
    whole: reading.whole,
    messages,
    began: Number((first ?? 0n) / 1_000_000n),
    seconds: first === undefined ? 0 : Number(last - first) / nanos,
    topics: [...topics.values()].sort((a, b) => a.topic.localeCompare(b.topic)),
    models: [...models],
    states: shown,
    faults: faults.map((message) => ({ at: since(message), ...Fault.parse(jsonOf(message.data)) })),
  };
}

/** A time within recordings, ms since 1970 by the car's wall clock, as their messages have it. */
export interface RecordedTime {
  readonly from: number;
  readonly to: number;
}

const ever: RecordedTime = { from: 0, to: Number.MAX_SAFE_INTEGER };

/**
 * Writes all that is whole in a recording into a new file, with end and index; of several, one after the other, or what is of a time alone.
 * @returns how many messages that were
 * @throws PitwallError `not-found`, `recording-invalid`, `output-failed`
 */
export async function copyRecordings(
  paths: readonly string[],
  out: string,
  { from, to }: RecordedTime = ever,
): Promise<number> {
  const part = `${out}.part`;
  const [first, last] = [BigInt(Math.floor(from)) * 1_000_000n, BigInt(Math.ceil(to)) * 1_000_000n];
  let file: McapFile | undefined;
  let messages = 0;
  try {
    for (const path of paths) {
      const reading: RecordingContents = { about: {}, schemas: new Map(), whole: false };
      for await (const { topic, schemaName, at, data } of readRecording(path, reading)) {
        if (at < first || at > last) continue;
        file ??= await McapFile.create(part, reading.about);
        file.add({ topic, schemaName, jsonSchema: reading.schemas.get(schemaName) ?? {} }, at, data);
        messages += 1;
        if (file.waiting > 2 ** 22) await file.written();
      }
    }
    if (file === undefined) {
      const when = from === ever.from ? '' : ` from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
      throw new PitwallError('recording-invalid', `${paths.join(', ')}: there is no message${when}.`);
    }
    await file.close();
    await rename(part, out);
    return messages;
  } catch (cause) {
    await file?.close().catch(() => {});
    await rm(part, { force: true });
    if (isPitwallError(cause)) throw cause;
    throw new PitwallError('output-failed', `${out} cannot be written.`, { cause });
  }
}

export const PictureRecord = z.object({ format: z.enum(['jpeg', 'png']), data: z.string() });

/**
 * Writes pictures, what was decided on each (`frames.csv`) and every other message (`messages.jsonl`) into a folder.
 * @returns how many pictures
 * @throws PitwallError `not-found`, `recording-invalid`, `output-failed`
 */
export async function extractRecording(path: string, folder: string): Promise<number> {
  const decisions = new Map<bigint, DecisionRecord>();
  const frames: { readonly at: bigint; readonly name: string }[] = [];
  const lines: string[] = [];
  const write = (name: string, data: string | Uint8Array) =>
    writeFile(join(folder, name), data).catch((cause: unknown) => {
      throw new PitwallError('output-failed', `${join(folder, name)} cannot be written.`, { cause });
    });
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new PitwallError('output-failed', `The folder ${folder} cannot be made.`, { cause });
  });
  for await (const { topic, at, data } of readRecording(path)) {
    const value = jsonOf(data);
    if (topic === channels.camera.topic) {
      const picture = PictureRecord.parse(value);
      const name = `frame-${String(frames.length + 1).padStart(6, '0')}.${picture.format === 'jpeg' ? 'jpg' : 'png'}`;
      await write(name, Buffer.from(picture.data, 'base64'));
      frames.push({ at, name });
    } else if (topic !== channels.right.topic) {
      if (topic === channels.decision.topic) decisions.set(at, DecisionRecord.parse(value));
      lines.push(JSON.stringify({ topic, ...value }));
    }
  }
  const rows = frames.map(({ at, name }) => {
    const decision = decisions.get(at);
    const what =
      decision === undefined
        ? ',,,'
        : [decision.steeringDeg, decision.speedMps, decision.index ?? '', decision.output.join(' ')].join(',');
    return `${name},${at / 1000n},${what}`;
  });
  await write('frames.csv', `${['picture,micros,steeringDeg,speedMps,action,output', ...rows].join('\n')}\n`);
  await write('messages.jsonl', lines.map((line) => `${line}\n`).join(''));
  return frames.length;
}
