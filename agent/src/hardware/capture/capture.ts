import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Micros } from '@pitwall/protocol';
import { endChild, type Now } from '@pitwall/runtime';
import type { Framer } from './framing.js';
import { Stamper } from './stamper.js';
import { Lines, type Stamp } from './stamps.js';

export interface CaptureParts {
  /** What it is called in messages. */
  readonly name: string;
  readonly command: string;
  /** How it is installed where it is missing. */
  readonly install?: string;
  readonly args: readonly string[];
  readonly framer: Framer;
  /** Where times come besides stderr. */
  readonly times?: Readable;
  /** undefined: no time is in this line. */
  readonly stampOf: (line: string) => Stamp | 'unwritten' | undefined;
  /** ms after which a silent camera counts as hanging: the first frame takes longer. */
  readonly silence: { readonly first: number; readonly next: number };
  readonly now: Now;
  readonly onFrame: (data: Uint8Array, at: Micros) => void;
  /** It ended, hangs, or could not be started. */
  readonly lost: (why: string) => void;
}

/**
 * A program that captures, as a child: frames on its stdout, times in its lines. It ends with the agent, since nobody
 * reads its pipe then. Node's pipes are sockets that hold some 200 kB: a third of a raw frame, and no queue.
 */
export function capture(parts: CaptureParts): () => Promise<void> {
  const { name, command, install, framer, now, lost } = parts;
  // Out of the terminal's group: Ctrl-C is the agent's, which stops the car first and then its camera.
  const child = spawn(command, [...parts.args], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const stamper = new Stamper(now, parts.onFrame);
  let lastWords = '';
  let silence = setTimeout(() => hangs(parts.silence.first), parts.silence.first);
  const hangs = (ms: number) => lost(`The camera ${name} sent nothing for ${ms / 1000} s: it hangs.`);

  const onLine = (line: string) => {
    const stamp = parts.stampOf(line);
    if (stamp === undefined) {
      if (line.trim() !== '') lastWords = line.trim();
    } else if (stamp !== 'unwritten') stamper.stamp(stamp);
  };
  child.stdout.on('data', (chunk: Buffer) =>
    framer.push(chunk, {
      began: () => stamper.began(),
      frame: (data) => {
        clearTimeout(silence);
        silence = setTimeout(() => hangs(parts.silence.next), parts.silence.next);
        stamper.frame(data);
      },
    }),
  );
  for (const stream of [child.stderr, parts.times]) {
    const lines = new Lines();
    stream?.setEncoding('utf8').on('data', (text: string) => lines.push(text, onLine));
  }
  child.once('error', (error: NodeJS.ErrnoException) =>
    lost(
      error.code === 'ENOENT'
        ? `${command} is not installed, so the camera ${name} cannot be read${install === undefined ? '' : `: ${install}`}.`
        : `${command} cannot be started: ${error.message}.`,
    ),
  );
  child.once('close', (code, signal) => {
    const how = lastWords === '' ? (signal ?? `exit code ${code}`) : lastWords;
    lost(`The camera ${name} is gone: ${how.replace(/[.!]+$/, '')}.`);
  });
  return async () => {
    clearTimeout(silence);
    stamper.stop();
    // At once: a capturing program has nothing to put away that the kernel does not.
    await endChild(child, 'SIGKILL');
    parts.times?.destroy();
  };
}
