export { GateConfig, joinedFolder, readGateConfig } from './config.js';
export { Debounce } from './debounce.js';
export { DeepracerTimerSensor } from './deepracer-timer/index.js';
export { DremSensor } from './drem/index.js';
export { EvdevSensor } from './evdev/index.js';
export { Gate, type GateOptions } from './gate.js';
export { GpioSensor, watchPins } from './gpio/index.js';
export { GpiomonSensor } from './gpiomon/index.js';
export { Journal, type JournalDisk } from './journal.js';
export { P3Sensor } from './p3/index.js';
export { fromPeriods, fromWidths, type Pass, passesOf, type Repeatability } from './repeatability.js';
export type { DeviceTimes, Edge, Sensor, SensorEvents, SensorStatus } from './sensor.js';
export {
  LapGateDecoder,
  type OpenPort,
  PassingsDecoder,
  type Port,
  PulseDecoder,
  SerialSensor,
} from './serial/index.js';
export { SimulatedSensor } from './simulated/index.js';
