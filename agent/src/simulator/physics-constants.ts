import type { PhysicsConstants } from './physics.js';

/** Fitted to evaluation and training logs of the cloud simulator; `fit/main.ts` finds them again. */
export const physicsConstants: PhysicsConstants = {
  speedGain: 1.05,
  accelerateS: 0.1819,
  brakeS: 0.1404,
  corneringDrag: 0.2105,
  steeringGain: 0.5963,
  steeringS: 0.2561,
  yawS: 0.05456,
  characteristicMps: 15.27,
  gripMps2: 3.1,
  pivotM: 0.07212,
};
