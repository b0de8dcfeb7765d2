/** Degrees, positive turns left; metres a second. */
export type ActionSpace =
  | {
      readonly kind: 'discrete';
      readonly actions: readonly { readonly steeringDeg: number; readonly speedMps: number }[];
    }
  | { readonly kind: 'continuous'; readonly steeringDeg: Bounds; readonly speedMps: Bounds };
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** `right` does what training meant; `stock` repeats the stock car, mistakes included. */
export type Compatibility = 'right' | 'stock';

/** How many numbers the network's head gives for this action space. */
export function outputSize(space: ActionSpace): number {
  return space.kind === 'discrete' ? space.actions.length : 2;
}

/** The most a model can ask for: |degrees| and m/s. */
export function actionLimits(space: ActionSpace): { steeringDeg: number; speedMps: number } {
  if (space.kind === 'continuous') {
    const { steeringDeg, speedMps } = space;
    return { steeringDeg: Math.max(Math.abs(steeringDeg.low), Math.abs(steeringDeg.high)), speedMps: speedMps.high };
  }
  return {
    steeringDeg: Math.max(...space.actions.map((action) => Math.abs(action.steeringDeg))),
    speedMps: Math.max(...space.actions.map((action) => action.speedMps)),
  };
}
