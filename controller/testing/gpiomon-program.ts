import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { delimiter, join } from 'node:path';

/**
 * A program called gpiomon that obeys a control socket: it checks its arguments as the real one of its version does and
 * prints the real one's lines, byte for byte.
 */
const program = (version: 1 | 2, control: string) => `#!${process.execPath}
const { createConnection } = require('node:net');
const args = process.argv.slice(2);
const die = (text) => { process.stderr.write('gpiomon: ' + text + '\\n'); process.exit(1); };
if (args.includes('--version')) {
  console.log('gpiomon (libgpiod) v${version === 1 ? '1.6.3' : '2.2.1'}');
  process.exit(0);
}
const version = ${version};
const wanted = version === 1
  ? ['--line-buffered', '--format=%o %e %s %n']
  : ['--event-clock', 'monotonic', '--format', '%o %e %S', '--chip'];
for (const arg of wanted) if (!args.includes(arg)) die('stand-in misses ' + arg);
if (version === 1 && args.includes('--chip')) die("unrecognized option '--chip'");
if (version === 2 && args.includes('--line-buffered')) die("unrecognized option '--line-buffered'");
const socket = createConnection(${JSON.stringify(control)});
let rest = '';
socket.write(process.pid + '\\n');
socket.on('close', () => process.exit(0));
socket.on('error', () => process.exit(3));
socket.on('data', (data) => {
  const lines = (rest + data).split('\\n');
  rest = lines.pop();
  let out = '';
  for (const line of lines) {
    const [what, offset, level, ns] = line.split(' ');
    if (what === 'edge') {
      const s = ns.length > 9 ? ns.slice(0, -9) : '0';
      const n = ns.slice(-9).padStart(9, '0');
      out += version === 1
        ? offset + ' ' + (level === '1' ? 1 : 0) + ' ' + s + ' ' + Number(n) + '\\n'
        : offset + ' ' + (level === '1' ? 1 : 2) + ' ' + s + '.' + n + '\\n';
    } else if (what === 'print') out += line.slice(6) + '\\n';
    else if (what === 'die') die(line.slice(4));
  }
  process.stdout.write(out);
});
`;

export interface StandIn {
  /** The folder to put first on the PATH: gpiomon, and a gpiodetect that finds one chip. */
  readonly folder: string;
  /** The pid of the next child that comes. */
  next(): Promise<number>;
  /** Makes the child print an edge with this stamp in ns. */
  edge(line: number, level: 0 | 1, ns: bigint): void;
  print(text: string): void;
  die(complaint: string): void;
  close(): void;
}

export async function standIn(folder: string, version: 1 | 2): Promise<StandIn> {
  const control = join(folder, 'control.sock');
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'gpiomon'), program(version, control).replaceAll('\\\\n', '\\n'));
  chmodSync(join(bin, 'gpiomon'), 0o755);
  // As gpiodetect of both versions tells of a Raspberry Pi 4.
  writeFileSync(join(bin, 'gpiodetect'), '#!/bin/sh\necho "gpiochip0 [pinctrl-bcm2711] (58 lines)"\n');
  chmodSync(join(bin, 'gpiodetect'), 0o755);
  let current: Socket | undefined;
  const pids: number[] = [];
  const waiting: ((pid: number) => void)[] = [];
  const server: Server = createServer((socket) => {
    current = socket;
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      const pid = Number(data.toString());
      const first = waiting.shift();
      if (first === undefined) pids.push(pid);
      else first(pid);
    });
  });
  await new Promise<void>((resolve) => server.listen(control, resolve));
  return {
    folder: bin,
    next: () => {
      const pid = pids.shift();
      return pid === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(pid);
    },
    edge: (line, level, ns) => void current?.write(`edge ${line} ${level} ${ns}\n`),
    print: (text) => void current?.write(`print ${text}\n`),
    die: (complaint) => void current?.write(`die ${complaint}\n`),
    close: () => {
      current?.destroy();
      server.close();
    },
  };
}

export const withPath = (folder: string): string => `${folder}${delimiter}${process.env.PATH}`;
