export { CarLink, type CarLinkOptions, type CarNews } from './cars/car-link.js';
export { EStops } from './cars/e-stops.js';
export { StopAllCars } from './cars/stop-all.js';
export { type DeskOptions, RaceDesk, type Storage } from './desk/desk.js';
export { RaceEntriesOfRacer } from './desk/entries-of-racer.js';
export { GateCheck } from './desk/gate-check.js';
export { giveInAnyCase } from './desk/give.js';
export { MqttPublisher } from './desk/mqtt-publisher.js';
export { seal, verifyChain } from './log/chain.js';
export { type Follower, Published } from './log/loaded-race.js';
export { raceMigrations } from './log/tables.js';
export type {
  CarAnswer,
  CarCheck,
  CarOrder,
  Cars,
  DeskClock,
  DeskLog,
  Gates,
  Outbox,
  RacePublisher,
  StampedCrossing,
  Timers,
} from './ports.js';
export { RaceArchive, readLog, writeLaps, writeLog } from './results/archive.js';
export { checkResultSheet, printResultSheet, type ResultSheet, resultSheetOf } from './results/result-sheet.js';
