export { RaceArchive, readLog, writeLaps, writeLog } from './archive.js';
export { type Follower, Published } from './book.js';
export { CarLink, type CarLinkOptions, type CarNews } from './car-link.js';
export { seal, verifyChain } from './chain.js';
export { type DeskOptions, RaceDesk, type Storage } from './desk.js';
export { EStops } from './e-stops.js';
export { GateWatch } from './gate-watch.js';
export { MqttHerald } from './mqtt-herald.js';
export type {
  CarAnswer,
  CarCheck,
  CarOrder,
  Cars,
  DeskClock,
  DeskLog,
  Gates,
  Herald,
  Outbox,
  StampedCrossing,
  Timers,
} from './ports.js';
export { checkSheet, printSheet, type ResultSheet, sheetOf } from './sheet.js';
export { Stops } from './stops.js';
export { raceMigrations } from './tables.js';
