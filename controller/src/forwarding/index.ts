export { type Answer, type BoardPart, type ClientOptions, clientOperations, LeaderboardClient } from './client.js';
export { type Destination, Forwarder, type ForwarderOptions } from './forwarder.js';
export { type OfBoard, Outbox, type OutboxResult } from './outbox.js';
export { OutboxOfRacer } from './outbox-of-racer.js';
export { readResultLine, resultLine } from './result-file.js';
export { openSigner, Signer } from './signer.js';
export { forwardingMigrations } from './tables.js';
