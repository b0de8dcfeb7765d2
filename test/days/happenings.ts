import type { GateId } from '@pitwall/protocol';
import type { CarRig } from './car.js';
import type { Controller, FarBoard } from './controller.js';
import { GateRig } from './gate.js';
import type { Judge } from './judge.js';
import type { Kernel, Machine } from './kernel.js';
import type { Network } from './network.js';
import type { Marshal } from './people.js';
import type { Happening } from './plan.js';

const second = 1_000_000;

/** What is there on a day. */
export interface Site {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly controller: Controller;
  readonly far: FarBoard;
  readonly judge: Judge;
  readonly cars: readonly CarRig[];
  /** The gate that stands at each place of the line, and whoever stands beside it. */
  readonly gates: GateRig[];
  readonly clones: GateRig[];
  readonly marshals: readonly Marshal[];
  readonly newGate: (gate: GateId) => GateRig;
  readonly newMachine: (name: string) => Machine;
  readonly say: (line: string) => void;
  /** What was done may show for so long, µs. */
  readonly troubled: (lasts: number) => void;
}

/** Does what a plan says to what is there. */
export class Happenings {
  readonly #site: Site;
  #atWrite = 0;
  #behind: Extract<Happening, { type: 'stop-behind-start' }> | undefined;

  constructor(site: Site) {
    this.#site = site;
  }

  happens(happening: Happening): void {
    const { type } = happening;
    if (type === 'deed') {
      this.#deed(happening);
      return;
    }
    const lasts = 'lasts' in happening ? happening.lasts : 0;
    this.#site.troubled(lasts);
    this.#site.say(`${type} ${detail(happening)}`);
    const later = (action: () => void) => this.#site.kernel.after(lasts, undefined, action);
    switch (happening.type) {
      case 'gate-crash':
      case 'gate-power-cut':
        this.#gateEnds(happening.gate, type === 'gate-power-cut', happening.atWrite, lasts);
        return;
      case 'gate-replaced':
        this.#replaceGate(happening.gate, lasts);
        return;
      case 'gate-fresh-folder':
        this.#freshFolder(happening.gate, lasts);
        return;
      case 'card-cloned':
        this.#clone(happening.gate, lasts);
        return;
      case 'gate-disk-full': {
        const { disk } = this.#gateAt(happening.gate);
        disk.fill();
        later(() => disk.makeRoom());
        return;
      }
      case 'gate-disk-lies': {
        const { disk } = this.#gateAt(happening.gate);
        disk.lies = true;
        later(() => {
          disk.lies = false;
        });
        return;
      }
      case 'controller-crash':
      case 'controller-power-cut':
        this.#controllerEnds(type === 'controller-power-cut', happening.atWrite, lasts);
        return;
      case 'controller-disk-full':
        this.#site.controller.database.isFull = true;
        later(() => {
          this.#site.controller.database.isFull = false;
        });
        return;
      case 'controller-disk-lies':
        this.#site.controller.database.setLying(true);
        later(() => this.#site.controller.database.setLying(false));
        return;
      case 'broker-crash':
        this.#site.network.crashBroker();
        later(() => this.#site.network.startBroker());
        return;
      case 'board-down':
        this.#site.far.kill();
        later(() => {
          if (this.#site.far.service === undefined) this.#site.far.start();
        });
        return;
      default:
        this.#toCarOrNetwork(happening, later);
        return;
    }
  }

  #toCarOrNetwork(happening: Happening, later: (action: () => void) => void): void {
    switch (happening.type) {
      case 'car-crash':
      case 'car-power-cut': {
        const car = this.#carAt(happening.car);
        if (car.unit === undefined) return;
        car.kill(happening.type === 'car-power-cut');
        this.#site.judge.causeToStop(car.car, 'its agent ended');
        later(() => car.start());
        return;
      }
      case 'camera-stalls': {
        const car = this.#carAt(happening.car);
        car.cameraSends = false;
        later(() => {
          car.cameraSends = true;
        });
        return;
      }
      case 'cut':
        this.#site.network.cut(this.#machineOf(happening).name, happening.lasts);
        return;
      case 'bad-network': {
        const { lost, doubled, late } = happening;
        const trouble = { lost, doubled, late };
        this.#site.network.trouble = trouble;
        later(() => {
          if (this.#site.network.trouble === trouble) this.#site.network.trouble = { lost: 0, doubled: 0, late: 0 };
        });
        return;
      }
      case 'stop-behind-start':
        this.#behind = happening;
        return;
      case 'clock-step':
        this.#site.controller.program.machine.wallError += happening.hours * 3_600_000;
        return;
      default:
        return;
    }
  }

  /** Somebody lets a car go. */
  lets(): void {
    const behind = this.#behind;
    if (behind === undefined) return;
    this.#behind = undefined;
    for (const { agent } of this.#site.cars) this.#site.network.cut(agent.machine.name, behind.lasts);
    this.#site.troubled(behind.lasts);
    this.#site.kernel.after(100_000, undefined, () =>
      this.#site.kernel.pick(this.#site.marshals).do(behind.deed, 0, undefined),
    );
  }

  #machineOf({ whom, which }: Extract<Happening, { type: 'cut' }>): Machine {
    if (whom === 'controller') return this.#site.controller.program.machine;
    return whom === 'gate' ? this.#gateAt(which).program.machine : this.#carAt(which).agent.machine;
  }

  #deed({ deed, back }: Extract<Happening, { type: 'deed' }>): void {
    const who = this.#site.kernel.pick(this.#site.marshals);
    const other = this.#site.marshals.find((one) => one !== who);
    if (deed !== 'local-stop') {
      who.do(deed, back, other);
      return;
    }
    const car = this.#site.cars.find(({ phase }) => phase === 'driving') ?? this.#carAt(back);
    this.#site.say(`somebody presses the button of ${car.car}`);
    if (car.unit === undefined) return;
    this.#site.judge.causeToStop(car.car, 'its button was pressed');
    car.localStop();
  }

  #gateEnds(index: number, byPowerCut: boolean, atWrite: boolean, lasts: number): void {
    const gate = this.#gateAt(index);
    const end = () => {
      if (gate.waiting === undefined || !this.#site.gates.includes(gate)) return;
      this.#site.say(`gate ${gate.gate} ends`);
      this.#excuseUnkept(gate, byPowerCut);
      gate.kill(byPowerCut);
      this.#site.troubled(lasts);
      this.#site.kernel.after(lasts, undefined, () => {
        if (this.#site.gates.includes(gate)) gate.start();
      });
    };
    if (!atWrite) {
      end();
      return;
    }
    gate.disk.beforeWrite = this.#oneOf(6, () => {
      gate.disk.beforeWrite = () => undefined;
      end();
    });
  }

  #excuseUnkept(gate: GateRig, byPowerCut: boolean): void {
    if (!gate.keeps || (byPowerCut && gate.disk.lies)) this.#site.judge.excuse(gate.program);
  }

  /** At one of the next writes. */
  #oneOf(count: number, action: () => void): () => void {
    let left = 1 + this.#site.kernel.random.below(count);
    return () => {
      left -= 1;
      if (left === 0) action();
    };
  }

  /** Another computer with a fresh card takes its place. */
  #replaceGate(index: number, lasts: number): void {
    const before = this.#gateAt(index);
    this.#site.judge.excuse(before.program);
    before.kill(true);
    const fresh = this.#site.newGate(before.gate);
    this.#site.gates[this.#site.gates.indexOf(before)] = fresh;
    this.#site.kernel.after(lasts, undefined, () => {
      if (this.#site.gates.includes(fresh)) fresh.start();
    });
  }

  #freshFolder(index: number, lasts: number): void {
    const gate = this.#gateAt(index);
    const { journal } = gate;
    if (journal === undefined) return;
    this.#site.judge.wiped(gate.program, journal);
    gate.kill(false);
    gate.disk.wipe();
    this.#site.kernel.after(lasts, undefined, () => {
      if (this.#site.gates.includes(gate)) gate.start();
    });
  }

  /** Its card is copied into another computer beside it, for some time. */
  #clone(index: number, lasts: number): void {
    const gate = this.#gateAt(index);
    const machine = this.#site.newMachine(gate.gate);
    const clone = new GateRig(this.#site.kernel, this.#site.network, {
      gate: gate.gate,
      machine,
      disk: gate.disk.copy(),
    });
    this.#site.clones.push(clone);
    clone.start();
    this.#site.kernel.after(lasts, undefined, () => {
      this.#site.judge.excuse(clone.program);
      clone.kill(false);
      this.#site.clones.splice(this.#site.clones.indexOf(clone), 1);
    });
  }

  #controllerEnds(byPowerCut: boolean, atWrite: boolean, lasts: number): void {
    const controller = this.#site.controller;
    const end = () => {
      if (controller.side === undefined && !atWrite) return;
      const lost = controller.kill(byPowerCut);
      this.#site.say(`controller ends${lost > 0 ? `; its disk had lied of ${lost} commits` : ''}`);
      if (lost > 0) this.#site.judge.reread();
      this.#site.troubled(lasts);
      this.#site.kernel.after(lasts, undefined, () => controller.start());
    };
    if (!atWrite) {
      end();
      return;
    }
    const mine = ++this.#atWrite;
    controller.database.beforeWrite = this.#oneOf(8, () => {
      controller.database.beforeWrite = () => undefined;
      if (mine === this.#atWrite) end();
    });
  }

  #gateAt(index: number): GateRig {
    return this.#site.gates[index % this.#site.gates.length] as GateRig;
  }

  #carAt(index: number): CarRig {
    return this.#site.cars[index % this.#site.cars.length] as CarRig;
  }

  /** Everything works again. */
  mend(): void {
    this.#site.network.heal();
    if (!this.#site.network.brokerIsUp) this.#site.network.startBroker();
    this.#site.controller.database.isFull = false;
    this.#site.controller.database.setLying(false);
    if (this.#site.far.service === undefined) this.#site.far.start();
    for (const { disk } of [...this.#site.gates, ...this.#site.clones]) {
      disk.makeRoom();
      disk.lies = false;
    }
    for (const car of this.#site.cars) car.cameraSends = true;
  }
}

const detail = ({ at: _, type: __, ...rest }: Happening): string =>
  Object.entries(rest)
    .map(([name, value]) => `${name} ${typeof value === 'number' && name === 'lasts' ? `${value / second} s` : value}`)
    .join(', ');
