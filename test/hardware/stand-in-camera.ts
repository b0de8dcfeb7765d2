/**
 * Stands in for `v4l2-ctl` and `rpicam-vid`: takes their options, and writes what the real ones write, where and in the
 * order in which they write it (v4l2-ctl-streaming.cpp; rpicam-apps' output.cpp and file_output.cpp). The device is a file
 * that says what the camera is like; it is unplugged by removing the file.
 */
import { appendFileSync, closeSync, openSync, readFileSync, writeSync } from 'node:fs';

export interface StandIn {
  /** A file with the bytes of its frame; the time at which it was taken is written into each. */
  readonly frame: string;
  /** Stays, and says nothing more. */
  readonly hangs?: boolean;
  /** The controls that it knows; each that is set is added to the file. */
  readonly controls?: { readonly names: readonly string[]; readonly log: string };
  /** Every third buffer is damaged: said, and not written. */
  readonly damaged?: boolean;
  /** How long a frame is under way in camera and driver, in µs. */
  readonly latency?: number;
}

const [, , program, ...args] = process.argv;
const monotonic = () => Number(process.hrtime.bigint() / 1000n);
const option = (name: string): string | undefined => {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  return at === -1 ? undefined : args[at]!.includes('=') ? args[at]!.slice(name.length + 1) : args[at + 1];
};
const isV4l2 = program === 'v4l2-ctl';
const device = isV4l2
  ? option('--device')!
  : `${process.env.PITWALL_STAND_IN_CAMERAS}/camera${option('--camera') ?? '0'}`;

function end(code: number, line: string): never {
  writeSync(2, `${line}\n`);
  process.exit(code);
}
function plugged(): StandIn | undefined {
  try {
    return JSON.parse(readFileSync(device, 'utf8')) as StandIn;
  } catch {
    return undefined;
  }
}

const first = plugged();
if (first === undefined) {
  if (isV4l2) end(1, `Cannot open device ${device}, exiting.`);
  end(255, 'ERROR: *** no cameras available ***');
}
const setting = option('--set-ctrl');
if (setting !== undefined) {
  if (!(first.controls?.names ?? []).includes(setting.split('=')[0]!)) end(1, `unknown control '${setting}'`);
  appendFileSync(first.controls!.log, `${setting}\n`);
  process.exit(0);
}

const rate = Number(option('--set-parm') ?? option('--framerate'));
const compressed = isV4l2 ? option('--set-fmt-video')!.endsWith('MJPG') : option('--codec') === 'mjpeg';
const picture = readFileSync(first.frame);
/** The frame with its time in it: in a comment of a JPEG, else over its first pixels. */
function stamped(micros: number): Buffer {
  const digits = Buffer.from(String(micros).padStart(16, '0'));
  if (!compressed) {
    const frame = Buffer.from(picture);
    digits.copy(frame);
    return frame;
  }
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, digits.length + 2]), digits]);
  return Buffer.concat([picture.subarray(0, 2), comment, picture.subarray(2)]);
}

/** v4l2-ctl does not flush its stdout, which the C library writes by blocks, unless stdbuf told it otherwise. */
let held = Buffer.alloc(0);
function out(bytes: Buffer): void {
  held = Buffer.concat([held, bytes]);
  const now = !isV4l2 || process.env._STDBUF_O === '0' ? held.length : held.length - (held.length % 4096);
  for (let at = 0; at < now; ) at += writeSync(1, held, at, now - at);
  held = held.subarray(now);
}

const metadata = isV4l2 ? undefined : openSync(option('--metadata')!, 'w');
if (isV4l2) {
  out(
    Buffer.from(
      'VIDIOC_QUERYCAP: ok\nVIDIOC_G_FMT: ok\nVIDIOC_S_FMT: ok\nFormat Video Capture:\n\tWidth/Height : 640/480\n',
    ),
  );
} else {
  writeSync(2, '[0:00:01.000000000] [1] INFO Camera camera_manager.cpp:327 libcamera v0.4.0\n');
}
let sequence = 0;
let last: number | undefined;
const say = (bytes: number, micros: number, flags: string) => {
  const delta = last === undefined ? '' : ` delta: ${((micros - last) / 1000).toFixed(3)} ms`;
  const fps = sequence > 4 ? ` fps: ${rate.toFixed(2)}` : '';
  writeSync(
    2,
    `cap dqbuf: ${sequence % 3} seq: ${String(sequence).padStart(6)} bytesused: ${bytes} ts: ${(micros / 1e6).toFixed(6)}${delta}${fps} (${flags}ts-monotonic, ts-src-soe)\n`,
  );
  last = micros;
};
setInterval(() => {
  const now = plugged();
  if (now === undefined) {
    if (metadata !== undefined) closeSync(metadata);
    if (isV4l2) end(0, 'VIDIOC_DQBUF: failed: No such device');
    end(255, 'ERROR: *** Camera frontend has timed out! ***');
  }
  if (now.hangs === true) return;
  const micros = monotonic() - (now.latency ?? 3000);
  const frame = stamped(micros);
  if (isV4l2) {
    if (now.damaged === true && sequence % 3 === 1) say(frame.length - 100, micros - 20_000, 'error, ');
    else if (now.damaged === true && sequence % 3 === 2) say(0, micros - 20_000, '');
    else {
      const header = Buffer.from('rdhV\0\0\0\0');
      header.writeUInt32BE(frame.length, 4);
      out(Buffer.concat([header, frame]));
      say(frame.length, micros, '');
    }
  } else {
    out(frame);
    writeSync(metadata!, `ExposureTime=8321\nSensorTimestamp=${micros}000\nLux=312.5\n\n`);
  }
  sequence += 1;
}, 1000 / rate);
