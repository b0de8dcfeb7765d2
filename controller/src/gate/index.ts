export { GateConfig, readGateConfig } from './config.js';
export { Gate, type GateOptions } from './gate.js';
export { GpiomonSensor } from './gpiomon/index.js';
export { Journal } from './journal.js';
export type { DeviceTimes, Edge, Sensor, SensorEvents, SensorStatus } from './sensor.js';
export { SimulatedSensor } from './simulated/index.js';
