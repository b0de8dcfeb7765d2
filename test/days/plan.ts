import { Random } from '@pitwall/agent/simulator';

/** What people do beside running the race. */
export const deeds = [
  'pause',
  'red-flag',
  'e-stop',
  'stop-all',
  'incident',
  'technical-stop',
  'did-not-finish',
  'finish',
  'undo',
  'undo-everything',
  'ignore-crossing',
  'discard',
  'reopen',
  'add-time',
  'edit-lap',
  'clear-car',
  'both-press',
  'local-stop',
] as const;
export type Deed = (typeof deeds)[number];

/** What goes wrong, or is done, at a moment of the day. `at` and `lasts` in µs. */
export type Happening = { readonly at: number } & (
  | { readonly type: 'deed'; readonly deed: Deed; readonly back: number }
  | {
      readonly type: 'gate-crash' | 'gate-power-cut';
      readonly gate: number;
      readonly lasts: number;
      readonly atWrite: boolean;
    }
  | {
      readonly type: 'gate-replaced' | 'gate-fresh-folder' | 'card-cloned';
      readonly gate: number;
      readonly lasts: number;
    }
  | { readonly type: 'gate-disk-full' | 'gate-disk-lies'; readonly gate: number; readonly lasts: number }
  | {
      readonly type: 'controller-crash' | 'controller-power-cut';
      readonly lasts: number;
      readonly atWrite: boolean;
    }
  | {
      readonly type: 'controller-disk-full' | 'controller-disk-lies' | 'broker-crash' | 'board-down';
      readonly lasts: number;
    }
  | { readonly type: 'car-crash' | 'car-power-cut' | 'camera-stalls'; readonly car: number; readonly lasts: number }
  | {
      readonly type: 'cut';
      readonly whom: 'gate' | 'car' | 'controller';
      readonly which: number;
      readonly lasts: number;
    }
  | {
      readonly type: 'bad-network';
      readonly lost: number;
      readonly doubled: number;
      readonly late: number;
      readonly lasts: number;
    }
  | { readonly type: 'clock-step'; readonly hours: number }
  /** When somebody next lets a car go, it is not heard for so long, and stopped a moment later. */
  | { readonly type: 'stop-behind-start'; readonly deed: 'pause' | 'red-flag' | 'e-stop'; readonly lasts: number }
);

/** A day as it was drawn: how it is raced, and what happens. */
export interface Plan {
  readonly seed: number;
  /** µs of racing. */
  readonly length: number;
  readonly start: 'rolling' | 'key' | 'countdown';
  readonly graceLap: boolean;
  readonly lapLimit: number | null;
  /** µs. */
  readonly timeLimit: number;
  readonly marshals: 1 | 2;
  /** How long it takes from one run to the next: a car is carried to the line. µs. */
  readonly changeover: number;
  /** Of the passages, those at which somebody presses the key, too. */
  readonly handShare: number;
  readonly happenings: readonly Happening[];
}

const second = 1_000_000;
type Drawn = Happening extends infer H ? (H extends Happening ? Omit<H, 'at'> : never) : never;

const faults: readonly [number, (random: Random) => Drawn][] = [
  [3, (r) => ({ type: 'gate-crash', gate: r.below(2), lasts: seconds(r, 1, 20), atWrite: r.below(2) === 0 })],
  [2, (r) => ({ type: 'gate-power-cut', gate: r.below(2), lasts: seconds(r, 4, 30), atWrite: r.below(2) === 0 })],
  [1, (r) => ({ type: 'gate-replaced', gate: r.below(2), lasts: seconds(r, 5, 30) })],
  [2, (r) => ({ type: 'gate-fresh-folder', gate: r.below(2), lasts: seconds(r, 1, 5) })],
  [1, (r) => ({ type: 'card-cloned', gate: r.below(2), lasts: seconds(r, 10, 60) })],
  [2, (r) => ({ type: 'gate-disk-full', gate: r.below(2), lasts: seconds(r, 5, 60) })],
  [1, (r) => ({ type: 'gate-disk-lies', gate: r.below(2), lasts: seconds(r, 5, 60) })],
  [3, (r) => ({ type: 'controller-crash', lasts: seconds(r, 1, 10), atWrite: r.below(3) > 0 })],
  [1, (r) => ({ type: 'controller-power-cut', lasts: seconds(r, 4, 20), atWrite: r.below(3) > 0 })],
  [2, (r) => ({ type: 'controller-disk-full', lasts: seconds(r, 2, 30) })],
  [1, (r) => ({ type: 'controller-disk-lies', lasts: seconds(r, 5, 60) })],
  [1, (r) => ({ type: 'broker-crash', lasts: seconds(r, 1, 10) })],
  [2, (r) => ({ type: 'board-down', lasts: seconds(r, 5, 90) })],
  [2, (r) => ({ type: 'car-crash', car: r.below(2), lasts: seconds(r, 1, 10) })],
  [1, (r) => ({ type: 'car-power-cut', car: r.below(2), lasts: seconds(r, 5, 20) })],
  [2, (r) => ({ type: 'camera-stalls', car: r.below(2), lasts: seconds(r, 0.1, 5) })],
  [3, (r) => ({ type: 'cut', whom: 'gate', which: r.below(2), lasts: seconds(r, 0.5, 40) })],
  [3, (r) => ({ type: 'cut', whom: 'car', which: r.below(2), lasts: seconds(r, 0.2, 15) })],
  [1, (r) => ({ type: 'cut', whom: 'controller', which: 0, lasts: seconds(r, 0.5, 20) })],
  [
    3,
    (r) => ({
      type: 'bad-network',
      lost: r.between(0, 0.2),
      doubled: r.between(0, 0.3),
      late: r.between(0, 0.3),
      lasts: seconds(r, 5, 60),
    }),
  ],
  [1, (r) => ({ type: 'clock-step', hours: r.below(2) === 0 ? -1 : 1 })],
  [
    2,
    (r) => ({
      type: 'stop-behind-start',
      deed: (['pause', 'red-flag', 'e-stop'] as const)[r.below(3)] as 'pause',
      lasts: seconds(r, 0.3, 6),
    }),
  ],
];

/** Troubles that come together, as they do: µs after the first, and what. */
const together: readonly ((random: Random) => readonly (readonly [number, Drawn])[])[] = [
  // A gate that nobody hears fills its card, and is switched off and on.
  (r) => {
    const gate = r.below(2);
    const crash = { gate, lasts: seconds(r, 1, 3), atWrite: false };
    return [
      [0, { type: 'cut', whom: 'gate', which: gate, lasts: 45 * second }],
      [seconds(r, 1, 8), { type: 'gate-disk-full', gate, lasts: seconds(r, 8, 14) }],
      [seconds(r, 34, 40), { type: r.below(2) === 0 ? 'gate-crash' : 'gate-power-cut', ...crash }],
    ];
  },
  // A car is away when it is stopped.
  (r) => {
    const lasts = seconds(r, 3, 12);
    const gone: Drawn =
      r.below(2) === 0
        ? { type: 'cut', whom: 'car', which: r.below(2), lasts }
        : { type: 'car-crash', car: r.below(2), lasts };
    return [
      [0, gone],
      [seconds(r, 0.5, 2), { type: 'deed', deed: r.below(2) === 0 ? 'e-stop' : 'stop-all', back: 0 }],
    ];
  },
  // A gate begins anew while the controller is down.
  (r) => {
    const gate = r.below(2);
    return [
      [0, { type: 'gate-fresh-folder', gate, lasts: second }],
      [seconds(r, 3, 20), { type: 'controller-crash', lasts: seconds(r, 1, 10), atWrite: false }],
    ];
  },
  // A full disk when time is up.
  (r) => [[0, { type: 'controller-disk-full', lasts: seconds(r, 30, 90) }]],
];
const deedWeights: Partial<Record<Deed, number>> = {
  undo: 3,
  'e-stop': 2,
  pause: 2,
  'stop-all': 1,
  'undo-everything': 2,
};

const seconds = (random: Random, low: number, high: number): number => Math.round(random.between(low, high) * second);

function drawn<T>(random: Random, weighted: readonly (readonly [number, T])[]): T {
  let left = random.between(
    0,
    weighted.reduce((sum, [weight]) => sum + weight, 0),
  );
  for (const [weight, value] of weighted) {
    left -= weight;
    if (left < 0) return value;
  }
  return (weighted.at(-1) as readonly [number, T])[1];
}

/** The same seed and length draw the same day. */
export function planOf(seed: number, minutes: number): Plan {
  const random = new Random(seed * 2 + 1);
  const length = minutes * 60 * second;
  // From a day on which nearly nothing goes wrong to one on which everything does.
  const between = random.below(6) === 0 ? 400 : random.between(12, 80);
  const deedShare = random.between(0.2, 0.7);
  const happenings: Happening[] = [];
  for (let at = 20 * second; ; ) {
    at += seconds(random, 0.1 * between, 1.9 * between);
    if (at >= length) break;
    const deed = drawn(
      random,
      deeds.map((one) => [deedWeights[one] ?? 1, one] as const),
    );
    const fault = drawn(random, faults)(random);
    const back = random.below(12);
    if (random.below(8) === 0)
      for (const [later, one] of (together[random.below(together.length)] as (typeof together)[number])(random))
        happenings.push({ at: at + later, ...one } as Happening);
    else
      happenings.push(random.next() < deedShare ? { at, type: 'deed', deed, back } : ({ at, ...fault } as Happening));
  }
  happenings.sort((a, b) => a.at - b.at);
  return {
    seed,
    length,
    start: (['rolling', 'key', 'countdown'] as const)[random.below(3)] as Plan['start'],
    graceLap: random.below(2) === 0,
    lapLimit: random.below(3) === 0 ? 4 : null,
    timeLimit: seconds(random, 40, 80),
    marshals: random.below(2) === 0 ? 1 : 2,
    changeover: seconds(random, 5, 60),
    handShare: random.below(2) === 0 ? 0 : 0.4,
    happenings,
  };
}
