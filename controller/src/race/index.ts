export { CarLink, type CarLinkOptions, type CarNews } from './cars/car-link.js';
export { EStops } from './cars/e-stops.js';
export { Stops } from './cars/stop-all.js';
export { type DeskOptions, RaceDesk, type Storage } from './desk/desk.js';
export { GateWatch } from './desk/gate-check.js';
export { MqttHerald } from './desk/mqtt-publisher.js';
export { seal, verifyChain } from './log/chain.js';
export { type Follower, Published } from './log/open-race.js';
export { raceMigrations } from './log/tables.js';
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
export { RaceArchive, readLog, writeLaps, writeLog } from './results/archive.js';
export { checkSheet, printSheet, type ResultSheet, sheetOf } from './results/result-sheet.js';
