export { type BrokerUnderTest, mqttLinkContract } from './mqtt-link.js';
export { type Relay, relay } from './relay.js';
