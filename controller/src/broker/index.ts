export { type Client, clientOf, mayHear, maySay } from './access.js';
export { Broker, type BrokerOptions } from './broker.js';
