import { Random } from '@pitwall/agent/simulator';
import type { BootId, Micros } from '@pitwall/protocol';
import type { Clock } from '@pitwall/runtime';

/** What happens at a moment of the day; also what `setTimeout` gives. */
export class Event {
  readonly at: number;
  readonly order: number;
  readonly owner: Program | undefined;
  readonly #life: number;
  action: (() => void) | undefined;

  /** @param life of its owner: what a program still does in the event in which it is killed is of the life that has ended */
  constructor(at: number, order: number, owner: Program | undefined, life: number, action: () => void) {
    this.at = at;
    this.order = order;
    this.owner = owner;
    this.#life = life;
    this.action = action;
  }

  /** Its program was not killed meanwhile, and nobody cancelled it. */
  get life(): number {
    return this.#life;
  }

  get isDue(): boolean {
    return this.action !== undefined && (this.owner === undefined || this.owner.life === this.#life);
  }

  cancel(): void {
    this.action = undefined;
  }

  /** As Node's timers have it: none of them keeps a day from ending. */
  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return false;
  }
}

/** A computer: its monotonic clock drifts and has a life, its wall clock is set by people. */
export class Machine {
  readonly name: string;
  readonly #kernel: Kernel;
  bootId: BootId;
  /** The monotonic clock: µs of it for one true µs, and when it began. */
  readonly rate: number;
  #bootedAt: number;
  readonly #lives = new Map<string, number>();
  /** ms by which the wall clock is wrong. */
  wallError = 0;

  constructor(kernel: Kernel, name: string) {
    this.#kernel = kernel;
    this.name = name;
    // Crystals are off by up to 100 ppm.
    this.rate = 1 + kernel.random.between(-100e-6, 100e-6);
    this.#bootedAt = kernel.now - Math.round(kernel.random.between(20e6, 4000e6));
    this.bootId = kernel.uuid() as BootId;
    this.#lives.set(this.bootId, this.#bootedAt);
  }

  /** Power came back: another life of the monotonic clock. */
  boot(): void {
    this.#bootedAt = this.#kernel.now - 3_000_000;
    this.bootId = this.#kernel.uuid() as BootId;
    this.#lives.set(this.bootId, this.#bootedAt);
  }

  readonly monotonic = (): Micros => Math.floor((this.#kernel.now - this.#bootedAt) * this.rate) as Micros;

  /** What its monotonic clock shows at a true moment; `life`: or showed, in an earlier one. */
  at(moment: number, life: string = this.bootId): Micros {
    return Math.floor((moment - (this.#lives.get(life) ?? Number.NaN)) * this.rate) as Micros;
  }

  /** ms since 1970. */
  get wall(): number {
    return Math.floor(this.#kernel.wallAtZero + this.#kernel.now / 1000 + this.wallError);
  }

  get clock(): Clock {
    return { bootId: this.bootId, now: this.monotonic };
  }
}

/** A running program: what it set going ends with it. */
export class Program {
  readonly name: string;
  readonly machine: Machine;
  /** Rises when it is killed. */
  life = 1;

  constructor(name: string, machine: Machine) {
    this.name = name;
    this.machine = machine;
  }

  kill(): void {
    this.life += 1;
  }
}

/** Events that are done before the event loop of this process has a turn: what is computed by its threads is waited for. */
const betweenTurns = 5000;

/**
 * One virtual clock, one queue of events, one source of random numbers. All that a program does (its timers, what arrives, an
 * answer of its disk) is an event of that program; what follows from it in microtasks is done before the next event, so that
 * everything has an owner and an order.
 */
export class Kernel {
  readonly random: Random;
  /** True µs since the day began. */
  now = 0;
  /** ms since 1970. */
  readonly wallAtZero: number;
  /** Whose event this is. */
  current: Program | undefined;
  /** Work of this process's threads (signatures) that is not done. */
  pending = 0;
  events = 0;
  /** After each event. */
  afterEach: () => void = () => undefined;
  /** An exception that nobody caught, and the program that it ends. */
  failed: (error: unknown, program: Program | undefined) => void = (error) => {
    throw error;
  };
  readonly #heap: Event[] = [];
  #order = 0;
  /** Of the current program, as its event has it. */
  #life = 0;
  #ended = false;

  constructor(seed: number) {
    this.random = new Random(seed);
    // A day each, and later than any real one: ids by time, which never fall within a process, are those of their day alone.
    this.wallAtZero = Date.UTC(2050, 0, 1, 8) + seed * 86_400_000;
  }

  uuid(): string {
    const hex = Array.from({ length: 32 }, () => this.random.below(16).toString(16));
    hex[12] = '4';
    hex[16] = (8 + this.random.below(4)).toString(16);
    const text = hex.join('');
    return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
  }

  chance(share: number): boolean {
    return this.random.next() < share;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.random.below(from.length)] as T;
  }

  /** @param inMicros true µs from now */
  after(inMicros: number, owner: Program | undefined, action: () => void): Event {
    const life = owner === this.current ? this.#life : (owner?.life ?? 0);
    const event = new Event(this.now + Math.max(0, Math.round(inMicros)), this.#order++, owner, life, action);
    push(this.#heap, event);
    return event;
  }

  at(moment: number, owner: Program | undefined, action: () => void): Event {
    return this.after(moment - this.now, owner, action);
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  end(): void {
    this.#ended = true;
  }

  /** Until then, or until {@link end}. */
  async run(until: number): Promise<void> {
    for (let count = 1; !this.#ended; count += 1) {
      const event = pop(this.#heap, until);
      if (event === undefined) break;
      this.now = event.at;
      if (!event.isDue) continue;
      this.current = event.owner;
      this.#life = event.life;
      this.events += 1;
      try {
        (event.action as () => void)();
      } catch (error) {
        this.failed(error, event.owner);
      }
      await drained();
      while (this.pending > 0) await turn();
      this.afterEach();
      if (count % betweenTurns === 0) await turn();
    }
    if (!this.#ended) this.now = until;
    this.current = undefined;
    this.#life = 0;
  }
}

/**
 * When the queue of microtasks is empty: Node runs what `process.nextTick` queued when no microtask is left
 * (nodejs.org/api/process.html, "When to use queueMicrotask() vs. process.nextTick()").
 */
const { nextTick } = process;
const drained = (): Promise<void> => new Promise((resolve) => queueMicrotask(() => nextTick(resolve)));
const realImmediate = setImmediate;
const turn = (): Promise<void> => new Promise((resolve) => realImmediate(resolve));

const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap: Event[], event: Event): void {
  let at = heap.length;
  heap.push(event);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(event, heap[parent] as Event)) break;
    heap[at] = heap[parent] as Event;
    at = parent;
  }
  heap[at] = event;
}

function pop(heap: Event[], until: number): Event | undefined {
  const first = heap[0];
  if (first === undefined || first.at > until) return undefined;
  const last = heap.pop() as Event;
  if (heap.length > 0) {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child += 1;
      if (!isBefore(heap[child] as Event, last)) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = last;
  }
  return first;
}
