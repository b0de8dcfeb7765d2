export { Camera, cameraMount } from './camera.js';
export { carMeasures, type Pose, progressPoint, wheels } from './car.js';
export { Expert, type ExpertOptions } from './expert.js';
export { type CarState, drive, type PhysicsConstants, type Setpoint } from './physics.js';
export { physicsConstants } from './physics-constants.js';
export { Random } from './random.js';
export { observationSize, pictureSize } from './scene.js';
export { stepsPerSecond, World, type WorldOptions } from './world.js';
