import { Gate, Journal, type Sensor, type SensorEvents } from '@pitwall/controller/gate';
import type { GateId, Micros } from '@pitwall/protocol';
import { clientIdOf } from '@pitwall/protocol/messages';
import { MqttLink } from '@pitwall/runtime/mqtt-link';
import { silent } from './controller.js';
import type { FileDisk } from './file-disk.js';
import { type Kernel, type Machine, Program } from './kernel.js';
import type { Network } from './network.js';

const file = '/data/gate/journal.jsonl';

/** What a light barrier says of one passage: its nose with a bounce, and its rear axle; µs after the nose. */
const edges = [
  [0, 1],
  [1_800, 0],
  [2_300, 1],
  [60_000, 0],
  [140_000, 1],
  [180_000, 0],
] as const;

/** A gate's computer with its sensor and its card. */
export class GateRig {
  readonly gate: GateId;
  readonly program: Program;
  readonly disk: FileDisk;
  readonly #kernel: Kernel;
  readonly #network: Network;
  readonly #machineId: string;
  #events: SensorEvents | undefined;
  #journal: Journal | undefined;

  constructor(
    kernel: Kernel,
    network: Network,
    { gate, machine, disk }: { gate: GateId; machine: Machine; disk: FileDisk },
  ) {
    this.#kernel = kernel;
    this.#network = network;
    this.gate = gate;
    this.disk = disk;
    this.program = new Program(`gate ${gate} on ${machine.name}`, machine);
    this.#machineId = hex(kernel);
  }

  /** Crossings that it keeps; undefined while it is down. */
  get waiting(): number | undefined {
    return this.#journal?.waitingCount;
  }

  /** Undefined while it is down. */
  get journal(): string | undefined {
    return this.#journal?.id;
  }

  /** Whether all that it has sent is on its disk. */
  get keeps(): boolean {
    return this.#journal?.isKeeping === true;
  }

  start(): void {
    this.#kernel.after(0, this.program, () => {
      // Where its journal cannot be opened, its supervisor tries again.
      this.#start().catch(() => this.#kernel.after(2_000_000, this.program, () => this.start()));
    });
  }

  kill(byPowerCut: boolean): void {
    this.program.kill();
    this.#events = undefined;
    this.#journal = undefined;
    this.#network.killed(this.program, byPowerCut);
    if (!byPowerCut) return;
    this.program.machine.boot();
    this.disk.powerCut();
  }

  /** A car goes through it now. @returns whether it saw that */
  passes(): boolean {
    if (this.#events === undefined) return false;
    const { machine } = this.program;
    for (const [after, level] of edges)
      this.#kernel.after(after, this.program, () => {
        const at = machine.monotonic();
        this.#events?.edge({ bootId: machine.bootId, at, uncertainty: 5 as Micros, level });
      });
    return true;
  }

  async #start(): Promise<void> {
    const { machine } = this.program;
    const { clock } = machine;
    const journal = await Journal.open(file, this.disk.files);
    const computer = { host: machine.name, machine: this.#machineId, instance: hex(this.#kernel) };
    const username = `gate:${this.gate}`;
    const sensor: Sensor = {
      start: async (events) => {
        this.#events = events;
      },
      stop: async () => undefined,
    };
    const gate = new Gate({
      gate: this.gate,
      profile: 'light-barrier',
      sensor,
      debounce: { edge: 'rising', holdoff: 300_000 as Micros },
      watch: { active: 1, stuck: 10_000_000 as Micros },
      repeatability: 20 as Micros,
      computer,
      journal,
      clock,
      version: '0',
      log: silent,
      link: (presence) =>
        new MqttLink({
          url: 'mqtt://track',
          username,
          clientId: clientIdOf(username, computer),
          password: '',
          clock,
          log: silent,
          presence,
          connect: this.#network.connect,
        }),
    });
    this.#journal = journal;
    await gate.start();
  }
}

export const hex = (kernel: Kernel): string =>
  Array.from({ length: 12 }, () => kernel.random.below(16).toString(16)).join('');
