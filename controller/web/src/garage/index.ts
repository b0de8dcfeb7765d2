export { CarFelt } from './car-felt.js';
export { CarSays, Chip, Chips } from './car-status.js';
export { batterySaid, carSentence, linkSaid, type Said } from './car-words.js';
export type { HeardCar } from './heard-car.js';
export { StopAllSheet } from './stop-all-sheet.js';
export { useCars } from './use-garage.js';
export { useCarState, useHeardCar } from './use-heard-car.js';
export { useStopAll } from './use-stop-all.js';
