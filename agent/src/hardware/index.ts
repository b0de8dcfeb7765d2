export type { Camera, Frame, FrameFormat } from './camera.js';
export { kernelBootId, type Now, now } from './clock.js';
export { type Drivetrain, type DrivetrainEvents, neutral, type Outputs } from './drivetrain.js';
export { drivetrainFor, neutralNow } from './drivetrains.js';
export { SimulatedHardware, type SimulatedSettings } from './simulated/index.js';
