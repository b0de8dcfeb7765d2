import { execFile } from 'node:child_process';
import {
  closeSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LiveMessage } from '@pitwall/protocol/api';
import { type LogRecord, reduce } from '@pitwall/protocol/race';
import Database from 'better-sqlite3';
import WebSocket from 'ws';
import { pitwall, TrackDay } from '../race/track-day.js';
import { KeepingGate, now } from '../race-faults/keeping-gate.js';
import { PatientMarshal } from '../race-faults/patient-marshal.js';
import { officialDay, raceDay } from './race-log.js';
import { quantile, type Report } from './report.js';

const program = promisify(execFile);
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const anyLap = { holdoff: 0, plausible: { min: 0, max: 600_000_000 } };

/** The race engine in real processes: gate → MQTT → log on disk → WebSocket; and what a long log costs. */
export async function run(report: Report): Promise<void> {
  reducerSpeed(report);
  const sync = syncMs();
  await withDay((day) => manyClients(day, report, sync));
  await withDay((day) => manyRaces(day, report, sync));
  await longLog(report);
  await manyLogs(report, 500);
}

async function withDay(work: (day: TrackDay) => Promise<void>): Promise<void> {
  const day = await TrackDay.open();
  try {
    await work(day);
  } finally {
    await day.close();
  }
}

/** What this disk takes for one synced write, the 99th percentile in ms: what no durable log can be faster than. */
function syncMs(): number {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-sync-'));
  const file = openSync(join(folder, 'probe'), 'w');
  const times: number[] = [];
  for (let write = 0; write < 200; write += 1) {
    const from = now();
    writeSync(file, Buffer.alloc(4096));
    fdatasyncSync(file);
    times.push((now() - from) / 1000);
  }
  closeSync(file);
  rmSync(folder, { recursive: true });
  return quantile(times, 0.99);
}

/** Follows races, and notes for each crossing how long after it was stamped it was heard of, in ms. */
class Listener {
  readonly latencies: number[] = [];
  readonly #socket: WebSocket;
  readonly #shared: Map<string, readonly number[]>;

  /** `shared`: the stamps in messages that all listeners get alike, read once. */
  constructor(url: string, shared: Map<string, readonly number[]>) {
    this.#shared = shared;
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`);
    this.#socket.on('message', (data) => this.#hear(String(data)));
  }

  async follow(races: readonly string[]): Promise<void> {
    await new Promise<void>((resolve, reject) => this.#socket.once('open', () => resolve()).once('error', reject));
    for (const race of races) this.#socket.send(JSON.stringify({ type: 'follow', race, after: 0 }));
  }

  close(): void {
    this.#socket.terminate();
  }

  #hear(text: string): void {
    const at = now();
    let stamps = this.#shared.get(text);
    if (stamps === undefined) {
      const message = JSON.parse(text) as LiveMessage;
      const records = message.type === 'log' ? message.records : [];
      stamps = records.flatMap(({ event }) => (event.type === 'crossing' ? [event.crossing.at] : []));
      this.#shared.set(text, stamps);
    }
    for (const stamp of stamps) this.latencies.push((at - stamp) / 1000);
  }
}

async function manyClients(day: TrackDay, report: Report, sync: number): Promise<void> {
  const gate = new KeepingGate('line', await day.token('gate', 'line'));
  gate.connect(day.mqtt);
  const marshal = new PatientMarshal(day, 'clients');
  await marshal.begin('line', anyLap);
  const shared = new Map<string, readonly number[]>();
  const listeners = Array.from({ length: 200 }, () => new Listener(day.url, shared));
  await Promise.all(listeners.map((listener) => listener.follow(['clients'])));
  await pause(1500);
  const crossings = 200;
  for (let crossing = 0; crossing < crossings; crossing += 1) {
    gate.cross();
    await pause(100);
  }
  await gate.empty();
  await pause(300);
  const latencies = listeners.flatMap((listener) => listener.latencies);
  for (const listener of listeners) listener.close();
  await gate.disconnect();
  const complete = latencies.length === crossings * listeners.length;
  const p99 = quantile(latencies, 0.99);
  const figure = 'crossing to 200 WebSocket clients, on disk first, p99';
  report({ figure, value: p99, unit: 'ms', bar: '≤ 50', ok: complete && p99 <= 50, baseline: sync, ratio: p99 / sync });
}

async function manyRaces(day: TrackDay, report: Report, sync: number): Promise<void> {
  const ids = Array.from({ length: 100 }, (_, index) => `many-${index}`);
  const gates: KeepingGate[] = [];
  for (let from = 0; from < ids.length; from += 4)
    gates.push(
      ...(await Promise.all(
        ids.slice(from, from + 4).map(async (id) => new KeepingGate(id, await day.token('gate', id))),
      )),
    );
  for (const gate of gates) gate.connect(day.mqtt);
  for (const id of ids) await new PatientMarshal(day, id).begin(id, anyLap);
  const listener = new Listener(day.url, new Map());
  await listener.follow(ids);
  await pause(1500);
  const seconds = 20;
  // Each gate once a second, none with another.
  for (let tick = 0; tick < seconds * gates.length; tick += 1) {
    const due = now() + 10_000;
    gates[tick % gates.length]?.cross();
    await pause(Math.max(0, (due - now()) / 1000));
  }
  await Promise.all(gates.map((gate) => gate.empty()));
  await pause(300);
  listener.close();
  for (const gate of gates) await gate.disconnect();
  const complete = listener.latencies.length === seconds * gates.length;
  const p99 = quantile(listener.latencies, 0.99);
  const figure = '100 races × 1 crossing/s, crossing to WebSocket, p99';
  report({ figure, value: p99, unit: 'ms', bar: '≤ 50', ok: complete && p99 <= 50, baseline: sync, ratio: p99 / sync });
}

export async function longLog(report: Report): Promise<void> {
  const day = await TrackDay.open();
  try {
    const token = await day.token('gate', 'line');
    const empty = await restartMs(day, token, 'nothing');
    await day.killController();
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const file = join(day.folder, 'long.json');
    const lines = raceDay('long', 'line', 100_000, bootId, now()).map((record: LogRecord) => JSON.stringify(record));
    writeFileSync(file, `{"format":"pitwall-race-log/1","records":[\n${lines.join(',\n')}\n]}\n`);
    await program(process.execPath, [pitwall, 'race', 'import', file, '--data', day.folder]);
    await day.startController();
    await snapshotOf(day.folder, 'long');
    const value = await restartMs(day, token, 'long');
    const figure = 'from the start of the process to the next crossing of a race of 100,000 events on disk';
    report({ figure, value, unit: 'ms', bar: '≤ 2000', ok: value <= 2000, baseline: empty, ratio: value / empty });
  } finally {
    await day.close();
  }
}

/** A log of that day has had many; one that was brought as a file has none until it was read once. */
async function snapshotOf(folder: string, race: string): Promise<void> {
  const db = new Database(join(folder, 'pitwall.db'), { readonly: true });
  const found = db.prepare('select 1 from race_snapshots where race = ?').pluck();
  while (found.get(race) === undefined) await pause(20);
  db.close();
}

/** Somebody opens the logs of so many races that are over, one after the other, each of 10,000 records: what the controller's process takes at most. */
export async function manyLogs(report: Report, races: number): Promise<void> {
  const day = await TrackDay.open();
  try {
    const before = residentMB(day.controllerPid);
    await day.killController();
    const db = new Database(join(day.folder, 'pitwall.db'));
    db.pragma('synchronous = OFF');
    const rows = db.prepare('insert into race_log values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null)');
    const list = db.prepare("insert into races values (?, 'A long day', 'official')");
    const ids = Array.from({ length: races }, (_, index) => `over-${index}`);
    const written = new Map<string, number>();
    for (const id of ids)
      db.transaction(() => {
        list.run(id);
        const records = officialDay(id, 10_000);
        written.set(id, records.length);
        for (const { race, seq, at, epoch, who, commandId, event, previous, hash } of records)
          rows.run(race, seq, at.bootId, at.at, epoch, who, commandId, JSON.stringify(event), previous, hash);
      })();
    db.close();
    await day.startController();
    for (const id of ids) {
      const { phase, seq } = (await day.get(`/api/v1/races/${id}`)) as { phase: string; seq: number };
      if (phase !== 'official' || seq !== written.get(id)) throw new Error(`race ${id} is not as it was written`);
    }
    const value = residentMB(day.controllerPid);
    const figure = `resident memory at most, with ${races} races × 10,000 records opened`;
    report({ figure, value, unit: 'MB', bar: '≤ 300', ok: value <= 300, baseline: before, ratio: value / before });
  } finally {
    await day.close();
  }
}

/** The most that a process had, MB: proc(5), VmHWM. */
function residentMB(pid: number): number {
  const kB = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kB) / 1024;
}

/** Kills the controller, starts it, and waits until it has taken a crossing. */
async function restartMs(day: TrackDay, token: string, race: string): Promise<number> {
  const gate = new KeepingGate('line', token);
  await day.killController();
  const from = now();
  gate.cross();
  const started = day.startController();
  gate.connect(day.mqtt);
  await gate.empty();
  const took = (now() - from) / 1000;
  await started;
  await gate.disconnect();
  if (race === 'nothing') return took;
  const log = (await day.get(`/api/v1/races/${race}/log?after=100000`)) as { seq: number };
  if (log.seq <= 100_000) throw new Error('the crossing did not reach the race');
  return took;
}

function reducerSpeed(report: Report): void {
  const records = raceDay('reducer', 'line', 100_000, 'boot', 1e12);
  const speeds: number[] = [];
  for (let round = 0; round < 12; round += 1) {
    // Processor time, collecting of garbage included: what the neighbours on the machine do is not the reducer's.
    const from = process.cpuUsage();
    reduce(records);
    const { user, system } = process.cpuUsage(from);
    speeds.push((records.length / (user + system)) * 1e6);
  }
  // The first rounds warm up the compiler; the middle of the rest counts.
  const value = quantile(speeds.slice(2), 0.5);
  report({ figure: 'reducer', value, unit: 'events/s', bar: '≥ 500000', ok: value >= 500_000 });
}
