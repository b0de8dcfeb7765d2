export { Broker, type BrokerOptions, isLoopback } from './broker.js';
