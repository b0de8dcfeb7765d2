/** Shares of full lock (left is positive) and of full throttle. */
export interface Wanted {
  readonly steering: number;
  readonly throttle: number;
}
export const atRest: Wanted = { steering: 0, throttle: 0 };

type Way = 'left' | 'right' | 'forward' | 'reverse';

/** By the place of the key, whatever is printed on it. */
const ways: Readonly<Record<string, Way>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'forward',
  ArrowDown: 'reverse',
  KeyA: 'left',
  KeyD: 'right',
  KeyW: 'forward',
  KeyS: 'reverse',
};

export const wayOf = (code: string): Way | undefined => ways[code];

/** What the keys that are held mean; two against each other mean nothing. `top`: the most throttle, a share. */
export function wantedBy(codes: Iterable<string>, top: number): Wanted {
  const held = new Set([...codes].map(wayOf));
  const between = (plus: Way, minus: Way) => Number(held.has(plus)) - Number(held.has(minus));
  return { steering: between('left', 'right'), throttle: top * between('forward', 'reverse') };
}

/** What a finger on the pad means: so far from its middle, each −1…1 to the right and down. */
export function wantedAt(right: number, down: number, top: number): Wanted {
  const clip = (value: number) => Math.max(-1, Math.min(1, Math.abs(value) < 0.08 ? 0 : value));
  return { steering: 0 - clip(right), throttle: top * (0 - clip(down)) };
}
