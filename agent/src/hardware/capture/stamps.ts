/** When a frame was taken, in µs of CLOCK_MONOTONIC, and its bytes where the program says them. */
export interface Stamp {
  readonly micros: number;
  readonly bytes?: number;
}

// v4l2-ctl-streaming.cpp, print_concise_buffer: "cap dqbuf: 0 seq:     12 bytesused: 614400 ts: 4711.123456 delta: 33.3 ms
// fps: 30.00 dropped: 1 (ts-monotonic, ts-src-soe)". A buffer with the flag error, or an empty one, is said and not written.
const v4l2Line = /^cap dqbuf: +\d+ seq: +\d+ bytesused: (\d+)\S*.* ts: (\d+\.\d+)/;
const v4l2Error = /\((?:[^)]*, )?error(?:,[^)]*)?\)$/;

/** A line of `v4l2-ctl --verbose`: `unwritten` for a buffer of which no frame comes, undefined where it says something else. */
export function v4l2Stamp(line: string): Stamp | 'unwritten' | undefined {
  const match = v4l2Line.exec(line);
  if (match === null) return line.startsWith('cap dqbuf:') ? 'unwritten' : undefined;
  const bytes = Number(match[1]);
  if (bytes === 0 || v4l2Error.test(line)) return 'unwritten';
  return { micros: Math.round(Number(match[2]) * 1e6), bytes };
}

/** A line of `rpicam-vid --metadata-format txt`, one block of `Name=value` for each frame; the sensor's time is in ns. */
export function libcameraStamp(line: string): Stamp | undefined {
  const match = /^SensorTimestamp=(\d+)$/.exec(line);
  return match === null ? undefined : { micros: Math.round(Number(match[1]) / 1000) };
}

/** Whole lines of a stream of text. */
export class Lines {
  #rest = '';

  push(chunk: string, onLine: (line: string) => void): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-4096);
    for (const line of lines) onLine(line.trimEnd());
  }
}
