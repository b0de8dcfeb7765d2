export { type Clock, hostClock } from './clock.js';
export { thisComputer } from './computer.js';
export { Holder } from './holder.js';
export { Identities, type IdentityName } from './identities.js';
export { type Incoming, Link, type LinkCounters, type LinkOptions } from './link.js';
