export type { Battery, BatteryReading } from './battery.js';
export type { Camera, Flip, Frame, FrameFormat } from './camera.js';
export {
  type Controls,
  type ControlsEvents,
  EmergencyButton,
  Gamepad,
  Keyboard,
  keyboardHelp,
  keysOf,
  stopsOnly,
} from './controls/index.js';
export type { DeviceEvents, DeviceHealth } from './device.js';
export { type DiskSpace, diskSpace } from './disk-space.js';
export { type Drivetrain, type DrivetrainEvents, neutral, type Outputs } from './drivetrain.js';
export { type Decode, type Decoder, openDecoder, type StereoSide } from './frame-to-grey.js';
export type { Axes, Imu, Motion } from './imu.js';
export type { Lidar, Scan } from './lidar.js';
export type { Colour, Light } from './light.js';
export {
  type DrivetrainUse,
  hasOneOwner,
  loadDrivetrain,
  neutralAlone,
  neutralNow,
  neutralScript,
} from './load-drivetrain.js';
export { openCamera } from './open-camera.js';
export { openPeripherals, type Peripherals } from './open-peripherals.js';
export { openChip as openPca9685 } from './pca9685/index.js';
export { openPictureEncoder, type Picture, type PictureEncoder } from './pixels/index.js';
export { RcReceiver } from './receiver/index.js';
export { SimulatedHardware, type SimulatedSettings, StallingRelay } from './simulated/index.js';
export { EnableLine, tryPwm } from './sysfs-pwm/index.js';
export { temperature } from './thermometer.js';
