import type { PhysicsConstants } from './physics.js';

/** Fitted to evaluation logs of the cloud simulator. */
export const physicsConstants: PhysicsConstants = {
  speedGain: 1.051,
  accelerateS: 0.3142,
  brakeS: 0.2161,
  corneringDrag: 0.1516,
  steeringGain: 0.5758,
  steeringS: 0.2218,
  yawS: 0.1362,
  characteristicMps: 5.15,
  gripMps2: 6,
  pivotM: 0.227,
};
