export { calendarOf } from './calendar.js';
export { type Cloning, EventClones } from './clones.js';
export { type EventSights, EventViews } from './event-views.js';
export { type EventParts, Events, type When } from './events.js';
export { Joining, type JoinParts } from './joining.js';
export { type Asker, EventOwners, ownsEvent } from './owners.js';
export { EventPictures } from './pictures.js';
export { ShowControl } from './show-control.js';
export { eventMigrations } from './tables.js';
