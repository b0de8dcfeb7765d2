import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Accounts, accountMigrations } from '@pitwall/controller/accounts';
import { Gate, Journal, type Sensor, type SensorEvents } from '@pitwall/controller/gate';
import { openStore } from '@pitwall/controller/store';
import { type BootId, GateId, type Micros } from '@pitwall/protocol';
import { hostClock, thisComputer } from '@pitwall/runtime';
import { MqttLink } from '@pitwall/runtime/mqtt-link';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import { freePort } from '../free-port.js';

const pitwall = join(
  dirname(createRequire(import.meta.url).resolve('@pitwall/firmware-config')),
  '../../controller/bin/pitwall.js',
);
const log = pino({ level: 'silent' });
const clock = hostClock();

class HandSensor implements Sensor {
  #events: SensorEvents | undefined;
  async start(events: SensorEvents): Promise<void> {
    this.#events = events;
  }
  async stop(): Promise<void> {}
  cross(): void {
    this.#events?.edge({ bootId: clock.bootId, at: clock.now(), uncertainty: 1 as Micros });
  }
}

interface Member {
  readonly id: GateId;
  readonly gate: Gate;
  readonly sensor: HandSensor;
  readonly journal: Journal;
  made: number;
}

/** Many gates in this process, each with its own journal and connection, and one real controller beside it. */
export class Fleet {
  /** µs from the edge to the acknowledgement, of all that were acknowledged. */
  readonly latencies: number[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'pitwall-fleet-'));
  /** The gates' own disks are other machines' in truth; here they share memory. */
  readonly #journals = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'pitwall-journals-'));
  readonly #members: Member[] = [];
  #controller: ChildProcess | undefined;
  #mqttPort = 0;

  get made(): number {
    return this.#members.reduce((sum, { made }) => sum + made, 0);
  }

  get waiting(): number {
    return this.#members.reduce((sum, { journal }) => sum + journal.waitingCount, 0);
  }

  async start(count: number): Promise<void> {
    this.#mqttPort = await freePort();
    const store = await openStore(join(this.#folder, 'pitwall.db'), [accountMigrations]);
    const accounts = new Accounts(store);
    const tokens = new Map<GateId, string>();
    for (let i = 0; i < count; i++) {
      const name = GateId.parse(`gate-${i}`);
      tokens.set(name, await accounts.issue({ name, role: 'gate' }));
    }
    await store.close();
    await this.startController();
    for (const [id, token] of tokens) this.#members.push(await this.#join(id, token));
    await Promise.all(this.#members.map(({ gate }) => gate.link.ready()));
  }

  /** @returns when it answers. */
  async startController(): Promise<void> {
    const args = ['serve', '--data', this.#folder, '--port', '0', '--mqtt-port', String(this.#mqttPort), '--json'];
    const child = spawn(process.execPath, [pitwall, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#controller = child;
    const lines = createInterface({ input: child.stdout });
    await new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => {
        if (line.includes('"ready"')) resolve();
      });
      child.once('exit', (code) => reject(new Error(`the controller ended with ${code}`)));
    });
  }

  async killController(): Promise<void> {
    const child = this.#controller;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  /** Every gate sees a car so many times a second, spread evenly, until told to stop. */
  race(perSecond: number): () => void {
    let next = 0;
    const began = performance.now();
    const timer = setInterval(() => {
      const due = Math.floor(((performance.now() - began) / 1000) * perSecond * this.#members.length);
      for (; next < due; next++) {
        const member = this.#members[next % this.#members.length] as Member;
        member.made += 1;
        member.sensor.cross();
      }
    }, 1);
    return () => clearInterval(timer);
  }

  /** Resolves when every crossing was acknowledged. @throws after `seconds`. */
  async drained(seconds: number): Promise<void> {
    const end = performance.now() + seconds * 1000;
    while (this.waiting > 0) {
      if (performance.now() > end) throw new Error(`${this.waiting} crossings were not acknowledged in ${seconds} s`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** What the controller has on disk: how many crossings, and how many different ones. */
  stored(): { all: number; different: number; missing: number } {
    const database = new Database(join(this.#folder, 'pitwall.db'), { readonly: true });
    try {
      const rows = database.prepare('select gate, boot_id, seq from race_stray_crossings').all() as {
        gate: string;
        boot_id: string;
        seq: number;
      }[];
      const keys = new Set(rows.map(({ gate, boot_id, seq }) => `${gate} ${boot_id} ${seq}`));
      let missing = 0;
      for (const { id, made, journal } of this.#members)
        for (let seq = 0; seq < made; seq++) if (!keys.has(`${id} ${clock.bootId}.${journal.id} ${seq}`)) missing += 1;
      return { all: rows.length, different: keys.size, missing };
    } finally {
      database.close();
    }
  }

  async stop(): Promise<void> {
    for (const { gate } of this.#members) await gate.stop();
    await this.killController();
    for (const folder of [this.#folder, this.#journals]) rmSync(folder, { recursive: true, force: true });
  }

  async #join(id: GateId, token: string): Promise<Member> {
    const sensor = new HandSensor();
    const journal = await Journal.open(join(this.#journals, `${id}.journal`));
    const at = new Map<number, number>();
    const append = journal.append.bind(journal);
    journal.append = (crossing, kept) => {
      at.set(crossing.seq, crossing.at);
      return append(crossing, kept);
    };
    const acknowledge = journal.acknowledge.bind(journal);
    journal.acknowledge = (bootId: BootId, seqs) => {
      const now = clock.now();
      for (const seq of seqs) {
        const made = at.get(seq);
        if (made !== undefined) this.latencies.push(now - made);
        at.delete(seq);
      }
      acknowledge(bootId, seqs);
    };
    const computer = thisComputer(clock.bootId);
    const gate = new Gate({
      gate: id,
      profile: 'fleet',
      sensor,
      debounce: { edge: 'both', holdoff: 0 as Micros },
      watch: { active: undefined, stuck: 5_000_000 as Micros },
      repeatability: 1 as Micros,
      computer,
      journal,
      clock,
      version: '0',
      log,
      link: (presence) =>
        new MqttLink({
          url: `mqtt://127.0.0.1:${this.#mqttPort}`,
          username: `gate:${id}`,
          password: token,
          clock,
          log,
          presence,
        }),
    });
    await gate.start();
    return { id, gate, sensor, journal, made: 0 };
  }
}
