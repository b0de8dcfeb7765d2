export { carriedLine, readCarried } from './carry.js';
export { type Answer, type BoardPart, type ClientOptions, clientOperations, LeaderboardClient } from './client.js';
export { type Destination, Forwarder, type ForwarderOptions } from './forwarder.js';
export { type OfBoard, Outbox, type Parcel } from './outbox.js';
export { openSigner, Signer } from './signer.js';
export { forwardingMigrations } from './tables.js';
