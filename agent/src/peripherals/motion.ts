import type { Reason } from '../driving/index.js';
import type { Motion } from '../hardware/index.js';

/** |a| beyond this is a crash; one sample is enough. Source: the community's IMU settings. */
const crashG = 3;
/** a_z this far from 1 g means lifted or set down; rough floors shake by 1 to 3 g, so it must last. */
const liftedG = 0.5;
const liftedMicros = 200_000;
/** Less than this share of gravity on the wheels' side: on its side or roof. */
const rolledZ = 0.3;
const rolledMicros = 500_000;

export type MotionReason = Extract<Reason, 'crash' | 'picked-up' | 'rolled-over'>;

/** Since when it looks like that, in µs; null where it does not. `told`: said already, until it is over. */
export interface MotionState {
  readonly lifted: number | null;
  /** Whether it was pressed down or light; a shaking floor goes from one to the other. */
  readonly heavy: boolean;
  readonly rolled: number | null;
  readonly told: readonly MotionReason[];
}

export const levelMotion: MotionState = { lifted: null, heavy: false, rolled: null, told: [] };

/** One sample more; `happened` holds what begins with it. Pure. */
export function detectMotion(
  before: MotionState,
  { at, x, y, z }: Motion,
): { readonly state: MotionState; readonly happened: readonly MotionReason[] } {
  const heavy = z > 1;
  const since = heavy === before.heavy ? before.lifted : null;
  const lifted = Math.abs(z - 1) > liftedG ? (since ?? at) : null;
  const rolled = z < rolledZ ? (before.rolled ?? at) : null;
  const now: MotionReason[] = [];
  if (Math.hypot(x, y, z) > crashG) now.push('crash');
  if (rolled !== null && at - rolled >= rolledMicros) now.push('rolled-over');
  else if (lifted !== null && at - lifted >= liftedMicros) now.push('picked-up');
  return {
    state: { lifted, heavy, rolled, told: now },
    happened: now.filter((reason) => !before.told.includes(reason)),
  };
}
