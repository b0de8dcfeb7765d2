export type { Camera, Frame, FrameFormat } from './camera.js';
export { kernelBootId, type Now, now } from './clock.js';
export {
  type Controls,
  type ControlsEvents,
  EmergencyButton,
  Gamepad,
  Keyboard,
  keyboardHelp,
} from './controls/index.js';
export { type Decode, type Decoder, openDecoder } from './decode.js';
export { type Drivetrain, type DrivetrainEvents, neutral, type Outputs } from './drivetrain.js';
export { hasOneOwner, loadDrivetrain, neutralAlone, neutralNow } from './drivetrains.js';
export { IioAccelerometer } from './iio/accelerometer.js';
export type { Imu, Motion } from './imu.js';
export { NoCamera } from './no-camera.js';
export { SimulatedHardware, type SimulatedSettings, StallingRelay } from './simulated/index.js';
export { temperature } from './thermometer.js';
