export { CarEvents } from './car-events.js';
export { CarStatus, Chip, Chips } from './car-status.js';
export { batteryStatus, carSentence, linkStatus, type StatusText } from './car-status-text.js';
export type { LiveCar } from './live-car.js';
export { StopAllSheet } from './stop-all-sheet.js';
export { useCars } from './use-garage.js';
export { useCarState, useLiveCar } from './use-live-car.js';
export { useStopAll } from './use-stop-all.js';
