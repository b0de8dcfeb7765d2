import { createConnection } from 'node:net';
import { EmulatedLapGate, freshEeprom } from './emulated-lap-gate.js';
import { buildLapGate } from './race-day.js';

/**
 * The emulated lap-gate board as a process of its own, in real time, with its serial line on a TCP port (where socat makes a
 * pseudo-terminal of it). Commands on stdin, one a line: `edges N EVERY` (µs), `reboot`. It says each edge's time on
 * this machine's monotonic clock, `edge NANOSECONDS`.
 */
const port = Number(process.argv[2]);
const eeprom = freshEeprom();
const flash = buildLapGate();
const now = () => Number(process.hrtime.bigint()) / 1000;
let level: 0 | 1 = 1;
const boot = () => new EmulatedLapGate(flash, { eeprom, ppm: 0, resetAt: now(), level });
let board = boot();

const socket = createConnection(port, '127.0.0.1', () => console.log('ready'));
socket.setNoDelay(true);
socket.on('data', (data) => board.receive(data, now()));
socket.on('error', () => process.exit(0));
socket.on('close', () => process.exit(0));
setInterval(() => {
  const sent = board.runUntil(now()).map(({ byte }) => byte);
  if (sent.length > 0) socket.write(Uint8Array.from(sent));
}, 1);

let rest = '';
process.stdin.on('data', (data) => {
  const lines = (rest + data.toString()).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) {
    const [what, count, every] = line.split(' ');
    if (what === 'reboot') board = boot();
    if (what !== 'edges') continue;
    const first = now() + 5000;
    for (let i = 0; i < Number(count); i++) {
      level = level === 1 ? 0 : 1;
      const at = first + i * Number(every);
      board.edge(at, level);
      console.log(`edge ${at}`);
    }
  }
});
process.stdin.on('end', () => process.exit(0));
