import { Actuator, beatMs, Car, cameraOnly, type Port, type ToActuator } from '@pitwall/agent/driving';
import type { Drivetrain, Frame, Outputs } from '@pitwall/agent/hardware';
import { CarLink } from '@pitwall/agent/link';
import { readCarProfile } from '@pitwall/firmware-config';
import type { CarId, Sha256 } from '@pitwall/protocol';
import type { CarAction, CarCommand } from '@pitwall/protocol/messages';
import { hex } from './gate.js';
import { type Event, type Kernel, type Machine, Program } from './kernel.js';
import type { Network } from './network.js';

export const rate = 15;
/** After so long without a sign of the broker a car stops, as configured by default, µs. */
export const linkPatience = 1_000_000;
export const model = { hash: 'a'.repeat(64) as Sha256, name: 'fast' };
const profile = readCarProfile('simulated');
const plane = new Uint8Array(160 * 120);

/** What a car's day tells whoever judges it. */
export interface CarEvents {
  /** The motor gets a pulse that turns it. */
  pulse(car: CarRig): void;
  /** The agent performs a command. */
  performs(car: CarRig, action: CarAction): void;
  moves(car: CarRig, phase: string, before: string): void;
  /** Its nose is over the line. */
  crosses(car: CarRig): void;
}

/** A car: its computer with the agent and the actuator process, and its body on the road. */
export class CarRig {
  readonly car: CarId;
  readonly agent: Program;
  readonly actuator: Program;
  /** When the camera sent its last frame, and whether it sends. */
  frameAt = 0;
  cameraSends = true;
  /** When something of the broker last reached it. */
  heardAt = 0;
  unit: Car | undefined;
  readonly #kernel: Kernel;
  readonly #network: Network;
  readonly #events: CarEvents;
  readonly #machineId: string;
  readonly #usualLap: number;
  #held: Actuator | undefined;
  #turns = false;
  /** Of the lap, 0 to 1, at a moment; and how long this one takes, µs. */
  #place: { readonly part: number; readonly at: number };
  #lap: number;
  #crossing: Event | undefined;

  constructor(kernel: Kernel, network: Network, parts: { car: CarId; machine: Machine; events: CarEvents }) {
    this.#kernel = kernel;
    this.#network = network;
    this.car = parts.car;
    this.#events = parts.events;
    this.agent = new Program(`car ${parts.car}`, parts.machine);
    this.actuator = new Program(`actuator of ${parts.car}`, parts.machine);
    this.#machineId = hex(kernel);
    this.#usualLap = kernel.random.between(7e6, 12e6);
    this.#lap = this.#usualLap;
    this.#place = { part: kernel.random.next() * 0.5, at: 0 };
  }

  get phase(): string {
    return this.unit?.safety.phase ?? 'off';
  }

  start(): void {
    this.#kernel.after(0, this.agent, () => void this.#start());
  }

  /** The agent dies; its actuator process sees that its pipe is closed, and ends neutral. */
  kill(byPowerCut: boolean): void {
    this.agent.kill();
    this.unit = undefined;
    this.#network.killed(this.agent, byPowerCut);
    if (byPowerCut) {
      this.agent.machine.boot();
      this.actuator.kill();
      this.#drive(false);
    } else this.#kernel.after(1_000, this.actuator, () => void this.#held?.stop());
  }

  /** Somebody presses the button on it. */
  localStop(): void {
    this.#kernel.after(0, this.agent, () => this.unit?.localStop());
  }

  async #start(): Promise<void> {
    const { machine } = this.agent;
    const now = machine.monotonic;
    const computer = { host: machine.name, machine: this.#machineId, instance: hex(this.#kernel) };
    const unit = new Car({
      profile,
      drivetrain: profile.drivetrain,
      camera: this.#camera(),
      decode: () => plane,
      now,
      log: () => undefined,
      smoothing: 0,
      limit: rate,
      scale: 100,
      openPort: ({ onReady, onMissed }) => this.#port(onReady, onMissed),
    });
    unit.load({
      model,
      policy: {
        decide: async () => ({ action: { steeringDeg: 0, speedMps: 1, index: 0 } }) as never,
        close: async () => {},
      },
      mapping: (_target, scale) => ({ steering: 0, throttle: scale / 100 }),
      input: cameraOnly,
    });
    const link = new CarLink({
      settings: { url: 'mqtt://track', password: '', connect: this.#network.connect },
      car: this.car,
      computer,
      bootId: machine.bootId,
      now,
      random: Math.random,
      presence: () => ({ version: '0', profile: profile.name, model }),
      state: () => unit.snapshot(),
      command: (command) => this.#perform(unit, command),
      onConnected: () => undefined,
      onDisconnected: () => undefined,
      patience: () => linkPatience,
      onSilent: () => unit.raised('link-lost'),
      onHeard: () => unit.passed('link-lost'),
    });
    let before = unit.safety.phase;
    unit.onChange(({ phase }) => {
      link.publishState();
      if (phase !== before) this.#events.moves(this, phase, before);
      before = phase;
    });
    this.unit = unit;
    this.heardAt = this.#kernel.now;
    await unit.start();
    link.start();
  }

  #perform(unit: Car, { action }: CarCommand) {
    this.#events.performs(this, action);
    if (action.type === 'check') return { armable: unit.armable() };
    unit.command(action as Parameters<Car['command']>[0]);
    return undefined;
  }

  #camera() {
    return {
      rate,
      health: {} as never,
      start: async (onFrame: (frame: Frame) => void) => {
        setInterval(() => {
          if (!this.cameraSends) return;
          this.frameAt = this.#kernel.now;
          const at = this.agent.machine.monotonic();
          onFrame({ at, format: 'grey', width: 160, height: 120, data: plane });
        }, 1000 / rate);
      },
      stop: async () => undefined,
    };
  }

  /** The agent's end of the pipe to its actuator process, which beats as ActuatorPort does. */
  #port(onReady: () => void, onMissed: () => void): Port {
    const kernel = this.#kernel;
    let isReady = false;
    const { life } = this.agent;
    let beating: NodeJS.Timeout | undefined;
    const tell = (message: ToActuator) => kernel.after(200, this.actuator, () => this.#held?.take(message));
    const spawned = () =>
      kernel.after(200_000, this.actuator, () => {
        this.#held = new Actuator({
          drivetrain: this.#drivetrain(),
          now: this.actuator.machine.monotonic,
          tell: ({ type }) => {
            if (life !== this.agent.life) return;
            if (type === 'missed') kernel.after(200, this.agent, onMissed);
            if (type === 'ready')
              kernel.after(200, this.agent, () => {
                isReady = true;
                onReady();
              });
          },
        });
        void this.#held.start();
      });
    return {
      get ready() {
        return isReady;
      },
      start: () => void spawned(),
      setpoint: (outputs, deadline) => void tell({ type: 'setpoint', outputs, deadline }),
      neutral: () => void tell({ type: 'neutral' }),
      power: (on) => {
        tell({ type: 'power', on });
        clearInterval(beating);
        if (on) beating = setInterval(() => tell({ type: 'beat' }), beatMs);
      },
      stop: async () => void tell({ type: 'end' }),
    };
  }

  #drivetrain(): Drivetrain {
    let isOn = false;
    const write = ({ throttle }: Outputs) => {
      const turns = isOn && throttle !== 0;
      if (turns) this.#events.pulse(this);
      this.#drive(turns);
    };
    return {
      start: async () => write({ steering: 0, throttle: 0 }),
      write,
      enable: (on) => {
        isOn = on;
        if (!on) this.#drive(false);
      },
      stop: async () => write({ steering: 0, throttle: 0 }),
    };
  }

  /** The wheels turn, or do not any more. */
  #drive(turns: boolean): void {
    if (turns === this.#turns) return;
    const { now } = this.#kernel;
    if (this.#turns) this.#place = { part: this.#place.part + (now - this.#place.at) / this.#lap, at: now };
    else this.#place = { ...this.#place, at: now };
    this.#turns = turns;
    this.#crossing?.cancel();
    if (turns) this.#awaitLine();
  }

  #awaitLine(): void {
    const left = Math.max(0, 1 - this.#place.part) * this.#lap;
    this.#crossing = this.#kernel.after(left, undefined, () => {
      this.#place = { part: 0, at: this.#kernel.now };
      this.#lap = this.#usualLap * this.#kernel.random.between(0.96, 1.04);
      this.#events.crosses(this);
      this.#awaitLine();
    });
  }
}
