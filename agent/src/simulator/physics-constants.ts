import type { PhysicsConstants } from './physics.js';

/** Fitted to evaluation and training logs of the cloud simulator; `fit/main.ts` finds them again. */
export const physicsConstants: PhysicsConstants = {
  speedGain: 1.051,
  accelerateS: 0.189,
  brakeS: 0.139,
  corneringDrag: 0.198,
  steeringGain: 0.6,
  steeringS: 0.223,
  yawS: 0.059,
  characteristicMps: 7.06,
  gripMps2: 3.2,
  pivotM: 0.066,
};
