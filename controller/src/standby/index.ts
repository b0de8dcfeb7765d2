export { ask, type OtherController, textOf } from './client.js';
export { StandbyDoor, type StandbyDoorOptions } from './door.js';
export { Standby, type StandbyOptions } from './standby.js';
export { standbyMigrations } from './tables.js';
export { superseded, Term } from './term.js';
