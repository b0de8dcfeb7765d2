export { type BlobStoreUnderTest, blobStoreContract } from './blob-store.js';
export { type ClocksUnderTest, clockContract } from './clock.js';
export { type BrokerUnderTest, mqttLinkContract } from './mqtt-link.js';
export { type Relay, relay } from './relay.js';
export { fill, smallDisk, unmountAll } from './small-disk.js';
